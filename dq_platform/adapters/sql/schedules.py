"""Schedules in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from dq_platform.adapters.sql.check_codec import selector_from_json, selector_to_json
from dq_platform.adapters.sql.ids import existing_id
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import schedules
from dq_platform.adapters.sql.versions import OwnedRows
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.schedule import Schedule

BY_CREATION = Keyset((schedules.c.create_time, schedules.c.id))


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
            "last_run_time": schedule.last_run_time,
            "version": schedule.version,
        }
        with adding("schedule", schedule.id, parent_kind="workspace", parent_id=schedule.workspace_id):
            await self._session.execute(insert(schedules).values(values))

    async def get(self, workspace_id: str, id: str) -> Schedule:
        return _schedule(await self._rows.get(workspace_id, id))

    async def list(self, workspace_id: str, page: PageRequest) -> Page[Schedule]:
        statement = select(schedules).where(schedules.c.workspace_id == workspace_id)
        return await fetch_page(self._session, statement, BY_CREATION, page, _schedule)

    async def update(self, schedule: Schedule, expected_version: int) -> None:
        await self._rows.update(schedule.workspace_id, schedule.id, _values(schedule), expected_version)

    async def delete(self, workspace_id: str, id: str) -> None:
        await self._rows.delete(workspace_id, id)

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Schedule]:
        statement = (
            select(schedules)
            .where(schedules.c.next_run_time <= now)
            .order_by(schedules.c.next_run_time, schedules.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_schedule(row) for row in await self._session.execute(statement)]

    async def fired(self, id: str, last_run_time: datetime, next_run_time: datetime) -> None:
        statement = (
            update(schedules)
            .where(schedules.c.id == existing_id("schedule", id))
            .values(last_run_time=last_run_time, next_run_time=next_run_time)
        )
        await self._session.execute(statement)

    async def oldest_due(self, now: datetime) -> datetime | None:
        due = schedules.c.next_run_time
        oldest: datetime | None = (await self._session.execute(select(func.min(due)).where(due <= now))).scalar_one()
        return oldest


def _values(schedule: Schedule) -> Mapping[str, object]:
    """What a user can change, directly or not."""
    return {
        "display_name": schedule.display_name,
        "description": schedule.description,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "selector": selector_to_json(schedule.selector),
        "paused": schedule.paused,
        "update_time": schedule.update_time,
        "next_run_time": schedule.next_run_time,
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
        paused=row.paused,
        next_run_time=row.next_run_time,
        last_run_time=row.last_run_time,
        version=row.version,
    )
