"""The three servers in this process, on free ports, with real stores; and clients that speak gRPC to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_status import rpc_status

import services.check.services as check_server
import services.connection.services as connection_server
import services.results.services as results_server
from dq_platform.app import access
from dq_platform.app.deps import Deps
from dq_platform.models.workspace import Principal, Role
from dq_platform.settings import ServerSettings
from services.common.process import config_of
from services.common.server import Server
from services.common.wiring import Parts, parts
from telemetry.parts import Telemetry

HEADER = "x-api-key"
SERVERS = {
    "connection": connection_server.services,
    "check": check_server.services,
    "results": results_server.services,
}
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Platform:
    """Running servers by name; `methods` says which channel serves which method of the contract."""

    parts: Parts
    ports: Mapping[str, int]
    methods: Mapping[str, tuple[grpc.aio.Channel, MethodDescriptor]]

    @property
    def deps(self) -> Deps:
        return self.parts.deps

    def client(self, key: str = "") -> Client:
        return Client(self, key)

    async def account(self, name: str) -> Account:
        new = await access.create_workspace(self.deps, name)
        who = Principal(new.workspace.id, new.api_key.id, new.api_key.display_name, Role.ADMIN)
        return Account(self, who, new.secret)


@dataclass(frozen=True, slots=True)
class Account:
    """A workspace and its admin's key."""

    platform: Platform
    who: Principal
    key: str

    @property
    def admin(self) -> Client:
        return self.platform.client(self.key)

    async def with_role(self, role: Role) -> Client:
        new = await access.create_api_key(self.platform.deps, self.who, role.name.lower(), role)
        return self.platform.client(new.secret)


class Client:
    """Calls any method of the contract by its name: `await client.GetCheck(check_id=id)`."""

    def __init__(self, platform: Platform, key: str) -> None:
        self.platform = platform
        self.metadata: tuple[tuple[str, str], ...] = ((HEADER, key),) if key else ()

    def with_metadata(self, *metadata: tuple[str, str]) -> Client:
        other = Client(self.platform, "")
        other.metadata = (*self.metadata, *metadata)
        return other

    def __getattr__(self, name: str) -> Callable[..., Any]:
        channel, method = self.platform.methods[name]
        request_type = GetMessageClass(method.input_type)
        start = channel.unary_stream if method.server_streaming else channel.unary_unary
        call = start(
            f"/{method.containing_service.full_name}/{name}",
            request_serializer=lambda request: request if isinstance(request, bytes) else request.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )

        def invoke(request: Any = None, *, timeout: float | None = 20, **fields: Any) -> Any:
            return call(request_type(**fields) if request is None else request, metadata=self.metadata, timeout=timeout)

        return invoke


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a failed call told its caller."""

    code: grpc.StatusCode
    message: str
    reason: str
    info: Mapping[str, str]
    details: Mapping[str, Any]
    trailing: Mapping[str, Any]

    @property
    def violations(self) -> dict[str, str]:
        """Description by field."""
        return {violation.field: violation.description for violation in self.details["BadRequest"].field_violations}

    @property
    def everything(self) -> str:
        return f"{self.message} {self.info} {self.details} {self.trailing}"


async def refused(call: Awaitable[Any]) -> Refusal:
    """How the call fails; it must."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return refusal_of(error)
    raise AssertionError("the call succeeded")


def refusal_of(error: grpc.aio.AioRpcError) -> Refusal:
    status = rpc_status.from_call(error)
    assert status is not None, f"no details: {error.code()} {error.details()}"
    details = {any_.type_url.rpartition(".")[2]: _unpacked(any_) for any_ in status.details}
    assert len(details) == len(status.details), "two details of one type"
    info = details["ErrorInfo"]
    assert info.domain == "dqplatform.dev"
    trailing = dict(error.trailing_metadata() or ())
    assert trailing["x-request-id"]
    return Refusal(error.code(), error.details() or "", info.reason, dict(info.metadata), details, trailing)


def _unpacked(any_: Any) -> Any:
    message = getattr(error_details_pb2, any_.type_url.rpartition(".")[2])()
    assert any_.Unpack(message)
    return message


@asynccontextmanager
async def platform(settings: ServerSettings) -> AsyncIterator[Platform]:
    async with parts(settings, "dq-test", Telemetry()) as made, running(made, settings) as running_platform:
        yield running_platform


@asynccontextmanager
async def running(made: Parts, settings: ServerSettings) -> AsyncIterator[Platform]:
    servers: dict[str, Server] = {}
    channels: list[grpc.aio.Channel] = []
    methods: dict[str, tuple[grpc.aio.Channel, MethodDescriptor]] = {}
    for name, services in SERVERS.items():
        served = services(made)
        config = replace(config_of(name, settings), host=HOST, port=0)
        servers[name] = server = Server(config, served, made.verifier, made.telemetry)
        await server.start(made.store_answers)
        channel = grpc.aio.insecure_channel(f"{HOST}:{server.port}")
        channels.append(channel)
        for service in served:
            for method in service.descriptor.methods:
                assert method.name not in methods
                methods[method.name] = (channel, method)
    try:
        yield Platform(made, {name: server.port for name, server in servers.items()}, methods)
    finally:
        for channel in channels:
            await channel.close()
        for server in servers.values():
            await server.stop()


def fields_of(messages: Sequence[Any], field: str) -> list[Any]:
    return [getattr(message, field) for message in messages]
