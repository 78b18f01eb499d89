"""Settings of incidents in SQL: a row for a workspace as a whole, and one for each connection that differs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ARRAY, Row, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.ids import parse_ids
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import ID, incident_settings
from dq_platform.models.incident import GroupingLevel, Handling, IncidentSettings

NAMES = tuple(field.name for field in fields(Handling))
S = incident_settings.c
FIND = select(incident_settings).where(
    S.workspace_id == bindparam("workspace_id"),
    or_(S.connection_id.is_(None), S.connection_id == func.any(bindparam("connection_ids", type_=ARRAY(ID)))),
)


class SqlIncidentSettings:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, workspace_id: str, connection_ids: Collection[str]) -> Sequence[IncidentSettings]:
        about = {"workspace_id": workspace_id, "connection_ids": parse_ids(connection_ids)}
        return [_settings(row) for row in await self._session.execute(FIND, about)]

    async def save(self, settings: IncidentSettings) -> None:
        insertion = upsert(incident_settings).values(_values(settings))
        statement = insertion.on_conflict_do_update(
            constraint=incident_settings.primary_key, set_={name: insertion.excluded[name] for name in NAMES}
        )
        with adding("settings", settings.connection_id, parent_kind="connection", parent_id=settings.connection_id):
            await self._session.execute(statement)


def _values(settings: IncidentSettings) -> Mapping[str, object]:
    return {
        "owner_id": settings.connection_id or settings.workspace_id,
        "workspace_id": settings.workspace_id,
        "connection_id": settings.connection_id or None,
        **{name: getattr(settings, name) for name in NAMES},
    }


def _settings(row: Row[Any]) -> IncidentSettings:
    found = {name: getattr(row, name) for name in NAMES}
    if row.grouping_level is not None:
        found["grouping_level"] = GroupingLevel(row.grouping_level)
    return IncidentSettings(row.workspace_id, row.connection_id or "", **found)
