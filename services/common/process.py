"""A server as a process: settings, logs, parts, and the server itself until it is told to stop."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from dq_platform import log
from dq_platform.loop import run
from dq_platform.plugins import load_plugins
from dq_platform.settings import ServerSettings, SettingsError, load
from services.common.methods import RoleMissingError
from services.common.server import PortTakenError, Server, ServerConfig, Service
from services.common.wiring import Parts, parts
from telemetry.parts import MetricsPortError, Telemetry, of_process, serving
from telemetry.tracing import TracingError

USAGE, FAILURE = 2, 1


def main(name: str, services: Callable[[Parts], Sequence[Service]]) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code: 0, 1 if it cannot serve, 2 for wrong settings, plug-ins."""
    try:
        settings = load(ServerSettings)
        load_plugins(settings.plugins)
        telemetry = of_process(name, os.environ)
    except (SettingsError, TracingError) as error:
        print(error, file=sys.stderr)  # noqa: T201  there is no log before there are settings
        return USAGE
    log.configure(settings.log_format, settings.effective_log_level)
    try:
        with serving(telemetry, settings.metrics_host, settings.metrics_port):
            run(_serve(name, settings, services, telemetry))
    except (PortTakenError, MetricsPortError, RoleMissingError) as error:
        print(f"The {name} server does not start: {error}", file=sys.stderr)  # noqa: T201
        return FAILURE
    return 0


def config_of(name: str, settings: ServerSettings) -> ServerConfig:
    """Where the server `connection`, `check` or `results` listens, and what it offers."""
    ports = {
        "connection": settings.connection_port,
        "check": settings.check_port,
        "results": settings.results_port,
    }
    return ServerConfig(
        host=settings.host,
        port=ports[name],
        api_key_header=settings.api_key_header,
        reflection=settings.reflection,
        ready_file=settings.ready_file,
    )


async def _serve(
    name: str, settings: ServerSettings, services: Callable[[Parts], Sequence[Service]], telemetry: Telemetry
) -> None:
    async with parts(settings, f"dq-{name}", telemetry) as made:
        server = Server(config_of(name, settings), services(made), made.verifier, telemetry)
        await server.run(made.store_answers)
