"""Schedules in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Integer,
    Row,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    column,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from dq_platform.adapters.sql.check_codec import selector_from_json, selector_to_json
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import TIME, UNFINISHED, jobs, schedules
from dq_platform.adapters.sql.versions import OwnedRows
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.schedule import Overlap, RunOutcome, Schedule

BY_CREATION = Keyset((schedules.c.create_time, schedules.c.id))
RUN_COLUMNS = (
    *("next_run_time", "last_run_time", "last_run_outcome", "last_run_note", "last_job_id"),
    *("missed_run_count", "first_missed_time"),
)
# Written out: a partial index serves a plan that is made once only if the statement itself has the index's condition.
QUEUE = literal_column(f"'{Overlap.QUEUE}'", Text)


class SqlSchedules:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = OwnedRows(session, schedules, "schedule")

    async def add(self, schedule: Schedule) -> None:
        values = {
            **_values(schedule),
            "id": schedule.id,
            "workspace_id": schedule.workspace_id,
            "create_time": schedule.create_time,
            "version": schedule.version,
        }
        with adding("schedule", schedule.id, parent_kind="workspace", parent_id=schedule.workspace_id):
            await self._session.execute(insert(schedules).values(values))

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Schedule:
        return _schedule(await self._rows.get(workspace_id, id, lock=lock))

    async def list(self, workspace_id: str, page: PageRequest) -> Page[Schedule]:
        statement = select(schedules).where(schedules.c.workspace_id == workspace_id)
        return await fetch_page(self._session, statement, BY_CREATION, page, _schedule)

    async def update(self, schedule: Schedule, expected_version: int) -> None:
        await self._rows.update(schedule.workspace_id, schedule.id, _values(schedule), expected_version)

    async def delete(self, workspace_id: str, id: str) -> None:
        await self._rows.delete(workspace_id, id)

    async def claim_due(self, now: datetime, held_before: datetime, limit: int) -> Sequence[Schedule]:
        rows = await self._session.execute(CLAIM, {"claimed_at": now, "held_before": held_before, "most": limit})
        return [_schedule(row) for row in rows]

    async def record(self, schedules: Sequence[Schedule]) -> None:
        if schedules:
            runs = [{"id": schedule.id, **_run(schedule)} for schedule in schedules]
            await self._session.execute(RECORD, {f"{name}s": [run[name] for run in runs] for name in runs[0]})

    async def oldest_due(self, now: datetime) -> datetime | None:
        due = schedules.c.next_run_time
        oldest: datetime | None = (await self._session.execute(select(func.min(due)).where(due <= now))).scalar_one()
        return oldest


def _claim() -> Select[Any]:
    """Locked as they are chosen: what another process has dealt with meanwhile is looked at again, and left out."""
    unfinished = exists().where(jobs.c.schedule_id == schedules.c.id, UNFINISHED)
    again = or_(
        schedules.c.last_run_outcome != RunOutcome.HELD_BACK,
        schedules.c.last_run_time <= bindparam("held_before", type_=TIME),
    )
    waits = and_(schedules.c.overlap == QUEUE, schedules.c.first_missed_time.is_not(None), ~unfinished, again)
    return (
        select(schedules)
        .where(or_(schedules.c.next_run_time <= bindparam("claimed_at", type_=TIME), waits))
        .order_by(schedules.c.next_run_time, schedules.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


def _record() -> Update:
    names = ("id", *RUN_COLUMNS)
    arrays = [bindparam(f"{name}s", type_=ARRAY(schedules.c[name].type)) for name in names]
    columns = [column(name, schedules.c[name].type) for name in names]
    runs = func.unnest(*arrays).table_valued(*columns).render_derived("runs")
    return update(schedules).where(schedules.c.id == runs.c.id).values({name: runs.c[name] for name in RUN_COLUMNS})


def _values(schedule: Schedule) -> Mapping[str, object]:
    """What a user can change, directly or not."""
    return {
        "display_name": schedule.display_name,
        "description": schedule.description,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "selector": selector_to_json(schedule.selector),
        "jitter": schedule.jitter,
        "overlap": schedule.overlap,
        "paused": schedule.paused,
        "update_time": schedule.update_time,
        **_run(schedule),
    }


def _run(schedule: Schedule) -> Mapping[str, object]:
    """What running changes: RUN_COLUMNS."""
    return {
        "next_run_time": schedule.next_run_time,
        "last_run_time": schedule.last_run_time,
        "last_run_outcome": schedule.last_run_outcome or "",
        "last_run_note": schedule.last_run_note,
        "last_job_id": schedule.last_job_id or None,
        "missed_run_count": schedule.missed_run_count,
        "first_missed_time": schedule.first_missed_time,
    }


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        id=row.id,
        workspace_id=row.workspace_id,
        display_name=row.display_name,
        cron=row.cron,
        time_zone=row.time_zone,
        selector=selector_from_json(row.selector),
        create_time=row.create_time,
        update_time=row.update_time,
        description=row.description,
        jitter=row.jitter,
        overlap=Overlap(row.overlap),
        paused=row.paused,
        next_run_time=row.next_run_time,
        last_run_time=row.last_run_time,
        last_run_outcome=RunOutcome(row.last_run_outcome) if row.last_run_outcome else None,
        last_run_note=row.last_run_note,
        last_job_id=row.last_job_id or "",
        missed_run_count=row.missed_run_count,
        first_missed_time=row.first_missed_time,
        version=row.version,
    )


CLAIM = _claim()
RECORD = _record()
