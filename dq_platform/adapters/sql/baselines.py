"""Baselines of checks in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.column_codec import (
    changes_from_json,
    changes_to_json,
    columns_from_json,
    columns_to_json,
)
from dq_platform.adapters.sql.ids import existing_id, parse_ids
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import check_baselines
from dq_platform.models.baseline import Baseline
from dq_platform.models.page import Page, PageRequest

NEWEST_FIRST = Keyset((check_baselines.c.number,), descending=True)


class SqlBaselines:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, baseline: Baseline) -> bool:
        statement = upsert(check_baselines).values(_values(baseline)).on_conflict_do_nothing()
        with adding("baseline", baseline.check_id, parent_kind="check", parent_id=baseline.check_id):
            added = await self._session.execute(statement.returning(check_baselines.c.number))
        return added.one_or_none() is not None

    async def current(self, check_ids: Collection[str]) -> Mapping[str, Baseline]:
        if not check_ids:
            return {}
        newest = (
            select(check_baselines)
            .ext(distinct_on(check_baselines.c.check_id))
            .where(check_baselines.c.check_id.in_(parse_ids(check_ids)))
            .order_by(check_baselines.c.check_id, check_baselines.c.number.desc())
        )
        return {row.check_id: _baseline(row) for row in await self._session.execute(newest)}

    async def list(self, check_id: str, page: PageRequest) -> Page[Baseline]:
        statement = select(check_baselines).where(check_baselines.c.check_id == existing_id("check", check_id))
        return await fetch_page(self._session, statement, NEWEST_FIRST, page, _baseline)


def _values(baseline: Baseline) -> Mapping[str, object]:
    return {
        "check_id": baseline.check_id,
        "number": baseline.number,
        "columns": columns_to_json(baseline.columns),
        "changes": changes_to_json(baseline.changes),
        "actor": baseline.actor,
        "note": baseline.note,
        "create_time": baseline.create_time,
    }


def _baseline(row: Row[Any]) -> Baseline:
    return Baseline(
        check_id=row.check_id,
        number=row.number,
        columns=columns_from_json(row.columns),
        changes=changes_from_json(row.changes),
        actor=row.actor,
        note=row.note,
        create_time=row.create_time,
    )
