"""How a process of this package begins and ends: settings, logs, signals, the file that says that it is ready."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dq_platform import log as logging
from dq_platform.loop import run
from dq_platform.plugins import load_plugins
from dq_platform.settings import SettingsError, WorkerSettings, load

Serve = Callable[[WorkerSettings, asyncio.Event], Awaitable[None]]
USAGE = 2


def main(serve: Serve) -> int:
    """Serve until SIGTERM or SIGINT sets the event; returns the exit code: 0, 2 for wrong settings or plug-ins."""
    try:
        settings = load(WorkerSettings)
        load_plugins(settings.plugins)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    logging.configure(settings.log_format.value, settings.effective_log_level.value)
    run(_until_signalled(serve, settings))
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


async def _until_signalled(serve: Serve, settings: WorkerSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)


def _nothing() -> None:
    """There is no file to create."""
