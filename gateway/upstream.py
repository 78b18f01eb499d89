"""The hop to the services: one lazily opened channel per address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import grpc
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2

from gateway.routes import Rpc

MESSAGE_LIMIT: Final = 16 * 1024 * 1024
_HEALTH_SECONDS: Final = 3.0
_ATTEMPTS: Final = {
    "maxAttempts": 3,
    "initialBackoff": "0.1s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}

# Any: message classes are made from descriptors, so no type names them.
Call = grpc.aio.UnaryUnaryMultiCallable[Any, Any] | grpc.aio.UnaryStreamMultiCallable[Any, Any]


class Upstreams:
    """Channels and calls; made once per process, usable on one event loop."""

    def __init__(self, addresses: Mapping[str, str], rpcs: Iterable[Rpc]) -> None:
        """`addresses` says where each service is; a call of any of `rpcs` that is idempotent is repeated."""
        self.addresses = addresses
        self._repeatable = sorted({(rpc.service, rpc.descriptor.name) for rpc in rpcs if rpc.idempotent})
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._calls: dict[str, Call] = {}

    def call(self, rpc: Rpc) -> Call:
        """What starts calls of this method."""
        call = self._calls.get(rpc.path)
        if call is None:
            call = self._calls[rpc.path] = self._open_call(rpc)
        return call

    async def health(self, service: str) -> str:
        """The serving status that a service's own server reports; raises AioRpcError."""
        check = self._channel(self.addresses[service]).unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        response = await check(health_pb2.HealthCheckRequest(service=service), timeout=_HEALTH_SECONDS)
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(response.status))

    async def close(self) -> None:
        """Closes every channel; calls that still run are cancelled."""
        for channel in self._channels.values():
            await channel.close()

    def _open_call(self, rpc: Rpc) -> Call:
        channel = self._channel(self.addresses[rpc.service])
        open_call = channel.unary_stream if rpc.streaming else channel.unary_unary
        return open_call(
            rpc.path,
            request_serializer=GetMessageClass(rpc.descriptor.input_type).SerializeToString,
            response_deserializer=GetMessageClass(rpc.descriptor.output_type).FromString,
        )

    def _channel(self, address: str) -> grpc.aio.Channel:
        channel = self._channels.get(address)
        if channel is None:
            channel = self._channels[address] = grpc.aio.insecure_channel(address, options=self._options())
        return channel

    def _options(self) -> list[tuple[str, object]]:
        config: dict[str, object] = {"loadBalancingConfig": [{"round_robin": {}}]}
        if self._repeatable:
            names = [{"service": service, "method": method} for service, method in self._repeatable]
            config["methodConfig"] = [{"name": names, "retryPolicy": _ATTEMPTS}]
        return [
            ("grpc.max_send_message_length", MESSAGE_LIMIT),
            ("grpc.max_receive_message_length", MESSAGE_LIMIT),
            ("grpc.keepalive_time_ms", 30_000),
            ("grpc.keepalive_timeout_ms", 10_000),
            ("grpc.service_config", json.dumps(config)),
        ]
