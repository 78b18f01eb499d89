"""What workers say of units, as statements that are built once. Their parameters differ from columns' names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from dq_platform.adapters.sql.ids import storable
from dq_platform.adapters.sql.tables import ID, OUTCOME_COUNTS, TIME, UNFINISHED, connections, job_units, jobs
from dq_platform.models.job import JobError, JobState, Stop

LOST = JobError("WORKER_LOST", "The worker was gone before the attempt ended, or could not reach the store.")
UNIT_END: Mapping[str, TypeEngine[Any]] = MappingProxyType(
    {
        "id": ID,
        "attempt": Integer(),
        "state_before": Text(),
        "state": Text(),
        "error_reason": Text(),
        "error_message": Text(),
    }
)
"""What is said of each unit that ends; the first three are as its row must still be."""


def expired(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that a unit's worker is gone."""
    return and_(job_units.c.state == JobState.RUNNING, job_units.c.lease_until < now)


def in_time(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that a job's deadline has not passed."""
    return or_(jobs.c.deadline_time.is_(None), jobs.c.deadline_time > now)


def stop() -> ColumnElement[str | None]:
    """Why a job's units must not go on at `looked_at`, NULL if they may."""
    return case(
        (jobs.c.cancel_requested, Stop.CANCELLED.value),
        (jobs.c.deadline_time <= bindparam("looked_at", type_=TIME), Stop.OVERDUE.value),
        else_=null(),
    )


def _idle() -> Select[Any]:
    """Units that nobody holds, of jobs whose units must not go on, and why."""
    now = bindparam("looked_at", type_=TIME)
    overdue = jobs.c.deadline_time <= now
    stopped = (
        select(jobs.c.id, stop().label("why")).where(UNFINISHED, or_(overdue, jobs.c.cancel_requested)).cte("stopped")
    )
    return (
        select(job_units, stopped.c.why)
        .join(stopped, stopped.c.id == job_units.c.job_id)
        .where(or_(job_units.c.state == JobState.QUEUED, expired(now)))
        .order_by(job_units.c.job_id, job_units.c.connection_id, job_units.c.id)
        .limit(bindparam("most", type_=Integer))
    )


def held() -> ColumnElement[bool]:
    """The condition that nobody may take a unit, because its connection is paused."""
    return exists().where(connections.c.id == job_units.c.connection_id, connections.c.pause_time.is_not(None))


def state_after(
    done: ColumnElement[int], failed: ColumnElement[int], cancelled: ColumnElement[int], *, cancel: ColumnElement[bool]
) -> ColumnElement[str]:
    """The job's state once that many units are done."""
    return case(
        (done < jobs.c.unit_count, jobs.c.state),
        (failed > 0, JobState.FAILED.value),
        (and_(cancel, cancelled > 0), JobState.CANCELLED.value),
        else_=JobState.SUCCEEDED.value,
    )


def _claimable() -> ColumnElement[bool]:
    now = bindparam("claimed_at", type_=TIME)
    waits = and_(job_units.c.state == JobState.QUEUED, job_units.c.due_time <= now)
    asked = func.any(bindparam("claimed_units", type_=ARRAY(ID)))
    return and_(job_units.c.id == asked, or_(waits, expired(now)), ~held())


def noted(end: ColumnElement[Any], error: JobError) -> ColumnElement[Any]:
    """The unit's attempts with the present one, which ended then, and for that reason."""
    facts = {
        "number": job_units.c.attempt,
        "start_time": job_units.c.start_time,
        "end_time": end,
        "reason": literal(error.reason, Text),
        "message": literal(storable(error.message), Text),
    }
    pairs = [part for name, value in facts.items() for part in (literal(name, Text), value)]
    return job_units.c.attempts.op("||")(func.jsonb_build_array(func.jsonb_build_object(*pairs)))


def _lost() -> ColumnElement[Any]:
    """A worker whose lease expired says nothing any more."""
    return noted(job_units.c.lease_until, LOST)


def _claim() -> Update:
    """The units, whose job starts with them; once it has started it needs no lock.

    What somebody else claims just now is not waited for, so that two that want the same units cannot wait in a circle.
    """
    starting = _start().returning(jobs.c.id).cte("starting")
    now = bindparam("claimed_at", type_=TIME)
    started = exists().where(jobs.c.id == job_units.c.job_id, jobs.c.state != JobState.QUEUED, in_time(now))
    ready = or_(started, job_units.c.job_id.in_(select(starting.c.id)))
    free = select(job_units.c.id).where(_claimable(), ready).with_for_update(skip_locked=True).cte("free")
    lease = bindparam("leased_until", type_=TIME)
    values = {
        "state": JobState.RUNNING,
        "attempt": job_units.c.attempt + 1,
        "start_time": now,
        "lease_until": lease,
        "attempts": case((job_units.c.state == JobState.RUNNING, _lost()), else_=job_units.c.attempts),
    }
    return update(job_units).where(job_units.c.id.in_(select(free.c.id))).values(values).returning(job_units)


def _start() -> Update:
    """The units' job starts."""
    job = select(job_units.c.job_id).where(_claimable()).limit(1).scalar_subquery()
    start = bindparam("claimed_at", type_=TIME)
    return (
        update(jobs)
        .where(jobs.c.id == job, jobs.c.state == JobState.QUEUED, in_time(start))
        .values(state=JobState.RUNNING, start_time=start)
    )


def _finish() -> Update:
    """End units, count them in their job, and end the job with its last unit; the first unit's error is the job's.

    One statement, which returns how many ended: the job is locked first, and a unit ends only if its claim holds then.
    """
    locked = select(jobs.c.id).where(jobs.c.id == bindparam("ended_job")).with_for_update().cte("locked")
    at = bindparam("ended_at", type_=TIME)
    error = {name: bindparam(f"ended_{name}", type_=Text) for name in ("error_reason", "error_message")}
    ends = func.unnest(*(bindparam(f"unit_{name}s", type_=ARRAY(type_)) for name, type_ in UNIT_END.items()))
    end = ends.table_valued(*(column(name, type_) for name, type_ in UNIT_END.items())).render_derived("unit_end").c
    how = {name: end[name] for name in ("state", "error_reason", "error_message")}
    ended = (
        update(job_units)
        .where(
            job_units.c.id == end.id,
            job_units.c.job_id == locked.c.id,
            job_units.c.attempt == end.attempt,
            job_units.c.state == end.state_before,
        )
        .values(end_time=at, lease_until=None, **how)
        .returning(job_units.c.job_id)
        .cte("ended")
    )
    count = select(func.count()).select_from(ended).scalar_subquery()
    done = jobs.c.units_done + count
    failed = jobs.c.units_failed + bindparam("failed", type_=BigInteger)
    cancelled = jobs.c.units_cancelled + bindparam("cancelled", type_=BigInteger)
    values: dict[str, object] = {
        "units_done": done,
        "units_failed": failed,
        "units_cancelled": cancelled,
        "state": state_after(done, failed, cancelled, cancel=jobs.c.cancel_requested),
        "end_time": case((done >= jobs.c.unit_count, at), else_=jobs.c.end_time),
    }
    values |= {name: jobs.c[name] + bindparam(f"more_{name}", type_=BigInteger) for name in OUTCOME_COUNTS}
    values |= {name: case((jobs.c.error_reason == "", text), else_=jobs.c[name]) for name, text in error.items()}
    job = select(ended.c.job_id).limit(1).scalar_subquery()
    return update(jobs).where(jobs.c.id == job).values(values).returning(jobs, count.label("ended"))


def _queued_units() -> Select[Any]:
    """By workspace. An index leads to its unfinished jobs, so that what has ended costs nothing."""
    mine = jobs.c.workspace_id == func.any(bindparam("workspaces", type_=ARRAY(ID)))
    units = func.sum(jobs.c.unit_count - jobs.c.units_done).label("units")
    return select(jobs.c.workspace_id, units).where(mine, UNFINISHED).group_by(jobs.c.workspace_id)


CLAIM = _claim()
FINISH = _finish()
IDLE = _idle()
QUEUED_UNITS = _queued_units()
STOP = select(stop()).where(jobs.c.id == bindparam("looked_for", type_=ID))
