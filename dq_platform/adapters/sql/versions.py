"""Changing and deleting what belongs to a workspace, with a version against lost updates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Table, bindparam, delete, exists, func, select, update

from dq_platform.adapters.sql.ids import existing_id, parse_id
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import ID
from dq_platform.errors import EtagMismatch, NotFound


@cache
def _one(table: Table, *, lock: bool) -> Select[Any]:
    mine = table.c.workspace_id == bindparam("workspace_id")
    statement = select(table).where(mine, table.c.id == bindparam("row_id"))
    return statement.with_for_update() if lock else statement


async def present(
    session: Session, table: Table, ids: Collection[str], *conditions: ColumnElement[bool]
) -> frozenset[str]:
    """Those of the ids that the table has, as they were given; whomever they belong to, unless a condition says."""
    wanted = {given: canonical for given in ids if (canonical := parse_id(given))}
    sent = bindparam("ids", list(wanted.values()), type_=ARRAY(ID))
    statement = select(table.c.id).where(table.c.id == func.any(sent), *conditions)
    found = {*(await session.execute(statement)).scalars()}
    return frozenset(given for given, canonical in wanted.items() if canonical in found)


class OwnedRows:
    """The rows of one table, of which each workspace sees its own; `kind` is the word for one in errors."""

    def __init__(self, session: Session, table: Table, kind: str) -> None:
        self._session = session
        self._table = table
        self._kind = kind

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Row[Any]:
        """The row; locked until commit if asked. Raises NotFound."""
        identity = {"workspace_id": workspace_id, "row_id": existing_id(self._kind, id)}
        statement = _one(self._table, lock=lock)
        rows = await (self._session.execute(statement, identity) if lock else self._session.read(statement, identity))
        for row in rows:
            return row
        raise NotFound(self._kind, id)

    async def update(self, workspace_id: str, id: str, values: Mapping[str, object], expected_version: int) -> None:
        """Store the values as version `expected_version + 1`. Raises NotFound, EtagMismatch."""
        identity = self._identity(workspace_id, id)
        statement = (
            update(self._table)
            .where(*identity, self._table.c.version == expected_version)
            .values(**values, version=expected_version + 1)
        )
        if (await self._session.execute(statement)).rowcount:
            return
        found = (await self._session.execute(select(exists().where(*identity)))).scalar_one()
        raise EtagMismatch(self._kind, id) if found else NotFound(self._kind, id)

    async def delete(self, workspace_id: str, id: str) -> None:
        """Raises NotFound."""
        statement = delete(self._table).where(*self._identity(workspace_id, id))
        if not (await self._session.execute(statement)).rowcount:
            raise NotFound(self._kind, id)

    def _identity(self, workspace_id: str, id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return self._table.c.workspace_id == workspace_id, self._table.c.id == existing_id(self._kind, id)
