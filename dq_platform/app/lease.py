"""Holding a claimed unit while its work goes on: renewing the lease, noticing a cancel, losing the claim."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from dq_platform.app.deps import Deps
from dq_platform.models.job import Unit

T = TypeVar("T")
WATCH_EVERY = timedelta(seconds=1)
RENEWALS = 3
"""How many times a lease is renewed before it would end."""


class Interruption(StrEnum):
    """Why work on a unit has to stop before its end."""

    CANCELLED = "cancelled"
    LOST = "lost"


async def holding(deps: Deps, unit: Unit, lease: timedelta, work: Coroutine[Any, Any, T]) -> T | Interruption:
    """The work's result, or why it was stopped: then all that it awaited has been told to stop, and has."""
    tasks = (asyncio.create_task(work), asyncio.create_task(_watch(deps, unit, lease)))
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


async def _watch(deps: Deps, unit: Unit, lease: timedelta) -> Interruption:
    """Return when the work has to stop."""
    loop = asyncio.get_running_loop()
    renewal = loop.time() + lease.total_seconds() / RENEWALS
    while True:
        await asyncio.sleep(WATCH_EVERY.total_seconds())
        held = True
        async with deps.uow() as tx:
            if loop.time() >= renewal:
                held = await tx.jobs.renew(unit, deps.clock.now() + lease)
                renewal = loop.time() + lease.total_seconds() / RENEWALS
                await tx.commit()
            if await tx.jobs.cancel_requested(unit.job_id):
                return Interruption.CANCELLED
        if not held:
            return Interruption.LOST
