"""A real gRPC server for the test contract: it echoes, fails, sleeps and streams on request."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health, health_pb2_grpc
from grpc_status import rpc_status

UNKNOWN_DETAIL = AnyMessage(type_url="type.googleapis.com/nobody.knows.This", value=b"\x08\x01")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class TestServer:
    __test__ = False
    address: str
    health: health.aio.HealthServicer
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)


class _Acts:
    def __init__(self, cases: ModuleType, server: TestServer) -> None:
        self.cases = cases
        self.server = server

    async def Fail(self, request: Any, context: Any) -> Any:
        await context.send_initial_metadata((("foo", "bar"),))
        context.set_trailing_metadata((("tail", "end"),))
        if request.detail == "crash":
            raise ValueError("secret: /etc/passwd")
        if request.detail in {"", "none"}:
            code = next(code for code in grpc.StatusCode if code.value[0] == request.code)
            await context.abort(code, request.message)
        await context.abort_with_status(rpc_status.to_status(_status(request)))

    async def Slow(self, request: Any, context: Any) -> Any:
        self.server.entered.set()
        try:
            await asyncio.sleep(request.pause.ToTimedelta().total_seconds())
        except asyncio.CancelledError:
            self.server.cancelled.set()
            raise
        return Empty()

    async def PreviewSlow(self, request: Any, context: Any) -> Any:
        return await self.ShowMetadata(request, context)

    async def ShowMetadata(self, request: Any, context: Any) -> Any:
        shown = {
            key: value.hex() if isinstance(value, bytes) else value for key, value in context.invocation_metadata()
        }
        return self.cases.MetadataResponse(values=shown, seconds_left=context.time_remaining())

    async def Succeed(self, request: Any, context: Any) -> Any:
        metadata = [("foo", "bar"), ("etag", '"7"'), ("x-http-code", request.http_code or "200")]
        await context.send_initial_metadata(metadata)
        context.set_trailing_metadata((("tail", "end"),))
        return self.cases.Thing(id="1", name="x" * request.size)

    async def GetJob(self, request: Any, context: Any) -> Any:
        error = status_pb2.Status(code=5, message="gone")
        error.details.add().Pack(error_details_pb2.ErrorInfo(reason="GONE"))
        error.details.append(UNKNOWN_DETAIL)
        return self.cases.JobResponse(error=error)

    async def WatchThings(self, request: Any, context: Any) -> AsyncIterator[Any]:
        metadata = dict(context.invocation_metadata())
        first = int(metadata.get("last-event-id", "0")) + 1
        await context.send_initial_metadata((("foo", "bar"),))
        try:
            for index in range(first, request.count + 1):
                if index == request.fail_at:
                    await context.abort(grpc.StatusCode.NOT_FOUND, "no more")
                yield self.cases.WatchResponse(cursor=str(index), thing=self.cases.Thing(num=index))
                await asyncio.sleep(request.pause.ToTimedelta().total_seconds())
        except asyncio.CancelledError:
            self.server.cancelled.set()
            raise

    async def Download(self, request: Any, context: Any) -> Any:
        return HttpBody(content_type="text/csv", data=b"a,b\n1,2\n")

    async def DownloadChunks(self, request: Any, context: Any) -> AsyncIterator[Any]:
        for data in (b"hello", b"world"):
            yield HttpBody(content_type="text/plain", data=data)
        if request.name == "fail":
            await context.abort(grpc.StatusCode.DATA_LOSS, "disk gone")

    async def Upload(self, request: Any, context: Any) -> Any:
        return request

    async def DeleteThing(self, request: Any, context: Any) -> Any:
        if request.id == "silent":
            await context.send_initial_metadata((("x-http-code", "204"),))
        return Empty()


def _status(request: Any) -> Any:
    status = status_pb2.Status(code=request.code, message=request.message)
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="TESTED", domain="dqplatform.dev"))
    if request.detail == "retry":
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(2500)
        status.details.add().Pack(retry)
    if request.detail == "precondition":
        failure = error_details_pb2.PreconditionFailure()
        failure.violations.add(type="TOS", subject="x", description="no")
        status.details.add().Pack(failure)
    if request.detail == "unknown":
        status.details.append(UNKNOWN_DETAIL)
    return status


async def _echo(request: Any, context: Any) -> Any:
    return request


@asynccontextmanager
async def serve_upstream(cases: ModuleType) -> AsyncIterator[TestServer]:
    """The running server; every method without a behaviour of its own echoes."""
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    served = TestServer(f"127.0.0.1:{port}", health.aio.HealthServicer())
    acts = _Acts(cases, served)
    for service in cases.DESCRIPTOR.services_by_name.values():
        handlers = {method.name: _handler(method, acts) for method in service.methods}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))
    health_pb2_grpc.add_HealthServicer_to_server(served.health, server)
    await server.start()
    yield served
    await server.stop(None)


def _handler(method: Any, acts: _Acts) -> grpc.RpcMethodHandler:
    make = grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler
    return make(
        getattr(acts, method.name, _echo),
        request_deserializer=GetMessageClass(method.input_type).FromString,
        response_serializer=GetMessageClass(method.output_type).SerializeToString,
    )
