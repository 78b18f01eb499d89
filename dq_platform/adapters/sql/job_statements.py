"""What workers say of units, as statements that are built once. Their parameters differ from columns' names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    Update,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
    update,
)

from dq_platform.adapters.sql.tables import ID, OUTCOME_COUNTS, TIME, job_units, jobs
from dq_platform.models.job import JobState


def expired(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that a unit's worker is gone."""
    return and_(job_units.c.state == JobState.RUNNING, job_units.c.lease_until < now)


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
    return and_(job_units.c.id == bindparam("claimed_unit", type_=ID), or_(waits, expired(now)))


def _claim() -> Update:
    """The unit, if its job has started, which then needs no lock."""
    started = exists().where(jobs.c.id == job_units.c.job_id, jobs.c.state != JobState.QUEUED)
    lease = bindparam("leased_until", type_=TIME)
    values = {"state": JobState.RUNNING, "attempt": job_units.c.attempt + 1, "lease_until": lease}
    return update(job_units).where(_claimable(), started).values(values).returning(job_units)


def _start() -> Update:
    """The unit's job starts."""
    job = select(job_units.c.job_id).where(_claimable()).scalar_subquery()
    start = bindparam("claimed_at", type_=TIME)
    return (
        update(jobs)
        .where(jobs.c.id == job, jobs.c.state == JobState.QUEUED)
        .values(state=JobState.RUNNING, start_time=start)
    )


def _finish() -> Update:
    """End the unit, count it in its job, and end the job with its last unit; the first unit's error is the job's.

    One statement: the job is locked first, and the unit ends only if its claim holds then.
    """
    locked = select(jobs.c.id).where(jobs.c.id == bindparam("ended_job")).with_for_update().cte("locked")
    at = bindparam("ended_at", type_=TIME)
    error = {name: bindparam(f"ended_{name}", type_=Text) for name in ("error_reason", "error_message")}
    ended = (
        update(job_units)
        .where(
            job_units.c.id == bindparam("ended_unit"),
            job_units.c.job_id == locked.c.id,
            job_units.c.attempt == bindparam("ended_attempt"),
            job_units.c.state == JobState.RUNNING,
        )
        .values(state=bindparam("ended_state"), end_time=at, lease_until=None, **error)
        .returning(job_units.c.job_id)
        .cte("ended")
    )
    done = jobs.c.units_done + 1
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
    return update(jobs).where(jobs.c.id == ended.c.job_id).values(values).returning(jobs)


CLAIM = _claim()
START = _start()
FINISH = _finish()
