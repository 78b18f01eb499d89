"""A gRPC server of the platform: its services with health and reflection, from start to graceful stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import structlog
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from dq_platform.errors import StoreUnavailable
from services.common.call import Interceptor
from services.common.interceptors.access_log import AccessLog
from services.common.interceptors.auth import Auth, Verifier
from services.common.interceptors.deadline import Deadline
from services.common.interceptors.error_boundary import ErrorBoundary
from services.common.interceptors.parsing import Parsing
from services.common.interceptors.request_id import RequestId
from services.common.methods import methods_of
from services.common.pipeline import Pipeline
from telemetry.parts import Telemetry

MESSAGE_LIMIT = 16 * 1024 * 1024
STORE_RETRY = timedelta(milliseconds=500)
OPTIONS = (
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    # Clients come back after that, and spread over servers that were added meanwhile.
    ("grpc.max_connection_age_ms", 600_000),
    # Two servers on one port would each get half of the calls instead of an error.
    ("grpc.so_reuseport", 0),
)

log = structlog.get_logger(__name__)


class PortTakenError(Exception):
    """The address cannot be listened on."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Where to listen (port 0: any), how long calls may go on after a stop, and what else to offer.

    `ready_file` exists while the server is ready; None: no file.
    """

    host: str
    port: int
    api_key_header: str
    grace: timedelta = timedelta(seconds=8)
    reflection: bool = False
    ready_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the contract, its servicer, and the generated function that joins the two to a server."""

    descriptor: ServiceDescriptor
    servicer: object
    # Any: each generated function takes its own type of servicer.
    join: Callable[[Any, grpc.aio.Server], None]


class Server:
    """Serves some services of the contract; `port` is the one it listens on.

    Raises RoleMissingError for methods that state no required role, PortTakenError.
    """

    def __init__(
        self,
        config: ServerConfig,
        services: Sequence[Service],
        verifier: Verifier,
        telemetry: Telemetry,
    ) -> None:
        self._config = config
        self._names = ["", *(service.descriptor.full_name for service in services)]
        auth = Auth(verifier, config.api_key_header)
        told = AccessLog(telemetry.metrics.rpc, telemetry.tracer)
        around: list[Interceptor] = [RequestId(), told, ErrorBoundary(), Deadline(), auth, Parsing()]
        pipeline = Pipeline(methods_of(service.descriptor for service in services), around)
        self._server = grpc.aio.server(interceptors=[pipeline], options=OPTIONS)
        for service in services:
            service.join(service.servicer, self._server)
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if config.reflection:
            offered = [*self._names[1:], health.SERVICE_NAME, reflection.SERVICE_NAME]
            reflection.enable_server_reflection(offered, self._server)
        self.port = self._listen()

    async def start(self, store_answers: Callable[[], Awaitable[object]]) -> None:
        """Accept calls; returns, with health SERVING, when `store_answers` did not raise."""
        await self._tell(health_pb2.HealthCheckResponse.NOT_SERVING)
        if self._config.ready_file:
            # A predecessor that was killed left it behind.
            self._config.ready_file.unlink(missing_ok=True)
        await self._server.start()
        await _until_it_answers(store_answers)
        await self._tell(health_pb2.HealthCheckResponse.SERVING)
        if self._config.ready_file:
            self._config.ready_file.touch()
        log.info("ready", port=self.port, services=self._names[1:])

    async def stop(self) -> None:
        """Tell health first, take no new calls, and let running ones end within the grace time."""
        if self._config.ready_file:
            self._config.ready_file.unlink(missing_ok=True)
        await self._health.enter_graceful_shutdown()
        await self._server.stop(self._config.grace.total_seconds())
        log.info("stopped", port=self.port)

    async def run(self, store_answers: Callable[[], Awaitable[object]]) -> None:
        """Serve until SIGTERM or SIGINT."""
        signalled = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, signalled.set)
        starting, waiting = asyncio.create_task(self.start(store_answers)), asyncio.create_task(signalled.wait())
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        try:
            if starting.done():
                await starting
                await waiting
        finally:
            starting.cancel()
            waiting.cancel()
            await asyncio.gather(starting, waiting, return_exceptions=True)
            await self.stop()

    def _listen(self) -> int:
        address = f"{self._config.host}:{self._config.port}"
        try:
            return self._server.add_insecure_port(address)
        except RuntimeError as error:
            message = f"{address} cannot be listened on: is another server there?"
            raise PortTakenError(message) from error

    async def _tell(self, status: health_pb2.HealthCheckResponse.ServingStatus) -> None:
        for name in self._names:
            await self._health.set(name, status)


async def _until_it_answers(store_answers: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await store_answers()
        except StoreUnavailable:
            log.warning("the store does not answer yet")
            await asyncio.sleep(STORE_RETRY.total_seconds())
        else:
            return
