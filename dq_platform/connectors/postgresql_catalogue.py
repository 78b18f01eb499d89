"""What PostgreSQL's own catalogue says of tables: statements, and rows as the core knows them.

Nothing here reads a table, or takes a lock on one: sizes and numbers are those that VACUUM and ANALYZE noted.
"""

from __future__ import annotations

from typing import Any

from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

SCHEMAS = """
SELECT nspname FROM pg_catalog.pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(oid, 'USAGE')
ORDER BY nspname COLLATE "C"
"""

# A table's size is that of its own pages, of its indexes and of what is kept out of line (TOAST), with its index.
TABLES = """
SELECT c.relname, c.relkind::text, c.reltuples::bigint, pg_catalog.obj_description(c.oid, 'pg_class'),
       pg_catalog.current_setting('block_size')::bigint * (
         c.relpages
         + COALESCE((SELECT t.relpages FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid), 0)
         + COALESCE((SELECT pg_catalog.sum(x.relpages)
                     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                     WHERE i.indrelid IN (c.oid, c.reltoastrelid)), 0)
       )::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
ORDER BY c.relname COLLATE "C"
"""

# A domain counts as the type below it. n_distinct is negative where it is a share of the rows.
_COLUMNS = """
SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), b.typname, b.typtype::text,
       NOT a.attnotnull, COALESCE(a.attnum = ANY (i.indkey), FALSE), pg_catalog.col_description(c.oid, a.attnum),
       CASE WHEN s.n_distinct >= 0 THEN s.n_distinct WHEN c.reltuples > 0 THEN -s.n_distinct * c.reltuples END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN pg_catalog.pg_stats s
  ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {condition}
ORDER BY c.relname COLLATE "C", a.attnum
"""

COLUMNS = _COLUMNS.format(condition="c.relname = %s")
COLUMNS_AFTER = _COLUMNS.format(condition='c.relname > %s COLLATE "C"')
"""Those of all tables behind one."""
COLUMNS_OF = _COLUMNS.format(condition='c.relname > %s COLLATE "C" AND c.relname = ANY (%s)')
"""Those of several tables, all behind one."""

_KINDS = {"v": TableKind.VIEW, "m": TableKind.MATERIALIZED_VIEW}
_STORED = ("r", "m")

_TYPES = {
    "bool": DataType.BOOLEAN,
    "int2": DataType.INTEGER,
    "int4": DataType.INTEGER,
    "int8": DataType.INTEGER,
    "oid": DataType.INTEGER,
    "numeric": DataType.DECIMAL,
    "float4": DataType.FLOAT,
    "float8": DataType.FLOAT,
    "text": DataType.TEXT,
    "varchar": DataType.TEXT,
    "bpchar": DataType.TEXT,
    "name": DataType.TEXT,
    "citext": DataType.TEXT,
    "date": DataType.DATE,
    "timestamp": DataType.TIMESTAMP,
    "timestamptz": DataType.TIMESTAMP_TZ,
    "time": DataType.TIME,
    "timetz": DataType.TIME,
    "bytea": DataType.BINARY,
    "json": DataType.JSON,
    "jsonb": DataType.JSON,
    "uuid": DataType.UUID,
}


def table(schema: str, row: tuple[Any, ...]) -> TableInfo:
    """A row of TABLES."""
    name, kind, rows, comment, size = row
    return TableInfo(
        schema_name=schema,
        table_name=name,
        kind=_KINDS.get(kind, TableKind.TABLE),
        estimated_rows=None if kind == "v" or rows < 0 else rows,
        comment=comment or "",
        size_bytes=size if kind in _STORED and rows >= 0 else None,
    )


def column(position: int, row: tuple[Any, ...]) -> ColumnInfo:
    """A row of COLUMNS without the table's name."""
    name, engine_type, base, typtype, nullable, primary_key, comment, distinct = row
    return ColumnInfo(
        name=name,
        position=position,
        engine_type=engine_type,
        data_type=DataType.TEXT if typtype == "e" else _TYPES.get(base, DataType.OTHER),
        nullable=nullable,
        primary_key=primary_key,
        comment=comment or "",
        estimated_distinct=None if distinct is None else round(distinct),
    )
