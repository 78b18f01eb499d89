"""Checks in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Row, bindparam, func, insert, select, true

from dq_platform.adapters.sql.check_codec import (
    group_by_from_json,
    group_by_to_json,
    params_from_json,
    params_to_json,
    table_sample_from_row,
    table_sample_values,
    thresholds_from_json,
    thresholds_to_json,
)
from dq_platform.adapters.sql.check_selection import QUALIFIED_NAME, conditions, select_each
from dq_platform.adapters.sql.ids import has_id, parse_ids
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import ID, checks
from dq_platform.adapters.sql.versions import OwnedRows, present
from dq_platform.models.check import Check, CheckNames, CheckPlace, CheckSelector, Mode, Target, TimeScale
from dq_platform.models.page import Page, PageRequest

BY_CREATION = Keyset((checks.c.create_time, checks.c.id))


MANY = select(checks).where(
    checks.c.workspace_id == bindparam("workspace_id"),
    checks.c.id == func.any(bindparam("check_ids", type_=ARRAY(ID))),
)


class SqlChecks:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = OwnedRows(session, checks, "check")

    async def add(self, check: Check) -> None:
        values = {
            **_values(check),
            "id": check.id,
            "workspace_id": check.workspace_id,
            "create_time": check.create_time,
            "version": check.version,
        }
        with adding("check", check.id, parent_kind="connection", parent_id=check.target.connection_id):
            await self._session.execute(insert(checks), values)

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Check:
        return check_from_row(await self._rows.get(workspace_id, id, lock=lock))

    async def get_many(self, workspace_id: str, ids: Sequence[str]) -> Sequence[Check]:
        wanted = parse_ids(ids)
        rows = await self._session.execute(MANY, {"workspace_id": workspace_id, "check_ids": list(wanted)})
        found = {row.id: check_from_row(row) for row in rows}
        return [found[check_id] for check_id in wanted if check_id in found]

    async def list(self, workspace_id: str, selector: CheckSelector, page: PageRequest) -> Page[Check]:
        statement = select(checks).where(*conditions(workspace_id, selector))
        return await fetch_page(self._session, statement, BY_CREATION, page, check_from_row)

    async def select(self, workspace_id: str, selector: CheckSelector) -> Sequence[Check]:
        statement = select(checks).where(*conditions(workspace_id, selector), checks.c.enabled)
        rows = await self._session.execute(statement.order_by(*BY_CREATION.columns))
        return [check_from_row(row) for row in rows]

    async def select_each(self, wanted: Sequence[tuple[str, CheckSelector]]) -> Sequence[Sequence[CheckPlace]]:
        return await select_each(self._session, wanted)

    async def existing(self, ids: Collection[str]) -> Collection[str]:
        return await present(self._session, checks, ids)

    async def names(self, workspace_id: str, connection_id: str = "") -> CheckNames:
        mine = conditions(workspace_id, CheckSelector(connection_id=connection_id))
        tables = select(checks.c.schema_name, QUALIFIED_NAME.label("table")).where(*mine).distinct()
        label = func.jsonb_each_text(checks.c.labels).table_valued("key", "value")
        labels = select(label.c.key, label.c.value).select_from(checks.join(label, true())).where(*mine).distinct()
        places = list(await self._session.execute(tables))
        return CheckNames(
            frozenset(row.schema_name for row in places),
            frozenset(row.table for row in places),
            frozenset((row.key, row.value) for row in await self._session.execute(labels)),
        )

    async def of_table(self, workspace_id: str, connection_id: str, schema: str, table: str) -> Sequence[Check]:
        place = (
            has_id(checks.c.connection_id, connection_id),
            checks.c.schema_name == schema,
            checks.c.table_name == table,
        )
        statement = select(checks).where(checks.c.workspace_id == workspace_id, *place).order_by(*BY_CREATION.columns)
        return [check_from_row(row) for row in await self._session.execute(statement)]

    async def update(self, check: Check, expected_version: int) -> None:
        with adding("check", check.id, parent_kind="connection", parent_id=check.target.connection_id):
            await self._rows.update(check.workspace_id, check.id, _values(check), expected_version)

    async def delete(self, workspace_id: str, id: str) -> None:
        await self._rows.delete(workspace_id, id)


def _values(check: Check) -> Mapping[str, object]:
    """What can change."""
    return {
        "connection_id": check.target.connection_id,
        "schema_name": check.target.schema_name,
        "table_name": check.target.table_name,
        "column_name": check.target.column_name,
        "check_type": check.check_type,
        "mode": check.mode,
        "time_scale": check.time_scale,
        "display_name": check.display_name,
        "description": check.description,
        "sensor_params": params_to_json(check.sensor_params),
        "thresholds": thresholds_to_json(check.thresholds),
        "filter": check.filter,
        "partition_column": check.partition_column,
        "group_by": group_by_to_json(check.group_by),
        "labels": dict(check.labels),
        "enabled": check.enabled,
        "error_samples": check.error_samples,
        **table_sample_values(check.table_sample),
        "update_time": check.update_time,
    }


def check_from_row(row: Row[Any]) -> Check:
    return Check(
        id=row.id,
        workspace_id=row.workspace_id,
        target=Target(row.connection_id, row.schema_name, row.table_name, row.column_name),
        check_type=row.check_type,
        mode=Mode(row.mode),
        time_scale=TimeScale(row.time_scale),
        create_time=row.create_time,
        update_time=row.update_time,
        display_name=row.display_name,
        description=row.description,
        sensor_params=params_from_json(row.sensor_params),
        thresholds=thresholds_from_json(row.thresholds),
        filter=row.filter,
        partition_column=row.partition_column,
        group_by=group_by_from_json(row.group_by),
        labels=row.labels,
        enabled=row.enabled,
        error_samples=row.error_samples,
        table_sample=table_sample_from_row(row.sample_method, row.sample_percent),
        version=row.version,
    )
