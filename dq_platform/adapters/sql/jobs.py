"""Jobs and their units in SQL.

A unit's attempt is its fencing token: every change of a claimed unit names the attempt, so that a worker that lost its
claim changes nothing. Locks are taken in one order, so that nobody waits in a circle: a transaction's checks, results
and incidents first, then the job, then its units.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.backlog import read_backlog
from dq_platform.adapters.sql.ids import existing_id, parse_id, parse_ids
from dq_platform.adapters.sql.job_rows import (
    error_to_row,
    job_from_row,
    job_to_row,
    outcomes_to_row,
    report_from_row,
    skipped_to_json,
    tasks_from_rows,
    unit_from_row,
    unit_to_row,
)
from dq_platform.adapters.sql.job_statements import (
    CLAIM,
    FINISH,
    IDLE,
    LOST,
    QUEUED_UNITS,
    STOP,
    UNIT_END,
    held,
    noted,
    state_after,
)
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.scheduled_jobs import add_scheduled
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import ID, OUTCOME_COUNTS, TIME, UNFINISHED, checks, job_units, jobs
from dq_platform.adapters.sql.versions import OwnedRows
from dq_platform.errors import AlreadyExists, RequestIdReused
from dq_platform.models.job import Job, JobError, JobState, SkippedSchema, Stop, Task, Unit, UnitEnd, UnitReport
from dq_platform.models.metadata import TableKey
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.queue import Backlog

OLDEST_FIRST = Keyset((job_units.c.id,))
NEWEST_FIRST = Keyset((jobs.c.create_time, jobs.c.id), descending=True)


class SqlJobs:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = OwnedRows(session, jobs, "job")

    async def add(self, job: Job, units: Sequence[Unit], request_hash: str = "") -> Job | None:
        insertion = upsert(jobs).values(job_to_row(job, request_hash)).on_conflict_do_nothing().returning(jobs.c.id)
        with adding("job", job.id, parent_kind="workspace", parent_id=job.workspace_id):
            stored = (await self._session.execute(insertion)).one_or_none()
        if stored is None:
            return await self._stored_before(job, request_hash)
        if units:
            await self._session.execute(insert(job_units), [unit_to_row(unit, job) for unit in units])
        return None

    async def add_scheduled(self, jobs: Sequence[tuple[Job, Sequence[Unit]]]) -> Collection[str]:
        return await add_scheduled(self._session, jobs)

    async def unfinished(self, schedule_ids: Sequence[str]) -> Collection[str]:
        wanted = bindparam("schedule_ids", list(parse_ids(schedule_ids)), type_=ARRAY(ID))
        statement = select(jobs.c.schedule_id).where(jobs.c.schedule_id == func.any(wanted), UNFINISHED).distinct()
        return frozenset((await self._session.execute(statement)).scalars())

    async def queued_units(self, workspace_ids: Collection[str]) -> Mapping[str, int]:
        rows = await self._session.execute(QUEUED_UNITS, {"workspaces": [*workspace_ids]})
        return dict.fromkeys(workspace_ids, 0) | {row.workspace_id: int(row.units) for row in rows}

    async def requested(self, workspace_id: str, request_id: str, request_hash: str) -> Job | None:
        same = and_(jobs.c.workspace_id == workspace_id, jobs.c.request_id == request_id)
        row = (await self._session.execute(select(jobs).where(same))).one_or_none() if request_id else None
        return _unless_reused(row, request_id, request_hash) if row else None

    async def get(self, workspace_id: str, id: str) -> Job:
        return job_from_row(await self._rows.get(workspace_id, id))

    async def list(self, workspace_id: str, page: PageRequest, states: Sequence[JobState] = ()) -> Page[Job]:
        statement = select(jobs).where(jobs.c.workspace_id == workspace_id)
        if states:
            statement = statement.where(jobs.c.state.in_(states))
        return await fetch_page(self._session, statement, NEWEST_FIRST, page, job_from_row)

    async def units(
        self, workspace_id: str, id: str, page: PageRequest, states: Sequence[JobState] = ()
    ) -> Page[UnitReport]:
        await self._rows.get(workspace_id, id)
        return await fetch_page(self._session, _units(id, states), OLDEST_FIRST, page, report_from_row)

    async def failed_units(self, workspace_id: str, id: str) -> Sequence[UnitReport]:
        await self._rows.get(workspace_id, id)
        statement = _units(id, [JobState.FAILED]).order_by(job_units.c.id)
        return [report_from_row(row) for row in await self._session.execute(statement)]

    async def request_cancel(self, workspace_id: str, id: str, at: datetime) -> Job:
        job = job_from_row(await self._rows.get(workspace_id, id, lock=True))
        if job.state.is_final:
            return job
        cancelled = (
            update(job_units)
            .where(job_units.c.job_id == job.id, job_units.c.state == JobState.QUEUED)
            .values(state=JobState.CANCELLED, end_time=at, lease_until=None)
            .returning(job_units.c.id)
            .cte("cancelled")
        )
        count = select(func.count()).select_from(cancelled).scalar_subquery()
        done = jobs.c.units_done + count
        statement = (
            update(jobs)
            .where(jobs.c.id == job.id)
            .values(
                cancel_requested=True,
                units_done=done,
                units_cancelled=jobs.c.units_cancelled + count,
                state=state_after(
                    done, jobs.c.units_failed, jobs.c.units_cancelled + count, cancel=literal(value=True)
                ),
                end_time=case((done >= jobs.c.unit_count, at), else_=jobs.c.end_time),
            )
            .returning(jobs)
        )
        return job_from_row((await self._session.execute(statement)).one())

    async def claim(self, places: int, now: datetime, lease: timedelta, sessions: int) -> Sequence[Task]:
        claim = {
            "places": places,
            "claimed_at": now,
            "leased_until": now + lease,
            "most_sessions": sessions,
            "lost_reason": LOST.reason,
            "lost_message": LOST.message,
        }
        return tasks_from_rows((await self._session.execute_alone(CLAIM, claim)).all())

    async def renew(self, unit: Unit, until: datetime) -> bool:
        statement = (
            update(job_units)
            .where(_claimed_as(unit), jobs.c.id == job_units.c.job_id)
            .values(lease_until=until)
            .returning(jobs.c.cancel_requested)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return row is not None and not row.cancel_requested

    async def stop(self, job_id: str, now: datetime) -> Stop | None:
        look = {"looked_for": existing_id("job", job_id), "looked_at": now}
        why = (await self._session.execute(STOP, look)).scalar_one_or_none()
        return Stop(why) if why else None

    async def idle(self, now: datetime, limit: int) -> Sequence[tuple[Unit, Stop]]:
        rows = await self._session.execute(IDLE, {"looked_at": now, "most": limit})
        return [(unit_from_row(row), Stop(row.why)) for row in rows]

    async def skipped(self, job_id: str, schemas: Sequence[SkippedSchema]) -> None:
        values = {"skipped_schemas": skipped_to_json(schemas)}
        await self._session.execute(update(jobs).where(jobs.c.id == existing_id("job", job_id)).values(values))

    async def tables(self, job_id: str, connection_id: str, schema: str) -> Sequence[str]:
        statement = (
            select(checks.c.table_name)
            .distinct()
            .join(job_units, checks.c.id == any_(job_units.c.check_ids))
            .where(
                job_units.c.job_id == parse_id(job_id),
                job_units.c.connection_id == parse_id(connection_id),
                checks.c.schema_name == schema,
            )
        )
        return (await self._session.execute(statement)).scalars().all()

    async def current_tables(self, job_id: str, limit: int) -> Sequence[TableKey]:
        table = (checks.c.connection_id, checks.c.schema_name, checks.c.table_name)
        statement = (
            select(*table)
            .distinct()
            .join(job_units, checks.c.id == job_units.c.check_ids[1])
            .where(job_units.c.job_id == existing_id("job", job_id), job_units.c.state == JobState.RUNNING)
            .order_by(*table)
            .limit(limit)
        )
        rows = await self._session.execute(statement)
        return [(str(row.connection_id), row.schema_name, row.table_name) for row in rows]

    async def finish(self, ends: Sequence[UnitEnd], at: datetime) -> Job | None:
        rows = [
            {
                "id": end.unit.id,
                "attempt": end.unit.attempt,
                "state_before": end.unit.state,
                "state": end.state,
                **error_to_row(end.error),
            }
            for end in ends
        ]
        states = [end.state for end in ends]
        outcomes = [outcomes_to_row(end.outcomes) for end in ends]
        first = next((end.error for end in ends if end.error), None)
        values = {
            "ended_job": ends[0].unit.job_id,
            "ended_at": at,
            "failed": states.count(JobState.FAILED),
            "cancelled": states.count(JobState.CANCELLED),
            **{f"unit_{name}s": [row[name] for row in rows] for name in UNIT_END},
            **{f"more_{name}": sum(counts[name] for counts in outcomes) for name in OUTCOME_COUNTS},
            **{f"ended_{name}": text for name, text in error_to_row(first).items()},
        }
        row = (await self._session.execute(FINISH, values)).one_or_none()
        return job_from_row(row) if row is not None and row.ended == len(ends) else None

    async def release(self, unit: Unit, run_after: datetime, error: JobError, at: datetime) -> bool:
        attempts = noted(literal(at, TIME), error)
        statement = (
            update(job_units)
            .where(_claimed_as(unit))
            .values(
                state=JobState.QUEUED,
                due_time=run_after,
                lease_until=None,
                # What failed in company is tried again alone: it may be to blame.
                task_id=job_units.c.id,
                attempts=attempts,
                **error_to_row(error),
            )
        )
        return bool((await self._session.execute(statement)).rowcount)

    async def backlog(self, now: datetime, workspace_id: str | None = None) -> Sequence[Backlog]:
        return await read_backlog(self._session, now, workspace_id)

    async def _stored_before(self, job: Job, request_hash: str) -> Job:
        statement = select(jobs).where(or_(false(), *_same(job))).limit(1)
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise AlreadyExists("job", job.id)
        return _unless_reused(row, job.request_id, request_hash)


def _unless_reused(row: Row[Any], request_id: str, request_hash: str) -> Job:
    if request_id and row.request_id == request_id and row.request_hash != request_hash:
        raise RequestIdReused(request_id)
    return job_from_row(row)


def _units(job_id: str, states: Sequence[JobState]) -> Select[Any]:
    """Units of a job, in one of these states if any is named."""
    statement = select(job_units, held().label("held")).where(job_units.c.job_id == existing_id("job", job_id))
    return statement.where(job_units.c.state.in_(states)) if states else statement


def _same(job: Job) -> Iterator[ColumnElement[bool]]:
    """What makes a job the same as one that is stored: its request, or its schedule's due time."""
    if job.request_id:
        yield and_(jobs.c.workspace_id == job.workspace_id, jobs.c.request_id == job.request_id)
    if job.schedule_id and job.due_time is not None:
        yield and_(jobs.c.schedule_id == job.schedule_id, jobs.c.due_time == job.due_time)


def _claimed_as(unit: Unit) -> ColumnElement[bool]:
    return and_(
        job_units.c.id == existing_id("unit", unit.id),
        job_units.c.attempt == unit.attempt,
        job_units.c.state == JobState.RUNNING,
    )
