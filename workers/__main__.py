"""`python -m workers` runs a worker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import timedelta

import structlog

from dq_platform.adapters.arq_queue import QUEUE_NAME
from dq_platform.app.execute import ExecuteOptions
from dq_platform.compose import Parts, parts
from dq_platform.settings import WorkerSettings
from telemetry.parts import Telemetry
from workers.patient_worker import PatientWorker
from workers.process import main, ready_file
from workers.retries import Backoff
from workers.stores import answer
from workers.tasks import Tasks
from workers.watch import UnitWatch

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=5)
"""How long running units may go on after a stop; then they are handed back."""
POLL = timedelta(milliseconds=100)
HEALTH_EVERY = timedelta(seconds=15)


async def serve(settings: WorkerSettings, telemetry: Telemetry, stop: asyncio.Event) -> None:
    """Do units until `stop` is set."""
    async with parts(settings, "dq-worker", telemetry, settings.concurrency) as made:
        with ready_file(settings.ready_file) as tell_ready:
            await run(made, settings, stop, tell_ready)


async def run(made: Parts, settings: WorkerSettings, stop: asyncio.Event, tell_ready: Callable[[], None]) -> None:
    """Do units with these parts until `stop` is set; the running ones end, or are handed back."""
    stopping = asyncio.create_task(stop.wait())
    if not await answer(made, stop):
        return
    worker = make_worker(made, settings)
    working = asyncio.create_task(worker.async_run())
    tell_ready()
    log.info("worker.ready", concurrency=settings.concurrency)
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        stopping.cancel()
        await worker.finish(GRACE)
        log.info("worker.stopped")


def make_worker(made: Parts, settings: WorkerSettings) -> PatientWorker:
    """A worker with as many places as the settings say."""
    options = ExecuteOptions(backoff=Backoff().pause, lease=settings.lease)
    return PatientWorker(
        Tasks(made.deps, options, UnitWatch(made.telemetry)),
        redis_pool=made.redis,
        queue_name=QUEUE_NAME,
        max_jobs=settings.concurrency,
        poll_delay=POLL,
        health_check_interval=HEALTH_EVERY,
    )


if __name__ == "__main__":
    sys.exit(main("worker", serve))
