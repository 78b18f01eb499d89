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
    TextualSelect,
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
    text,
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


def _claim() -> TextualSelect:
    """What the store's function of that name answers: units with their jobs' origins, see migrations."""
    columns = ", ".join(f"(claimed).{column.name}" for column in job_units.c)
    arguments: dict[str, TypeEngine[Any]] = {
        "places": Integer(),
        "claimed_at": TIME,
        "leased_until": TIME,
        "most_sessions": Integer(),
        "lost_reason": Text(),
        "lost_message": Text(),
    }
    names = ", ".join(f":{name}" for name in arguments)
    statement = text(f"SELECT {columns}, origin FROM claim_tasks({names})")  # noqa: S608  # names of ours
    typed = statement.bindparams(*(bindparam(name, type_=type_) for name, type_ in arguments.items()))
    return typed.columns(*job_units.c, jobs.c.origin)


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
