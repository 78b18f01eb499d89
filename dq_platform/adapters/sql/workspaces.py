"""Workspaces in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from dq_platform.adapters.sql.ids import existing_id
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import workspaces
from dq_platform.errors import NotFound
from dq_platform.models.workspace import Workspace


class SqlWorkspaces:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, workspace: Workspace) -> None:
        values = {
            "id": workspace.id,
            "name": workspace.name,
            "display_name": workspace.display_name,
            "create_time": workspace.create_time,
            "result_retention_days": workspace.result_retention_days,
        }
        with adding("workspace", workspace.name):
            await self._session.execute(insert(workspaces).values(values))

    async def get(self, id: str, *, lock: bool = False) -> Workspace:
        statement = select(workspaces).where(workspaces.c.id == existing_id("workspace", id))
        statement = statement.with_for_update() if lock else statement
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound("workspace", id)
        return _workspace(row)

    async def by_name(self, name: str) -> Workspace | None:
        row = (await self._session.execute(select(workspaces).where(workspaces.c.name == name))).one_or_none()
        return None if row is None else _workspace(row)

    async def update(self, workspace: Workspace) -> None:
        values = {
            "display_name": workspace.display_name,
            "result_retention_days": workspace.result_retention_days,
        }
        await self._session.execute(update(workspaces).where(workspaces.c.id == workspace.id).values(values))


def _workspace(row: Row[Any]) -> Workspace:
    return Workspace(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        create_time=row.create_time,
        result_retention_days=row.result_retention_days,
    )
