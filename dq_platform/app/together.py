"""Doing several units of one job at once: small tables of one source, which cost less together than one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from dq_platform.app.assignments import runs_of
from dq_platform.app.deps import Deps
from dq_platform.app.execute import (
    Done,
    End,
    ExecuteOptions,
    cancel,
    failed,
    hand_back,
    interrupted,
    record_ends,
    run_checks,
)
from dq_platform.app.lease import Interruption, holding
from dq_platform.app.measuring import Run
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.shared_session import SharedSession, Sharing
from dq_platform.errors import DomainError, StoreUnavailable
from dq_platform.models.job import Unit


async def run_together(deps: Deps, units: Sequence[Unit], options: ExecuteOptions) -> Sequence[Done]:
    """What became of the claimed units of checks, in their order; each may end in its own way.

    Results and ends of those that were measured are recorded together. Raises as `run_unit` does, and may have to give
    up all of them for a defect that concerns one: done alone they do not share it.
    """
    found = await holding(deps, units, options.lease, _perform(deps, units, options))
    if found is Interruption.LOST:
        return [await hand_back(deps, unit) for unit in units]
    return await interrupted(deps, units, found) if isinstance(found, Interruption) else found


async def _perform(deps: Deps, units: Sequence[Unit], options: ExecuteOptions) -> Sequence[Done]:
    try:
        async with deps.uow() as tx:
            given = await tx.assignments.of(units)
            runs = await runs_of(tx, given, units)
        if given.job.cancel_requested:
            return [await cancel(deps, unit) for unit in units]
        found = await _measure(deps, units, runs, options)
    except StoreUnavailable:
        raise
    except DomainError as error:
        return [await failed(deps, unit, error, options) for unit in units]
    ended = [(unit, end) for unit, end in zip(units, found, strict=True) if isinstance(end, End)]
    done = dict(zip((unit.id for unit, _ in ended), await record_ends(deps, ended), strict=True))
    return [end if isinstance(end, Done) else done[unit.id] for unit, end in zip(units, found, strict=True)]


async def _measure(
    deps: Deps, units: Sequence[Unit], runs: Mapping[str, Run], options: ExecuteOptions
) -> Sequence[End | Done]:
    """How each unit ends. After the first exception that nobody expected, which is raised, the others are stopped."""
    if not runs:
        return [End()] * len(units)
    connection = next(iter(runs.values())).connection
    sharing = Sharing(deps.sources.session(connection), ConnectorFactory.get(connection.type).dialect)
    members = {unit_id: sharing.join() for unit_id in runs}
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(sharing.serve())
            tasks = {
                unit.id: group.create_task(_measured(deps, unit, runs[unit.id], options, members[unit.id]))
                for unit in units
                if unit.id in runs
            }
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    return [tasks[unit.id].result() if unit.id in tasks else End() for unit in units]


async def _measured(deps: Deps, unit: Unit, run: Run, options: ExecuteOptions, shared: SharedSession) -> End | Done:
    try:
        return await run_checks(deps, unit, run, options, shared)
    except StoreUnavailable:
        raise
    except DomainError as error:
        return await failed(deps, unit, error, options)
