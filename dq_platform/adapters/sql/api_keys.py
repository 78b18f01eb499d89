"""API keys in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from dq_platform.adapters.sql.ids import existing_id, parse_id
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import api_keys
from dq_platform.errors import NotFound
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import ApiKey, Role

BY_CREATION = Keyset((api_keys.c.create_time, api_keys.c.id))


class SqlApiKeys:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, key: ApiKey) -> None:
        values = {
            "id": key.id,
            "workspace_id": key.workspace_id,
            "display_name": key.display_name,
            "role": key.role,
            "secret_hash": key.secret_hash,
            "create_time": key.create_time,
            "expire_time": key.expire_time,
            "revoke_time": key.revoke_time,
            "last_used_time": key.last_used_time,
        }
        with adding("api key", key.id, parent_kind="workspace", parent_id=key.workspace_id):
            await self._session.execute(insert(api_keys).values(values))

    async def find(self, id: str) -> ApiKey | None:
        canonical = parse_id(id)
        if canonical is None:
            return None
        row = (await self._session.execute(select(api_keys).where(api_keys.c.id == canonical))).one_or_none()
        return None if row is None else _api_key(row)

    async def list(self, workspace_id: str, page: PageRequest) -> Page[ApiKey]:
        statement = select(api_keys).where(api_keys.c.workspace_id == workspace_id)
        return await fetch_page(self._session, statement, BY_CREATION, page, _api_key)

    async def revoke(self, workspace_id: str, id: str, at: datetime) -> ApiKey:
        statement = (
            update(api_keys)
            .where(api_keys.c.workspace_id == workspace_id, api_keys.c.id == existing_id("api key", id))
            .values(revoke_time=func.coalesce(api_keys.c.revoke_time, at))
            .returning(api_keys)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound("api key", id)
        return _api_key(row)

    async def touch(self, id: str, at: datetime) -> None:
        statement = (
            update(api_keys)
            .where(api_keys.c.id == existing_id("api key", id))
            .values(last_used_time=func.greatest(api_keys.c.last_used_time, at))
        )
        await self._session.execute(statement)


def _api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        workspace_id=row.workspace_id,
        display_name=row.display_name,
        role=Role(row.role),
        secret_hash=row.secret_hash,
        create_time=row.create_time,
        expire_time=row.expire_time,
        revoke_time=row.revoke_time,
        last_used_time=row.last_used_time,
    )
