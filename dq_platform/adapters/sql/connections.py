"""Connections in SQL; their settings are stored encrypted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from typing import Any, Protocol

from sqlalchemy import Row, func, insert, select

from dq_platform.adapters.sql.ids import existing_id
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import checks, connections
from dq_platform.adapters.sql.versions import OwnedRows, present
from dq_platform.models.connection import Connection, Pause
from dq_platform.models.cost import Budget
from dq_platform.models.page import Page, PageRequest

BUDGET = [field.name for field in fields(Budget)]
BY_CREATION = Keyset((connections.c.create_time, connections.c.id))


class Cipher(Protocol):
    """Keeps settings unreadable for whoever has the database but not the key."""

    def encrypt(self, plain: bytes) -> bytes: ...

    def decrypt(self, encrypted: bytes) -> bytes: ...


class SqlConnections:
    def __init__(self, session: Session, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher
        self._rows = OwnedRows(session, connections, "connection")

    async def add(self, connection: Connection) -> None:
        values = {
            **self._values(connection),
            "id": connection.id,
            "workspace_id": connection.workspace_id,
            "create_time": connection.create_time,
            "version": connection.version,
        }
        with adding("connection", connection.id, parent_kind="workspace", parent_id=connection.workspace_id):
            await self._session.execute(insert(connections).values(values))

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Connection:
        return self._connection(await self._rows.get(workspace_id, id, lock=lock))

    async def list(self, workspace_id: str, page: PageRequest, type: str = "") -> Page[Connection]:
        statement = select(connections).where(connections.c.workspace_id == workspace_id)
        if type:
            statement = statement.where(connections.c.type == type)
        return await fetch_page(self._session, statement, BY_CREATION, page, self._connection)

    async def update(self, connection: Connection, expected_version: int) -> None:
        await self._rows.update(connection.workspace_id, connection.id, self._values(connection), expected_version)

    async def delete(self, workspace_id: str, id: str) -> None:
        await self._rows.delete(workspace_id, id)

    async def lock_checks(self, workspace_id: str, id: str) -> int:
        its = checks.c.workspace_id == workspace_id, checks.c.connection_id == existing_id("connection", id)
        locked = select(checks.c.id).where(*its).order_by(checks.c.id).with_for_update().subquery("locked")
        await self._session.begin()
        return int((await self._session.execute(select(func.count()).select_from(locked))).scalar_one())

    async def existing(self, ids: Collection[str]) -> Collection[str]:
        return await present(self._session, connections, ids)

    async def display_names(self, workspace_id: str, most: int) -> Mapping[str, str]:
        mine = select(connections.c.id, connections.c.display_name).where(connections.c.workspace_id == workspace_id)
        rows = await self._session.execute(mine.order_by(*BY_CREATION.columns).limit(most))
        return {row.id: row.display_name for row in rows}

    def _values(self, connection: Connection) -> Mapping[str, object]:
        settings = json.dumps(dict(connection.settings), ensure_ascii=False).encode()
        return {
            "display_name": connection.display_name,
            "description": connection.description,
            "type": connection.type,
            "settings": self._cipher.encrypt(settings),
            "time_zone": connection.time_zone,
            "labels": dict(connection.labels),
            "update_time": connection.update_time,
            **asdict(connection.budget),
            **_pause_to_row(connection.pause),
        }

    def _connection(self, row: Row[Any]) -> Connection:
        return connection_from_row(row, self._cipher)


def connection_from_row(row: Row[Any], cipher: Cipher) -> Connection:
    return Connection(
        id=row.id,
        workspace_id=row.workspace_id,
        display_name=row.display_name,
        type=row.type,
        settings=json.loads(cipher.decrypt(row.settings)),
        create_time=row.create_time,
        update_time=row.update_time,
        description=row.description,
        time_zone=row.time_zone,
        labels=row.labels,
        budget=Budget(**{name: getattr(row, name) for name in BUDGET}),
        pause=Pause(row.pause_time, row.paused_by, row.pause_note) if row.pause_time else None,
        version=row.version,
    )


def _pause_to_row(pause: Pause | None) -> Mapping[str, object]:
    if pause is None:
        return {"pause_time": None, "paused_by": "", "pause_note": ""}
    return {"pause_time": pause.at, "paused_by": pause.by, "pause_note": pause.note}
