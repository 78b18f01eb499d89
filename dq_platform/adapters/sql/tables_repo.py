"""Snapshots of sources' tables and users' settings for them, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Row,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    bindparam,
    column,
    exists,
    false,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.column_codec import columns_from_json, columns_to_json
from dq_platform.adapters.sql.ids import existing_id, parse_id
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import ID, connections, table_estimates, table_settings, table_snapshots
from dq_platform.errors import NotFound
from dq_platform.models.metadata import (
    Estimates,
    KnownTable,
    Place,
    Sweep,
    TableInfo,
    TableKey,
    TableKind,
    TableSettings,
    TableSnapshot,
    TableVersion,
)
from dq_platform.models.page import Page, PageRequest


class SqlTables:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def snapshot(self, connection_id: str, schema: str, table: str) -> TableSnapshot | None:
        return (await self.known(connection_id, schema, table)).snapshot

    async def save_snapshots(self, snapshots: Sequence[TableSnapshot]) -> None:
        # Two syncs of one connection take turns, or both would store the same change.
        for connection_id in sorted({snapshot.connection_id for snapshot in snapshots}):
            await self._lock_connection(connection_id)
        known = await self._newest_of(snapshots)
        moved: list[dict[str, object]] = []
        changed: list[dict[str, object]] = []
        for snapshot in snapshots:
            values = _values(snapshot)
            row = known.get(_key(snapshot))
            if row is not None and row.taken_at > snapshot.taken_at:
                continue
            if row is None or row.absent or _shape(row.columns) != _shape(values["columns"]):
                changed.append(values)
            else:
                moved.append({name: values[name] for name in MOVING} | {"row_id": row.id, "seen_at": snapshot.taken_at})
        if moved:
            await self._session.execute(MOVE, moved)
        if changed:
            await self._session.execute(insert(table_snapshots), changed)

    async def forget_absent(self, connection_id: str, sweep: Sweep, at: datetime) -> None:
        await self._lock_connection(connection_id)
        newest = _newest().where(table_snapshots.c.connection_id == connection_id).subquery()
        kept = _pairs(sweep.present)
        gone = select(
            newest.c.connection_id,
            newest.c.schema_name,
            newest.c.table_name,
            newest.c.kind,
            literal(""),
            newest.c.columns,
            true(),
            literal(at),
            literal(at),
        ).where(
            newest.c.absent == false(),
            newest.c.taken_at < sweep.began,
            newest.c.schema_name.not_in(sweep.unread),
            ~exists().where(and_(kept.c.schema == newest.c.schema_name, kept.c.table == newest.c.table_name)),
        )
        names = [
            "connection_id",
            "schema_name",
            "table_name",
            "kind",
            "comment",
            "columns",
            "absent",
            "taken_at",
            "first_seen_at",
        ]
        await self._session.execute(insert(table_snapshots).from_select(names, gone))

    async def schemas(self, connection_id: str) -> Sequence[str]:
        newest = _present(parse_id(connection_id))
        statement = select(newest.c.schema_name).distinct().order_by(newest.c.schema_name)
        return list((await self._session.execute(statement)).scalars())

    async def present(self, connection_id: str, schema: str, page: PageRequest) -> Page[TableSnapshot]:
        newest = _present(parse_id(connection_id), table_snapshots.c.schema_name == schema)
        by_name = Keyset((newest.c.table_name,))
        return await fetch_page(self._session, select(newest), by_name, page, _snapshot)

    async def history(self, connection_id: str, schema: str, table: str, page: PageRequest) -> Page[TableVersion]:
        of = table_snapshots.c
        columns_before = func.lag(of.columns).over(order_by=of.id).label("columns_before")
        absent_before = func.lag(of.absent).over(order_by=of.id).label("absent_before")
        versions = (
            select(*of, columns_before, absent_before)
            .where(of.connection_id == parse_id(connection_id), of.schema_name == schema, of.table_name == table)
            .subquery()
        )
        newest_first = Keyset((versions.c.id,), descending=True)
        return await fetch_page(self._session, select(versions), newest_first, page, _version)

    async def settings(self, connection_id: str, schema: str, table: str) -> TableSettings:
        return (await self.known(connection_id, schema, table)).settings

    async def known(self, connection_id: str, schema: str, table: str) -> KnownTable:
        [found] = await self.all_known(connection_id, [(schema, table)])
        return found

    async def all_known(self, connection_id: str, places: Sequence[Place]) -> Sequence[KnownTable]:
        schemas, tables = [schema for schema, _ in places], [table for _, table in places]
        about = {"connection": parse_id(connection_id), "schemas": schemas, "tables": tables}
        rows = await self._session.execute(KNOWN, about)
        return [known_from_row(connection_id, place, row) for place, row in zip(places, rows, strict=True)]

    async def rows_of(self, tables: Sequence[TableKey]) -> Mapping[TableKey, int]:
        columns = zip(*tables, strict=True) if tables else ((), (), ())
        about = dict(zip(("connections", "schemas", "tables"), map(list, columns), strict=True))
        rows = await self._session.execute(ROWS, about)
        return {(row.connection_id, row.schema_name, row.table_name): row.rows for row in rows}

    async def save_settings(self, settings: TableSettings) -> None:
        insertion = upsert(table_settings).values(asdict(settings))
        changed = {name: insertion.excluded[name] for name in SETTINGS}
        statement = insertion.on_conflict_do_update(constraint=table_settings.primary_key, set_=changed)
        with adding("table settings", str(settings), parent_kind="connection", parent_id=settings.connection_id):
            await self._session.execute(statement)

    async def save_estimates(self, table: TableSettings, found: Estimates, at: datetime) -> None:
        key = {"connection_id": table.connection_id, "schema_name": table.schema_name, "table_name": table.table_name}
        sizes = {"row_count": found.rows, "distinct_counts": dict(found.distinct), "taken_at": at}
        owner = select(*(literal(value, table_estimates.c[name].type) for name, value in (key | sizes).items())).where(
            exists().where(connections.c.id == table.connection_id)
        )
        insertion = upsert(table_estimates).from_select([*key, *sizes], owner)
        new, old = insertion.excluded, table_estimates.c
        statement = insertion.on_conflict_do_update(
            constraint=table_estimates.primary_key,
            set_={
                "row_count": func.coalesce(new.row_count, old.row_count),
                "distinct_counts": old.distinct_counts.op("||")(new.distinct_counts),
                "taken_at": new.taken_at,
            },
        )
        await self._session.execute(statement)

    async def _lock_connection(self, id: str) -> None:
        statement = (
            select(connections.c.id)
            .where(connections.c.id == existing_id("connection", id))
            .with_for_update(key_share=True)
        )
        if (await self._session.execute(statement)).one_or_none() is None:
            raise NotFound("connection", id)

    async def _newest_of(self, snapshots: Sequence[TableSnapshot]) -> Mapping[TableKey, Row[Any]]:
        keys = [_key(snapshot) for snapshot in snapshots]
        wanted = _pairs([(schema, table) for _, schema, table in keys])
        statement = _newest().where(
            table_snapshots.c.connection_id.in_({connection_id for connection_id, _, _ in keys}),
            tuple_(table_snapshots.c.schema_name, table_snapshots.c.table_name).in_(select(wanted)),
        )
        rows = (await self._session.execute(statement)).all()
        return {(row.connection_id, row.schema_name, row.table_name): row for row in rows}


KEPT = timedelta(days=30)
"""How long sizes count that nobody found again."""
SETTINGS = ("filter", "id_columns", "pii_columns")
MOVING = ("kind", "comment", "estimated_rows", "size_bytes", "last_change_time", "columns")
MOVE = (
    update(table_snapshots)
    .where(table_snapshots.c.id == bindparam("row_id"))
    .values(
        **{name: bindparam(name) for name in MOVING},
        taken_at=func.greatest(table_snapshots.c.taken_at, bindparam("seen_at", type_=table_snapshots.c.taken_at.type)),
    )
)


def _present(connection_id: str | None, *conditions: ColumnElement[bool]) -> Subquery:
    """The newest snapshot of each table of the connection that is there."""
    newest = _newest().where(table_snapshots.c.connection_id == connection_id, *conditions).subquery("newest")
    return select(newest).where(newest.c.absent == false()).subquery("present")


def _newest() -> Select[Any]:
    """The newest row of each table."""
    key = (table_snapshots.c.connection_id, table_snapshots.c.schema_name, table_snapshots.c.table_name)
    return (
        select(table_snapshots)
        .ext(distinct_on(*key))
        .order_by(*key, table_snapshots.c.taken_at.desc(), table_snapshots.c.id.desc())
    )


def _known() -> Select[Any]:
    """One row for each table that is asked for, in their order, whether there is anything to know or not."""
    names = bindparam("schemas", type_=ARRAY(Text)), bindparam("tables", type_=ARRAY(Text))
    columns = column("schema_name", Text), column("table_name", Text)
    asked = func.unnest(*names).table_valued(*columns, with_ordinality="place").render_derived("asked")
    joined, known = with_known(asked, asked, bindparam("connection", type_=ID))
    return select(*known).select_from(joined).order_by(asked.c.place)


def with_known(
    rows: FromClause, asked: FromClause, connection: ColumnElement[str], *conditions: ColumnElement[bool]
) -> tuple[FromClause, Sequence[ColumnElement[Any]]]:
    """The rows, joined with what is known of the table that each asks for, and the columns that this adds.

    `asked`, which is among the rows, has the columns schema_name and table_name; where a condition does not hold,
    nothing is known.
    """

    def same(relation: Table) -> ColumnElement[bool]:
        names = (relation.c[name] == asked.c[name] for name in PLACE)
        return and_(relation.c.connection_id == connection, *names, *conditions)

    snapshot = _newest_where(same(table_snapshots)).lateral("snapshot")
    fresh = and_(same(table_estimates), table_estimates.c.taken_at > func.now() - KEPT)
    joined = rows.outerjoin(snapshot, true()).outerjoin(table_settings, same(table_settings))
    sizes = (table_estimates.c.row_count, table_estimates.c.distinct_counts)
    said = (table_settings.c[name] for name in SETTINGS)
    return joined.outerjoin(table_estimates, fresh), [*snapshot.c, *said, *sizes]


def _rows() -> Select[Any]:
    """The engine's own guess where it has any, otherwise what runs found."""
    names = (
        bindparam(name, type_=ARRAY(type_))
        for name, type_ in (("connections", ID), ("schemas", Text), ("tables", Text))
    )
    columns = column("connection_id", ID), column("schema_name", Text), column("table_name", Text)
    asked = func.unnest(*names).table_valued(*columns).render_derived("asked")

    def same(relation: Table) -> ColumnElement[bool]:
        return and_(*(relation.c[name] == asked.c[name] for name in ("connection_id", *PLACE)))

    snapshot = _newest_where(same(table_snapshots)).lateral("snapshot")
    fresh = and_(same(table_estimates), table_estimates.c.taken_at > func.now() - KEPT)
    rows = func.coalesce(snapshot.c.estimated_rows, table_estimates.c.row_count)
    joined = asked.outerjoin(snapshot, true()).outerjoin(table_estimates, fresh)
    return select(*asked.c, rows.label("rows")).select_from(joined).where(rows.is_not(None))


def _newest_where(condition: ColumnElement[bool]) -> Select[Any]:
    """The newest row of the one table that the condition names."""
    newest_first = table_snapshots.c.taken_at.desc(), table_snapshots.c.id.desc()
    return select(table_snapshots).where(condition).order_by(*newest_first).limit(1)


PLACE = ("schema_name", "table_name")
KNOWN = _known()
ROWS = _rows()


def known_from_row(connection_id: str, place: Place, row: Row[Any]) -> KnownTable:
    columns = (tuple(row.id_columns or ()), tuple(row.pii_columns or ()))
    settings = TableSettings(connection_id, *place, row.filter or "", *columns)
    learned = Estimates(row.row_count, row.distinct_counts or {})
    return KnownTable(None if row.id is None or row.absent else _snapshot(row), settings, learned)


def _pairs(pairs: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401  # SQLAlchemy has no public type for it
    """A relation of (schema, table)."""
    schemas = literal([schema for schema, _ in pairs], ARRAY(Text))
    tables = literal([table for _, table in pairs], ARRAY(Text))
    return func.unnest(schemas, tables).table_valued(column("schema", Text), column("table", Text)).render_derived()


def _key(snapshot: TableSnapshot) -> TableKey:
    return snapshot.connection_id, snapshot.table.schema_name, snapshot.table.table_name


def _shape(columns: object) -> object:
    """What makes two snapshots equal: everything but the engine's guesses."""
    if not isinstance(columns, list):
        return columns
    return [{name: value for name, value in column.items() if name != "estimated_distinct"} for column in columns]


def _values(snapshot: TableSnapshot) -> dict[str, object]:
    return {
        "connection_id": snapshot.connection_id,
        "schema_name": snapshot.table.schema_name,
        "table_name": snapshot.table.table_name,
        "kind": snapshot.table.kind,
        "comment": snapshot.table.comment,
        "estimated_rows": snapshot.table.estimated_rows,
        "size_bytes": snapshot.table.size_bytes,
        "last_change_time": snapshot.table.last_change_time,
        "columns": columns_to_json(snapshot.columns),
        "absent": False,
        "taken_at": snapshot.taken_at,
        "first_seen_at": snapshot.taken_at,
    }


def _snapshot(row: Row[Any]) -> TableSnapshot:
    return TableSnapshot(row.connection_id, _table(row), columns_from_json(row.columns), row.taken_at)


def _version(row: Row[Any]) -> TableVersion:
    known_before = row.columns_before is not None and not row.absent_before
    return TableVersion(
        table=_table(row),
        columns=() if row.absent else columns_from_json(row.columns),
        first_seen=row.first_seen_at,
        last_seen=row.taken_at,
        absent=row.absent,
        before=columns_from_json(row.columns_before) if known_before else None,
    )


def _table(row: Row[Any]) -> TableInfo:
    return TableInfo(
        schema_name=row.schema_name,
        table_name=row.table_name,
        kind=TableKind(row.kind),
        estimated_rows=row.estimated_rows,
        comment=row.comment,
        size_bytes=row.size_bytes,
        last_change_time=row.last_change_time,
    )
