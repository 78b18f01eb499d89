"""What has to happen by itself: due schedules fire, and units that nobody works on are told of again."""

from __future__ import annotations

from datetime import timedelta

from dq_platform.app.deps import Deps
from dq_platform.app.firing import Fired, fire
from dq_platform.app.waking import TOLD_AT_ONCE, wake
from dq_platform.models.job import Priority
from dq_platform.scheduling.planner import Planner

BATCH = 500
"""How many schedules one transaction fires; transactions follow each other until none is due."""
HELD_FOR = timedelta(seconds=10)
"""After that a schedule that waits is tried again if the queue was full."""
QUEUED_FOR = timedelta(seconds=10)
"""After that a unit that waits is told of again: the message may be lost."""


async def fire_due(deps: Deps) -> int:
    """Fire every schedule that is due and return how many jobs came of it; other processes may do so too."""
    planner = Planner()
    jobs = 0
    while True:
        fired = await _fire_batch(deps, planner)
        if fired is None:
            return jobs
        await deps.queue.enqueue(fired.tasks, Priority.NORMAL)
        jobs += fired.jobs


async def sweep(deps: Deps) -> int:
    """Tell the queue of units that wait for too long or whose worker is gone; returns how many."""
    now = deps.clock.now()
    async with deps.uow() as tx:
        lost = await tx.jobs.lost(now, now - QUEUED_FOR, TOLD_AT_ONCE)
    await wake(deps, lost)
    return len(lost)


async def _fire_batch(deps: Deps, planner: Planner) -> Fired | None:
    """What came of some that are due, None if none is; jobs and their schedules' next times are stored together."""
    now = deps.clock.now()
    async with deps.uow() as tx:
        claimed = await tx.schedules.claim_due(now, now - HELD_FOR, BATCH)
        if not claimed:
            return None
        fired = await fire(tx, claimed, planner, now, deps.limits)
        await tx.commit()
    return fired
