"""Holding a claimed unit while its work goes on: renewing the lease, noticing a cancel, losing the claim."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

import structlog

from dq_platform.app.deps import Deps
from dq_platform.models.job import Unit

T = TypeVar("T")
WATCH_EVERY = timedelta(seconds=1)
RENEWALS = 3
"""How many times a lease is renewed before it would end."""

log = structlog.get_logger(__name__)


class Interruption(StrEnum):
    """Why work on a unit has to stop before its end."""

    CANCELLED = "cancelled"
    LOST = "lost"


async def holding(deps: Deps, unit: Unit, lease: timedelta, work: Coroutine[Any, Any, T]) -> T | Interruption:
    """The work's result, or why it was stopped: then all that it awaited has been told to stop, and has."""
    watch = _Watch(deps, unit, lease)
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
    """Looks at the unit's row every second and keeps the lease alive."""

    def __init__(self, deps: Deps, unit: Unit, lease: timedelta) -> None:
        self._deps = deps
        self._unit = unit
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
                held = await tx.jobs.renew(self._unit, self._deps.clock.now() + self._lease)
                await tx.commit()
                self._renewed = now
            if await tx.jobs.cancel_requested(self._unit.job_id):
                return Interruption.CANCELLED
        return None if held else Interruption.LOST

    async def _ended(self, look: asyncio.Task[Interruption | None]) -> None:
        try:
            await asyncio.wait({look})
        finally:
            look.cancel()

    def _age(self) -> timedelta:
        """How long ago the lease was last known to be ours."""
        return timedelta(seconds=self._loop.time() - self._renewed)
