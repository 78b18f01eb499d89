"""What units of checks run, made of what they were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dq_platform.app.baselines import baselines_of
from dq_platform.app.measuring import Run
from dq_platform.app.other_tables import sizes_besides
from dq_platform.app.units import table_of
from dq_platform.models.assignment import Assignment
from dq_platform.models.job import Unit
from dq_platform.ports import Tx


async def runs_of(tx: Tx, given: Assignment, units: Sequence[Unit]) -> Mapping[str, Run]:
    """What each unit runs, by its id; nothing for one whose checks were all deleted, and for a catalogue's."""
    if given.connection is None or not given.checks:
        return {}
    job, connection, checks = given.job, given.connection, list(given.checks.values())
    baselines = await baselines_of(tx, checks)
    others = await sizes_besides(tx, checks)
    of_unit = {unit.id: [given.checks[one] for one in unit.check_ids if one in given.checks] for unit in units}
    sessions = {unit.id: unit.sessions for unit in units}
    return {
        unit_id: Run(
            job.id,
            connection,
            some,
            given.known[table_of(some[0])[1:]],
            job.window,
            baselines,
            others,
            job.unit_count,
            sessions[unit_id],
        )
        for unit_id, some in of_unit.items()
        if some
    }
