"""What we keep of sources' catalogues: the newest of it, without asking the source, and how tables have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dq_platform.app.deps import Deps
from dq_platform.app.metadata import review_names
from dq_platform.checks.drift import all_differences
from dq_platform.errors import NotFound
from dq_platform.models.baseline import ColumnChange
from dq_platform.models.metadata import ColumnInfo, TableSnapshot, TableVersion
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal


@dataclass(frozen=True, slots=True)
class ChangedTable:
    """What a table was, and how its columns then differed from those before; nothing where there were none."""

    version: TableVersion
    changes: tuple[ColumnChange, ...]


async def known_schemas(deps: Deps, who: Principal, connection_id: str) -> Sequence[str]:
    """Schemas with tables that were there when we last looked, sorted."""
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, connection_id)
        return await tx.tables.schemas(connection.id)


async def known_tables(
    deps: Deps, who: Principal, connection_id: str, schema: str, page: PageRequest
) -> Page[TableSnapshot]:
    """The schema's tables as they were when we last looked, by name."""
    review_names(schema)
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, connection_id)
        return await tx.tables.present(connection.id, schema, page)


async def known_columns(
    deps: Deps, who: Principal, connection_id: str, schema: str, table: str
) -> Sequence[ColumnInfo]:
    """The table's columns as they were when we last looked. Raises NotFound if it was not there, or never looked at."""
    review_names(schema, table)
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, connection_id)
        found = await tx.tables.snapshot(connection.id, schema, table)
    if found is None:
        raise NotFound("table", f"{schema}.{table}")
    return found.columns


async def table_history(
    deps: Deps, who: Principal, connection_id: str, schema: str, table: str, page: PageRequest
) -> Page[ChangedTable]:
    """What the table has been, newest first. Raises NotFound if we never saw it."""
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, connection_id)
        review_names(schema, table)
        found = await tx.tables.history(connection.id, schema, table, page)
    if not found.items and not page.after:
        raise NotFound("table", f"{schema}.{table}")
    return Page([_changed(version) for version in found.items], found.next_after)


def _changed(version: TableVersion) -> ChangedTable:
    if version.before is None or version.absent:
        return ChangedTable(version, ())
    return ChangedTable(version, all_differences(version.before, version.columns))
