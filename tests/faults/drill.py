"""One run: faults and requests side by side, then quiet, then the books."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

from psycopg2.extensions import connection

from dq_platform.compose import parts
from dq_platform.settings import WorkerSettings
from telemetry.parts import Telemetry
from tests.faults.books import discrepancies, open_jobs, totals
from tests.faults.customer import Customer
from tests.faults.rig import STORE, Rig
from tests.faults.timeline import Fault, timeline

PATIENCE = 60.0
"""How many seconds all work may take to end after the last fault: retries wait, and leases have to end."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was played, what the books hold, and what is wrong with them."""

    seed: int
    faults: list[Fault]
    totals: dict[str, int]
    wrong: list[str]

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}", *map(str, self.faults), *self.wrong])


@dataclass(frozen=True, slots=True)
class Drilled:
    """A run's report, with what it was made from."""

    report: Report
    link: connection
    requested: Mapping[str, str]


@asynccontextmanager
async def drill(seed: int, seconds: float, tell: Tell) -> AsyncIterator[Drilled]:
    """A run that plays faults for so long, when all is over; the store is there to look at inside the block."""
    faults = timeline(seed, seconds)
    rig = Rig(seed)
    await asyncio.to_thread(rig.__enter__)
    try:
        async with parts(WorkerSettings(**rig.environment()), "faults", Telemetry()) as made:
            customer = await Customer.moved_in(made.deps, rig, seed)
            tell("everything runs")
            await _play(rig, customer, faults, tell)
        with closing(rig.store.connect(STORE)) as link:
            left = await _quiet(link, tell)
            late = [f"{left} jobs had not ended {PATIENCE:.0f} s after the last fault"] if left else []
            wrong = [*late, *discrepancies(link, customer.requested), *rig.dead(), *rig.crashes()]
            yield Drilled(Report(seed, faults, totals(link), wrong), link, customer.requested)
    finally:
        await asyncio.to_thread(rig.__exit__, None, None, None)


async def _play(rig: Rig, customer: Customer, faults: list[Fault], tell: Tell) -> None:
    """Return when the damage of the last fault is over."""
    over = asyncio.Event()
    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(customer.go_on(over))
        async with asyncio.TaskGroup() as playing:
            for fault in faults:
                await asyncio.sleep(max(0.0, started + fault.at - time.monotonic()))
                tell(str(fault))
                playing.create_task(rig.play(fault))
        over.set()


async def _quiet(link: connection, tell: Tell) -> int:
    """How many jobs are left when all have ended, or when patience has."""
    deadline = time.monotonic() + PATIENCE
    while (left := open_jobs(link)) and time.monotonic() < deadline:
        tell(f"{left} jobs to end")
        await asyncio.sleep(0.5)
    return left
