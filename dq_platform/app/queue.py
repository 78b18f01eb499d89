"""How much work waits, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dq_platform.app.deps import Deps
from dq_platform.models.queue import Backlog
from dq_platform.models.workspace import Principal


async def get_queue(deps: Deps, who: Principal) -> Sequence[Backlog]:
    """What the workspace's jobs wait for, one line for each priority, the highest first; nothing waits: zeros."""
    async with deps.uow() as tx:
        return await tx.jobs.backlog(deps.clock.now(), who.workspace_id)


async def whole_queue(deps: Deps) -> Sequence[Backlog]:
    """The same of every workspace that has units that wait or run; for who operates the platform, not for callers."""
    async with deps.uow() as tx:
        return await tx.jobs.backlog(deps.clock.now())


async def schedule_lag(deps: Deps) -> timedelta:
    """How long the oldest schedule that is due has not fired."""
    now = deps.clock.now()
    async with deps.uow() as tx:
        due = await tx.schedules.oldest_due(now)
    return now - due if due else timedelta()
