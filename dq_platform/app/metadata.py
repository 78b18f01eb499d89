"""What sources hold: schemas, tables, columns, and what users say of tables."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dq_platform.app.connections import get_connection
from dq_platform.app.deps import Deps
from dq_platform.app.personal import mark
from dq_platform.app.placing import ANY_ORDER, Order, Work, new_job, place_job, review_order
from dq_platform.app.review import MAX_IDENTIFIER, Review
from dq_platform.app.table_settings import reviewed_settings
from dq_platform.app.units import request_hash
from dq_platform.connectors.shared_session import SharedSession
from dq_platform.connectors.source_session import SourceSession
from dq_platform.errors import NotFound, SourceError
from dq_platform.ids import new_id
from dq_platform.models.connection import Connection
from dq_platform.models.cost import Cost
from dq_platform.models.job import Job, JobKind, Priority, Unit
from dq_platform.models.metadata import ColumnInfo, TableInfo, TableSettings, TableSnapshot
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

KNOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """What the source's catalogue says of a table: None if it is not there, or if there is a `problem`."""

    snapshot: TableSnapshot | None
    problem: SourceError | None
    cost: Cost


async def list_schemas(deps: Deps, who: Principal, connection_id: str) -> list[str]:
    """The source's schemas as they are now, sorted. Raises SourceError."""
    connection = await get_connection(deps, who, connection_id)
    async with deps.sources.session(connection) as session:
        return await session.get_schemas()


async def list_tables(deps: Deps, who: Principal, connection_id: str, schema: str) -> list[TableInfo]:
    """The schema's tables as they are now, sorted; none if there is no such schema. Raises SourceError."""
    connection = await get_connection(deps, who, connection_id)
    review_names(schema)
    async with deps.sources.session(connection) as session:
        return await session.get_tables(schema)


async def list_columns(deps: Deps, who: Principal, connection_id: str, schema: str, table: str) -> list[ColumnInfo]:
    """The table's columns as they are now, by position. Raises NotFound if there is no such table, SourceError."""
    connection = await get_connection(deps, who, connection_id)
    review_names(schema, table)
    async with deps.sources.session(connection) as session:
        columns = await session.get_columns(schema, table)
    if not columns:
        raise NotFound("table", f"{schema}.{table}")
    return columns


async def get_table_settings(deps: Deps, who: Principal, connection_id: str, schema: str, table: str) -> TableSettings:
    """What users say of the table; empty settings if they say nothing."""
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, connection_id)
        return await tx.tables.settings(connection.id, schema, table)


async def update_table_settings(deps: Deps, who: Principal, settings: TableSettings) -> TableSettings:
    """The settings as they are now.

    Error samples of the table are deleted if a column is marked as personal that was not. Raises Invalid for a filter
    that is not one condition on the table's columns, for columns that the table does not have and for personal ones
    that checks group by, NotFound if the source has no such table, SourceError.
    """
    connection = await get_connection(deps, who, settings.connection_id)
    review_names(settings.schema_name, settings.table_name, path="table_settings")
    if settings.filter or settings.id_columns or settings.pii_columns:
        snapshot = await snapshot_of(deps, connection, settings.schema_name, settings.table_name, fresh=True)
        if snapshot is None:
            raise NotFound("table", f"{settings.schema_name}.{settings.table_name}")
        settings = reviewed_settings(settings, snapshot, connection.type)
    settings = replace(settings, connection_id=connection.id)
    async with deps.uow() as tx:
        before = await tx.tables.settings(connection.id, settings.schema_name, settings.table_name)
        await mark(tx, who, settings, before)
        await tx.tables.save_settings(settings)
        await tx.commit()
    return settings


async def snapshot_of(
    deps: Deps, connection: Connection, schema: str, table: str, *, fresh: bool = False
) -> TableSnapshot | None:
    """The table as we know it, or, if we do not or if `fresh`, as the source has it now, which is stored.

    None: the source has no such table. Raises SourceError.
    """
    if not fresh:
        async with deps.uow() as tx:
            known = await tx.tables.snapshot(connection.id, schema, table)
        if known is not None:
            return known
    async with deps.sources.session(connection) as session:
        found = await read_snapshot(deps, session, connection, schema, table)
    if found is not None:
        async with deps.uow() as tx:
            await tx.tables.save_snapshots([found])
            await tx.commit()
    return found


async def read_snapshot(
    deps: Deps,
    session: SourceSession | SharedSession,
    connection: Connection,
    schema: str,
    table: str,
    known: TableSnapshot | None = None,
) -> TableSnapshot | None:
    """The table as the source has it now; None if it has none. Raises SourceError.

    `known` itself if the columns are still the same: what else it says may be a day old then.
    """
    columns = tuple(await session.get_columns(schema, table))
    if not columns:
        return None
    now = deps.clock.now()
    if known is not None and is_current(known, columns, now):
        return known
    return TableSnapshot(connection.id, entry_of(await session.get_tables(schema), schema, table), columns, now)


def is_current(known: TableSnapshot, columns: tuple[ColumnInfo, ...], now: datetime) -> bool:
    """Whether what is known of the table still holds, now that it has these columns."""
    return known.columns == columns and now - known.taken_at < KNOWN_FOR


def entry_of(tables: Iterable[TableInfo], schema: str, table: str) -> TableInfo:
    """The table's own entry; one without facts if it appeared after the tables were listed."""
    return next((one for one in tables if one.table_name == table), TableInfo(schema, table))


async def look_up(session: SourceSession | SharedSession, reading: Awaitable[TableSnapshot | None]) -> Looked:
    """What the reading gives, or why it gives nothing, and what it cost in this session."""
    spent = Cost(session.milliseconds, session.statements)
    snapshot, problem = None, None
    try:
        snapshot = await reading
    except SourceError as error:
        problem = error
    cost = Cost(session.milliseconds - spent.milliseconds, session.statements - spent.statements)
    return Looked(snapshot, problem, cost)


async def sync_metadata(deps: Deps, who: Principal, connection_id: str, order: Order = ANY_ORDER) -> Job:
    """The job that reads the whole catalogue; a repeated request id gets the first request's job."""
    review = Review()
    review_order(review, order)
    review.done()
    job = replace(new_job(deps, who, JobKind.SYNC_METADATA, Priority.LOW, order), connection_id=connection_id)

    async def find(tx: Tx) -> Work:
        await tx.connections.get(who.workspace_id, connection_id)
        return Work([Unit(new_id(), job.id, who.workspace_id, connection_id, ())])

    return await place_job(deps, job, request_hash(job.kind, connection_id, timeout=order.timeout), find)


def review_names(schema: str, table: str = "", *, path: str = "") -> None:
    """Raises Invalid for names that no source can hold."""
    review = Review(path)
    review.text("schema_name", schema, most=MAX_IDENTIFIER)
    review.text("table_name", table, most=MAX_IDENTIFIER)
    review.done()
