"""The platform's background processes, as processes and inside the test's own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from arq.connections import ArqRedis

from dq_platform.compose import Parts
from dq_platform.settings import WorkerSettings
from tests.integration.work.world import World
from workers.__main__ import run


@asynccontextmanager
async def working(world: World, made: Parts, settings: WorkerSettings) -> AsyncIterator[None]:
    """A worker of this process, with the world's clock and sources."""
    ready, stop = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(run(made, settings, stop, ready.set))
    await ready.wait()
    try:
        yield
    finally:
        stop.set()
        await task


@contextmanager
def process(module: str, environment: dict[str, str], ready: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m module`, started; killed at the end if it still runs."""
    log = ready.with_suffix(".log")
    with log.open("wb") as output:
        child = subprocess.Popen(
            (sys.executable, "-m", module),
            env=os.environ | environment | {"DQ_READY_FILE": str(ready)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield child
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
            child.wait()


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return when the condition holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # other processes set no events
            await asyncio.sleep(0.05)


async def queued(redis: ArqRedis) -> int:
    """How many tokens wait in Redis."""
    return int(await redis.zcard("dq:units"))
