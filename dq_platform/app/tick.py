"""What has to happen by itself: due schedules fire, and units that nobody works on are told of again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from dq_platform.app.deps import Deps
from dq_platform.app.runs import tell
from dq_platform.app.units import checks_in, plan_tasks, request_hash, units_of
from dq_platform.errors import Invalid
from dq_platform.ids import new_id
from dq_platform.models.job import Job, JobKind, JobState, Priority
from dq_platform.models.schedule import Schedule
from dq_platform.ports import Tx
from dq_platform.scheduling import cron
from dq_platform.scheduling.cron import Due

log = structlog.get_logger(__name__)

BATCH = 20
"""How many schedules one transaction fires; transactions follow each other until none is due."""
QUEUED_FOR = timedelta(seconds=10)
"""After that a unit that waits is told of again: the message may be lost."""
SWEEP_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class _Fired:
    """A job to tell the queue of."""

    job: Job
    tasks: list[list[str]]


async def fire_due(deps: Deps) -> int:
    """Fire every schedule that is due and return how many jobs came of it; other processes may do so too."""
    jobs = 0
    while True:
        seen, fired = await _fire_batch(deps)
        for one in fired:
            await tell(deps, one.job, one.tasks)
        jobs += len(fired)
        if not seen:
            return jobs


async def sweep(deps: Deps) -> int:
    """Tell the queue of units that wait for too long or whose worker is gone; returns how many."""
    now = deps.clock.now()
    async with deps.uow() as tx:
        lost = await tx.jobs.lost(now, now - QUEUED_FOR, SWEEP_LIMIT)
    for priority in sorted(Priority, reverse=True):
        tasks = [[unit_id] for unit_id, its in lost if its is priority]
        if tasks:
            await deps.queue.enqueue(tasks, priority)
    return len(lost)


async def _fire_batch(deps: Deps) -> tuple[int, list[_Fired]]:
    """How many schedules were due, and what came of them; a job and its schedule's next time are stored together."""
    now = deps.clock.now()
    fired: list[_Fired] = []
    async with deps.uow() as tx:
        schedules = await tx.schedules.claim_due(now, BATCH)
        for schedule in schedules:
            one = await _fire(tx, schedule, now)
            if one is not None:
                fired.append(one)
        await tx.commit()
    return len(schedules), fired


async def _fire(tx: Tx, schedule: Schedule, now: datetime) -> _Fired | None:
    """The job to tell of; None if nothing is selected, or if the run was stored before."""
    due = await _due(tx, schedule, now)
    if due is None:
        return None
    await tx.schedules.fired(schedule.id, now, due.next_run_time)
    checks = await tx.checks.select(schedule.workspace_id, schedule.selector)
    if not checks:
        log.info("schedule.empty", schedule_id=schedule.id, due_time=due.due_time.isoformat())
        return None
    job = _job(schedule, due, now)
    units = units_of(job.id, schedule.workspace_id, checks)
    job = replace(job, unit_count=len(units), check_count=checks_in(units))
    earlier = await tx.jobs.add(job, units, request_hash(job.kind, schedule.selector))
    if earlier is not None:
        return None
    log.info("schedule.fired", schedule_id=schedule.id, job_id=job.id, checks=job.check_count)
    return _Fired(job, await plan_tasks(tx, units, checks))


async def _due(tx: Tx, schedule: Schedule, now: datetime) -> Due | None:
    """The run to start. A schedule whose time can no longer be read is paused, or it would be due for ever."""
    try:
        return cron.due(schedule, now)
    except Invalid as error:
        log.error("schedule.paused", schedule_id=schedule.id, reason=error.message)
        await tx.schedules.update(replace(schedule, paused=True, next_run_time=None), schedule.version)
        return None


def _job(schedule: Schedule, due: Due, now: datetime) -> Job:
    return Job(
        id=new_id(),
        workspace_id=schedule.workspace_id,
        kind=JobKind.EXECUTE_CHECK_BATCH,
        state=JobState.QUEUED,
        priority=Priority.NORMAL,
        create_time=now,
        unit_count=0,
        schedule_id=schedule.id,
        due_time=due.due_time,
    )
