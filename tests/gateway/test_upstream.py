from __future__ import annotations

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from gateway.plans import Plans
from gateway.router import build_router
from gateway.routes import Rpc
from gateway.upstream import Upstreams
from tests.gateway.conftest import Compiled


class Flaky(grpc.GenericRpcHandler):
    """Is unavailable twice, then answers."""

    def __init__(self) -> None:
        self.attempts = 0

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        async def answer(request, context):
            self.attempts += 1
            if self.attempts < 3:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "soon")
            return Empty()

        return grpc.unary_unary_rpc_method_handler(
            answer, request_deserializer=Empty.FromString, response_serializer=Empty.SerializeToString
        )


def rpc_of(compiled: Compiled, name: str) -> Rpc:
    services = [compiled.cases.DESCRIPTOR.services_by_name[service] for service in ("DownService", "EchoService")]
    return next(route.rpc for route in build_router(services, Plans()).routes if route.rpc.descriptor.name == name)


@pytest.mark.parametrize(("name", "attempts"), [("Reach", 3), ("EchoBody", 1)])
async def test_only_what_may_be_repeated_is_repeated(compiled: Compiled, name: str, attempts: int) -> None:
    flaky, server, rpc = Flaky(), grpc.aio.server(), rpc_of(compiled, name)
    server.add_generic_rpc_handlers((flaky,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    upstreams = Upstreams({rpc.service: f"127.0.0.1:{port}"}, [rpc])
    request = compiled.cases.Thing() if name == "EchoBody" else Empty()
    try:
        await upstreams.call(rpc)(request, timeout=10)
    except grpc.aio.AioRpcError:
        answered = False
    else:
        answered = True
    finally:
        await upstreams.close()
        await server.stop(None)
    assert (flaky.attempts, answered) == (attempts, attempts == 3)


def test_nothing_is_opened_before_it_is_needed(compiled: Compiled) -> None:
    rpc = rpc_of(compiled, "Reach")
    assert Upstreams({rpc.service: "127.0.0.1:1"}, [rpc])._channels == {}
