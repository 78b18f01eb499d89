"""Jobs as their owners see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

from dq_platform.app.deps import Deps
from dq_platform.models.job import Job, JobState, UnitReport
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal

WATCH_EVERY = timedelta(milliseconds=250)
MAX_CURRENT_TABLES = 20


async def get_job(deps: Deps, who: Principal, id: str) -> Job:
    """The job as it is, with the tables that are read just now."""
    async with deps.uow() as tx:
        job = await tx.jobs.get(who.workspace_id, id)
        if job.state is not JobState.RUNNING:
            return job
        return replace(job, current_tables=tuple(await tx.jobs.current_tables(job.id, MAX_CURRENT_TABLES)))


async def list_jobs(deps: Deps, who: Principal, page: PageRequest, states: Sequence[JobState] = ()) -> Page[Job]:
    """The workspace's jobs, newest first; all states if none is named."""
    async with deps.uow() as tx:
        return await tx.jobs.list(who.workspace_id, page, states)


async def list_units(
    deps: Deps, who: Principal, id: str, page: PageRequest, states: Sequence[JobState] = ()
) -> Page[UnitReport]:
    """The job's units with their attempts; of all states if none is named. Raises NotFound."""
    async with deps.uow() as tx:
        return await tx.jobs.units(who.workspace_id, id, page, states)


async def cancel_job(deps: Deps, who: Principal, id: str) -> Job:
    """The job, asked to stop: what waits ends at once, what runs is stopped by its worker, what ended stays."""
    async with deps.uow() as tx:
        job = await tx.jobs.request_cancel(who.workspace_id, id, deps.clock.now())
        await tx.commit()
    return job


async def watch_job(deps: Deps, who: Principal, id: str) -> AsyncIterator[Job]:
    """The job as it is, and again on each change, up to and with its final state.

    No transaction stays open between two looks. It goes on for as long as the caller does.
    """
    last: Job | None = None
    while last is None or not last.state.is_final:
        job = await get_job(deps, who, id)
        if job != last:
            last = job
            yield job
        if not job.state.is_final:
            await asyncio.sleep(WATCH_EVERY.total_seconds())
