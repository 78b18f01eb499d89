"""Jobs of schedules in SQL: any number of them in two statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, Insert, Table, Text, bindparam, cast, column, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import TypeEngine

from dq_platform.adapters.sql.job_rows import job_to_row, unit_to_row
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import job_units, jobs
from dq_platform.models.job import Job, Unit

Rows = Sequence[Mapping[str, object]]


async def add_scheduled(session: Session, wanted: Sequence[tuple[Job, Sequence[Unit]]]) -> Collection[str]:
    """The ids of the jobs that were stored, with their units; of a (schedule, due time) that is there, nothing is."""
    if not wanted:
        return frozenset()
    rows = [job_to_row(job, "") for job, _ in wanted]
    stored = frozenset((await session.execute(ADD_JOBS, _by_column(jobs, rows))).scalars())
    units = [_unit(unit, job) for job, its in wanted if job.id in stored for unit in its]
    await session.execute(ADD_UNITS, _by_column(job_units, units))
    return stored


def _unit(unit: Unit, job: Job) -> Mapping[str, object]:
    """An array of arrays must be rectangular, so a unit's checks travel as text."""
    return {"end_time": None, **unit_to_row(unit, job), "check_ids": f"{{{','.join(unit.check_ids)}}}"}


def _by_column(table: Table, rows: Rows) -> Mapping[str, object]:
    return {one.name: [row[one.name] for row in rows] for one in table.columns}


def _insertion(table: Table, insertion: Insert) -> Insert:
    """The insertion of rows that come as one array for each column."""
    sent: list[TypeEngine[Any]] = [_sent_as(one) for one in table.columns]
    arrays = [
        bindparam(one.name, type_=ARRAY(kind, dimensions=1)) for one, kind in zip(table.columns, sent, strict=True)
    ]
    columns = [column(one.name, kind) for one, kind in zip(table.columns, sent, strict=True)]
    new = func.unnest(*arrays).table_valued(*columns).render_derived("new")
    rows = select(*(cast(new.c[one.name], one.type) for one in table.columns))
    return insertion.from_select([one.name for one in table.columns], rows)


def _sent_as(one: Column[Any]) -> TypeEngine[Any]:
    return Text() if isinstance(one.type, ARRAY) else one.type


ADD_JOBS = _insertion(jobs, upsert(jobs).on_conflict_do_nothing().returning(jobs.c.id))
ADD_UNITS = _insertion(job_units, insert(job_units))
