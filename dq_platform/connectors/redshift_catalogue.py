"""What Redshift's catalogue says of schemas, tables and columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

SCHEMAS = "SELECT nspname FROM pg_catalog.pg_namespace WHERE has_schema_privilege(nspname, 'USAGE')"

# The svv_ views know external tables and late-binding views, which pg_class and pg_attribute do not.
TABLES = "SELECT table_name, table_type, remarks FROM svv_tables WHERE table_schema = %s"

MATERIALISED = "SELECT name FROM svv_mv_info WHERE schema_name = %s"

# Megabytes and rows that are not marked for deletion. Empty tables are not in it.
SIZES = 'SELECT "table", "size", estimated_visible_rows FROM svv_table_info WHERE "schema" = %s'

_COLUMNS = """
SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, is_nullable,
       remarks
FROM svv_columns
WHERE table_schema = %s AND table_name {which} %s
ORDER BY table_name, ordinal_position
"""

COLUMNS = _COLUMNS.format(which="=")
COLUMNS_AFTER = _COLUMNS.format(which=">")

_PRIMARY_KEYS = """
SELECT c.relname, a.attname
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey)
WHERE k.contype = 'p' AND n.nspname = %s AND c.relname {which} %s
"""

PRIMARY_KEY = _PRIMARY_KEYS.format(which="=")
PRIMARY_KEYS_AFTER = _PRIMARY_KEYS.format(which=">") + "ORDER BY c.relname"

_MEGABYTE = 1024 * 1024

_OWN_SCHEMAS = frozenset({"information_schema", "catalog_history"})

_TYPES = {
    "boolean": DataType.BOOLEAN,
    **dict.fromkeys(("smallint", "integer", "bigint", "oid"), DataType.INTEGER),
    "numeric": DataType.DECIMAL,
    **dict.fromkeys(("real", "double precision"), DataType.FLOAT),
    **dict.fromkeys(("character varying", "character", "text", "name"), DataType.TEXT),
    "date": DataType.DATE,
    "timestamp without time zone": DataType.TIMESTAMP,
    "timestamp with time zone": DataType.TIMESTAMP_TZ,
    **dict.fromkeys(("time without time zone", "time with time zone"), DataType.TIME),
    **dict.fromkeys(("binary varying", "varbyte"), DataType.BINARY),
    "super": DataType.JSON,
}

# As external tables spell them.
_SHORT = {
    "varchar": "character varying",
    "char": "character",
    "string": "character varying",
    "int": "integer",
    "double": "double precision",
    "decimal": "numeric",
    "timestamp": "timestamp without time zone",
}


def is_users(schema: str) -> bool:
    """Whether the schema is not one of the engine's own."""
    return not schema.startswith("pg_") and schema not in _OWN_SCHEMAS


def table_info(
    schema: str, row: tuple[Any, ...], materialised: Collection[str], sizes: Mapping[str, tuple[int, int]]
) -> TableInfo:
    """A row of TABLES with what the other statements say of its table: megabytes and rows in `sizes`."""
    name, kind, comment = row
    megabytes, rows = sizes.get(name, (None, None))
    return TableInfo(
        schema_name=schema,
        table_name=name,
        kind=_kind(name, kind, materialised),
        estimated_rows=None if rows is None else int(rows),
        comment=comment or "",
        size_bytes=None if megabytes is None else int(megabytes) * _MEGABYTE,
    )


def _kind(name: str, kind: str, materialised: Collection[str]) -> TableKind:
    if name in materialised:
        return TableKind.MATERIALIZED_VIEW
    return TableKind.VIEW if "VIEW" in kind else TableKind.TABLE


def column_info(position: int, row: tuple[Any, ...], primary_key: Collection[str]) -> ColumnInfo:
    """A row of COLUMNS without the table's name."""
    name, spelled, length, precision, scale, nullable, comment = row
    base, _, bounds = spelled.partition("(")
    data_type = _TYPES.get(_SHORT.get(base, base), DataType.OTHER)
    if not bounds and data_type is DataType.TEXT and length:
        spelled = f"{spelled}({length})"
    elif not bounds and data_type is DataType.DECIMAL and precision:
        spelled = f"{spelled}({precision},{scale or 0})"
    return ColumnInfo(
        name=name,
        position=position,
        engine_type=spelled,
        data_type=data_type,
        nullable=nullable != "NO",
        primary_key=name in primary_key,
        comment=comment or "",
    )
