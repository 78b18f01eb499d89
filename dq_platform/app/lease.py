"""Holding a claimed unit while its work goes on: renewing the lease, seeing that its job must stop, losing it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

import structlog

from dq_platform.app.deps import Deps
from dq_platform.models.job import Unit
from dq_platform.ports import Tx

T = TypeVar("T")
WATCH_EVERY = timedelta(seconds=1)
RENEWALS = 3
"""How many times a lease is renewed before it would end."""

log = structlog.get_logger(__name__)


class Interruption(StrEnum):
    """Why work on a unit has to stop before its end: its job must not go on, or its claim is lost."""

    CANCELLED = "cancelled"
    OVERDUE = "overdue"
    LOST = "lost"


async def holding(
    deps: Deps, units: Sequence[Unit], lease: timedelta, work: Coroutine[Any, Any, T]
) -> T | Interruption:
    """The work's result, or why it was stopped: then all that it awaited has been told to stop, and has.

    The units are of one job. Work on all of them stops with the loss of one.
    """
    watch = _Watch(deps, units, lease)
    tasks = (asyncio.create_task(work), asyncio.create_task(watch.until_interrupted()))
    working, watching = tasks
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else watching.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.exception()  # the one that matters is raised above; the other's end is of no interest


class _Watch:
    """Looks at the units' rows every second and keeps their lease alive."""

    def __init__(self, deps: Deps, units: Sequence[Unit], lease: timedelta) -> None:
        self._deps = deps
        self._units = units
        self._lease = lease
        self._loop = asyncio.get_running_loop()
        self._renewed = self._loop.time()

    async def until_interrupted(self) -> Interruption:
        """Return when the work has to stop.

        A store that does not answer is no reason while the lease still holds: the source may be hours into its work.
        """
        while True:
            await asyncio.sleep(WATCH_EVERY.total_seconds())
            look = asyncio.create_task(self._look())
            await self._ended(look)
            error = look.exception()
            if error is None:
                found = look.result()
                if found is not None:
                    return found
            elif self._age() >= self._lease:
                raise error
            else:
                log.warning("lease.unwatched", error=type(error).__name__)

    async def _look(self) -> Interruption | None:
        held = True
        async with self._deps.uow() as tx:
            if self._age() >= self._lease / RENEWALS:
                now = self._loop.time()
                held = await self._renew(tx)
                self._renewed = now
            stop = await tx.jobs.stop(self._units[0].job_id, self._deps.clock.now())
        if stop is not None:
            return Interruption(stop.value)
        return None if held else Interruption.LOST

    async def _renew(self, tx: Tx) -> bool:
        """One after the other: whoever waits for a row here holds no other."""
        held = True
        for unit in self._units:
            held = await tx.jobs.renew(unit, self._deps.clock.now() + self._lease) and held
            await tx.commit()
        return held

    async def _ended(self, look: asyncio.Task[Interruption | None]) -> None:
        try:
            await asyncio.wait({look})
        finally:
            look.cancel()

    def _age(self) -> timedelta:
        """How long ago the lease was last known to be ours."""
        return timedelta(seconds=self._loop.time() - self._renewed)
