"""`python -m workers.cron` runs cron: due schedules, lost units, upkeep. Any number of them may run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from dq_platform.app import tick
from dq_platform.compose import Parts, parts
from dq_platform.errors import StoreUnavailable
from dq_platform.settings import WorkerSettings
from workers.process import main, ready_file
from workers.stores import answer

log = structlog.get_logger(__name__)

FIRE_EVERY = timedelta(milliseconds=250)
SWEEP_EVERY = timedelta(seconds=3)
UPKEEP_EVERY = timedelta(hours=1)
LONGEST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do again and again, the first time at once."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[object]]


def chores(made: Parts, sample_retention: timedelta) -> list[Chore]:
    """`sample_retention` is how long error samples are kept."""
    deps = made.deps
    return [
        Chore("upkeep", UPKEEP_EVERY, lambda: made.maintenance.ensure_partitions(deps.clock.now())),
        Chore("samples", UPKEEP_EVERY, lambda: made.maintenance.delete_samples(deps.clock.now() - sample_retention)),
        Chore("fire", FIRE_EVERY, lambda: tick.fire_due(deps)),
        Chore("sweep", SWEEP_EVERY, lambda: tick.sweep(deps)),
    ]


async def serve(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Do all chores until `stop` is set."""
    async with parts(settings, "dq-cron") as made:
        with ready_file(settings.ready_file) as tell_ready:
            if await answer(made, stop):
                tell_ready()
                log.info("cron.ready")
                await run(chores(made, settings.error_sample_retention), stop)
    log.info("cron.stopped")


async def run(chores: Sequence[Chore], stop: asyncio.Event) -> None:
    """Do each chore in its own time until `stop` is set; what is being done then is finished."""
    async with asyncio.TaskGroup() as group:
        for chore in chores:
            group.create_task(repeat(chore, stop), name=f"cron.{chore.name}")


async def repeat(chore: Chore, stop: asyncio.Event) -> None:
    """Do the chore until `stop` is set. One that fails is tried again, after longer and longer pauses."""
    failures = 0
    while not stop.is_set():
        try:
            await chore.do()
        except Exception as error:
            # The boundary of cron's loop: told once, tried until it works. An outage needs no traceback.
            if not failures:
                log.error("chore.failing", chore=chore.name, exc_info=not isinstance(error, StoreUnavailable))
            failures += 1
        else:
            if failures:
                log.info("chore.works_again", chore=chore.name, failures=failures)
            failures = 0
        await _pause(chore, failures, stop)


async def _pause(chore: Chore, failures: int, stop: asyncio.Event) -> None:
    longer = min(LONGEST_PAUSE, FIRE_EVERY * 2 ** min(failures, 10)) if failures else chore.every
    with suppress(TimeoutError):
        async with asyncio.timeout(longer.total_seconds()):
            await stop.wait()


if __name__ == "__main__":
    sys.exit(main(serve))
