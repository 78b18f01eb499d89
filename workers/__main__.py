"""`python -m workers` runs a worker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import timedelta

import structlog
from arq.worker import func

from dq_platform.adapters.arq_queue import FUNCTION, QUEUE_NAME, deserialize, serialize
from dq_platform.app.execute import ExecuteOptions
from dq_platform.compose import Parts, parts
from dq_platform.settings import WorkerSettings
from workers.patient_worker import PatientWorker
from workers.process import main, ready_file
from workers.retries import Backoff
from workers.stores import answer
from workers.tasks import TASKS_KEY, Tasks, run_units

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=5)
"""How long running units may go on after a stop; then they are handed back."""
LONGEST_UNIT = timedelta(hours=24)
POLL = timedelta(milliseconds=100)
HEALTH_EVERY = timedelta(seconds=15)
# arq counts each delivery as a try; the unit's row counts attempts, and decides.
MANY = 1_000_000


async def serve(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Do units until `stop` is set."""
    async with parts(settings, "dq-worker", settings.concurrency) as made:
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
    """Arq's worker with the one task."""
    options = ExecuteOptions(backoff=Backoff().pause, lease=settings.lease)
    # arq types its tasks as taking anything.
    task = func(run_units, name=FUNCTION, keep_result=0, timeout=LONGEST_UNIT, max_tries=MANY)  # type: ignore[arg-type]
    return PatientWorker(
        functions=[task],
        redis_pool=made.redis,
        queue_name=QUEUE_NAME,
        max_jobs=settings.concurrency,
        poll_delay=POLL,
        keep_result=0,
        health_check_interval=HEALTH_EVERY,
        ctx={TASKS_KEY: Tasks(made.deps, options)},
        job_serializer=serialize,
        job_deserializer=deserialize,
        log_results=False,
    )


if __name__ == "__main__":
    sys.exit(main(serve))
