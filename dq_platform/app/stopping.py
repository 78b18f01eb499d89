"""Ending what nobody works on and nobody may begin: units of jobs that are past their deadline or cancelled.

Those that a worker holds it ends itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import structlog

from dq_platform.app.deps import Deps
from dq_platform.app.execute import Ended, interrupted
from dq_platform.app.lease import Interruption
from dq_platform.models.job import Stop, Unit

log = structlog.get_logger(__name__)

LOOKED_AT = 1_000
"""How many units one look finds; looks follow each other until nothing is left."""
TOGETHER = 50
"""How many units end in one transaction: each may hold hundreds of checks."""


async def end_stopped(deps: Deps) -> int:
    """End them, wherever their connection is, and return how many; other processes may do so too.

    Past the deadline their checks get execution errors, `JOB_DEADLINE_EXCEEDED`.
    """
    ended = 0
    while True:
        found = await _idle(deps)
        done = [one.ended for units, why in _together(found) for one in await interrupted(deps, units, why)]
        ended += (now_ended := len(done) - done.count(Ended.LOST))
        # Units that somebody else just took are not looked for again at once.
        if len(found) < LOOKED_AT or not now_ended:
            break
    if ended:
        log.info("units.stopped", units=ended)
    return ended


async def _idle(deps: Deps) -> Sequence[tuple[Unit, Stop]]:
    async with deps.uow() as tx:
        return await tx.jobs.idle(deps.clock.now(), LOOKED_AT)


def _together(found: Sequence[tuple[Unit, Stop]]) -> Iterator[tuple[Sequence[Unit], Interruption]]:
    """Units of one job and one connection, some at once, and why they end."""
    for (_, _, stop), its in groupby(found, lambda one: (one[0].job_id, one[0].connection_id, one[1])):
        units = [unit for unit, _ in its]
        for start in range(0, len(units), TOGETHER):
            yield units[start : start + TOGETHER], Interruption(stop.value)
