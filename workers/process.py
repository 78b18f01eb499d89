"""How a process of this package begins and ends: settings, logs, signals, the file that says that it is ready."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dq_platform import log as logging
from dq_platform.loop import run
from dq_platform.plugins import load_plugins
from dq_platform.settings import SettingsError, WorkerSettings, load
from telemetry.parts import MetricsPortError, Telemetry, of_process, serving
from telemetry.tracing import TracingError

Serve = Callable[[WorkerSettings, Telemetry, asyncio.Event], Awaitable[None]]
USAGE, FAILURE = 2, 1


def main(name: str, serve: Serve) -> int:
    """Serve until SIGTERM or SIGINT sets the event.

    Returns the exit code: 0, 1 if the port of the metrics is taken, 2 for wrong settings or plug-ins.
    """
    try:
        settings = load(WorkerSettings)
        load_plugins(settings.plugins)
        telemetry = of_process(name, os.environ)
    except (SettingsError, TracingError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    logging.configure(settings.log_format.value, settings.effective_log_level.value)
    try:
        with serving(telemetry, settings.metrics_host, settings.metrics_port):
            run(_until_signalled(serve, settings, telemetry))
    except MetricsPortError as error:
        sys.stderr.write(f"The {name} does not start: {error}\n")
        return FAILURE
    return 0


@contextmanager
def ready_file(path: Path | None) -> Iterator[Callable[[], None]]:
    """A function that creates the file, which is gone before it is called and after the block."""
    if path:
        # A predecessor that was killed left it behind.
        path.unlink(missing_ok=True)
    try:
        yield path.touch if path else _nothing
    finally:
        if path:
            path.unlink(missing_ok=True)


async def _until_signalled(serve: Serve, settings: WorkerSettings, telemetry: Telemetry) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, telemetry, stop)


def _nothing() -> None:
    """There is no file to create."""
