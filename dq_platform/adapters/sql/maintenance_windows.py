"""Maintenance windows in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Row, bindparam, func, insert, or_, select

from dq_platform.adapters.sql.ids import parse_ids
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import ID, TIME, maintenance_windows
from dq_platform.adapters.sql.versions import OwnedRows
from dq_platform.models.maintenance import MaintenanceWindow
from dq_platform.models.page import Page, PageRequest

W = maintenance_windows.c
BY_CREATION = Keyset((W.create_time, W.id))
BETWEEN = select(maintenance_windows).where(
    W.workspace_id == bindparam("workspace_id"),
    or_(W.connection_id.is_(None), W.connection_id == func.any(bindparam("connection_ids", type_=ARRAY(ID)))),
    W.start_time <= bindparam("last", type_=TIME),
    W.end_time > bindparam("first", type_=TIME),
)


class SqlMaintenanceWindows:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = OwnedRows(session, maintenance_windows, "maintenance window")

    async def add(self, window: MaintenanceWindow) -> None:
        values = {
            **_values(window),
            "id": window.id,
            "workspace_id": window.workspace_id,
            "connection_id": window.connection_id or None,
            "create_time": window.create_time,
            "created_by": window.created_by,
            "version": window.version,
        }
        with adding("maintenance window", window.id, parent_kind="connection", parent_id=window.connection_id):
            await self._session.execute(insert(maintenance_windows).values(values))

    async def get(self, workspace_id: str, id: str) -> MaintenanceWindow:
        return _window(await self._rows.get(workspace_id, id))

    async def list(self, workspace_id: str, page: PageRequest) -> Page[MaintenanceWindow]:
        statement = select(maintenance_windows).where(W.workspace_id == workspace_id)
        return await fetch_page(self._session, statement, BY_CREATION, page, _window)

    async def update(self, window: MaintenanceWindow, expected_version: int) -> None:
        await self._rows.update(window.workspace_id, window.id, _values(window), expected_version)

    async def delete(self, workspace_id: str, id: str) -> None:
        await self._rows.delete(workspace_id, id)

    async def between(
        self, workspace_id: str, connection_ids: Collection[str], first: datetime, last: datetime
    ) -> Sequence[MaintenanceWindow]:
        about = {"workspace_id": workspace_id, "connection_ids": parse_ids(connection_ids)}
        rows = await self._session.execute(BETWEEN, {**about, "first": first, "last": last})
        return [_window(row) for row in rows]


def _values(window: MaintenanceWindow) -> Mapping[str, object]:
    """What a user can change."""
    return {
        "table_pattern": window.table_pattern,
        "start_time": window.start_time,
        "end_time": window.end_time,
        "reason": window.reason,
        "update_time": window.update_time,
    }


def _window(row: Row[Any]) -> MaintenanceWindow:
    return MaintenanceWindow(
        id=row.id,
        workspace_id=row.workspace_id,
        start_time=row.start_time,
        end_time=row.end_time,
        reason=row.reason,
        create_time=row.create_time,
        update_time=row.update_time,
        connection_id=row.connection_id or "",
        table_pattern=row.table_pattern,
        created_by=row.created_by,
        version=row.version,
    )
