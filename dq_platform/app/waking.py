"""Telling the queue again of units that it may have forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from dq_platform.app.deps import Deps
from dq_platform.models.job import Priority

TOLD_AT_ONCE = 5_000
"""How many units are looked up and told of in one go; the sweep tells of the others."""


async def wake(deps: Deps, units: Sequence[tuple[str, Priority]]) -> None:
    """Tell of units, by id and priority, the highest priority first. The caller holds no transaction open."""
    for priority in sorted(Priority, reverse=True):
        tasks = [[unit_id] for unit_id, its in units if its is priority]
        if tasks:
            await deps.queue.enqueue(tasks, priority)
