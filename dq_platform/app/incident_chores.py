"""What happens to incidents because time goes by. Any number of processes may do this at once."""

from __future__ import annotations

from dq_platform.app.deps import Deps
from dq_platform.incidents.policy import escalate, settle
from dq_platform.incidents.step import Act
from dq_platform.models.incident import Handling

BATCH = 100
"""How many incidents are changed in one transaction; the next time the others have their turn."""


async def tend(deps: Deps) -> None:
    """End what is quiet, and escalate what nobody acknowledges."""
    await end_quiet(deps)
    await escalate_unacknowledged(deps)


async def end_quiet(deps: Deps) -> int:
    """End incidents that flapped and have been quiet for their window; how many."""
    async with deps.uow() as tx:
        act = Act(deps.clock.now())
        quiet = await tx.incidents.quiet(act.at, Handling(), BATCH)
        for incident in quiet:
            step = settle(incident, await tx.incidents.failing_check_count(incident.id), act)
            await tx.incidents.update(step.incident)
            await tx.incidents.add_events(step.events)
        await tx.commit()
    return len(quiet)


async def escalate_unacknowledged(deps: Deps) -> int:
    """Tell, once each, of incidents that nobody acknowledged in time; how many. Muted ones wait until they are not."""
    async with deps.uow() as tx:
        act = Act(deps.clock.now())
        waiting = await tx.incidents.unacknowledged(act.at, Handling(), BATCH)
        for incident in waiting:
            step = escalate(incident, act)
            await tx.incidents.update(step.incident)
            await tx.incidents.add_events(step.events)
        await tx.commit()
    return len(waiting)
