"""What has to happen by itself: due schedules fire."""

from __future__ import annotations

from datetime import timedelta

from dq_platform.app.deps import Deps
from dq_platform.app.firing import Fired, fire
from dq_platform.models.job import Priority
from dq_platform.scheduling.planner import Planner

BATCH = 500
"""How many schedules one transaction fires; transactions follow each other until none is due."""
HELD_FOR = timedelta(seconds=10)
"""After that a schedule that waits is tried again if the queue was full."""


async def fire_due(deps: Deps) -> int:
    """Fire every schedule that is due and return how many jobs came of it; other processes may do so too."""
    planner = Planner()
    jobs = 0
    while True:
        fired = await _fire_batch(deps, planner)
        if fired is None:
            return jobs
        await deps.queue.wake(fired.tasks, Priority.NORMAL)
        jobs += fired.jobs


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
