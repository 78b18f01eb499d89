"""`python -m tests.faults.skewed worker|cron SECONDS`: a real worker or cron whose clock is that much ahead."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dq_platform.compose import Parts, parts
from dq_platform.settings import WorkerSettings
from telemetry.parts import Telemetry
from workers import __main__ as worker
from workers import cron
from workers.process import main, ready_file
from workers.stores import answer


@dataclass(frozen=True, slots=True)
class SkewedClock:
    """The machine's time and `ahead`, which may be negative."""

    ahead: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def do_units(made: Parts, settings: WorkerSettings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    await worker.run(made, settings, stop, ready)


async def do_chores(made: Parts, settings: WorkerSettings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    if await answer(made, stop):
        ready()
        await cron.run(cron.chores(made, cron.kept_by(settings)), stop, made.telemetry.metrics.cron)


KINDS = {"worker": do_units, "cron": do_chores}


async def serve(settings: WorkerSettings, telemetry: Telemetry, stop: asyncio.Event) -> None:
    """Do the work of the kind named on the command line, by the skewed clock, until `stop` is set."""
    kind, ahead = sys.argv[1:]
    async with parts(settings, f"dq-{kind}", telemetry, settings.concurrency) as made:
        clock = SkewedClock(timedelta(seconds=float(ahead)))
        with ready_file(settings.ready_file) as tell_ready:
            await KINDS[kind](replace(made, deps=replace(made.deps, clock=clock)), settings, stop, tell_ready)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], serve))
