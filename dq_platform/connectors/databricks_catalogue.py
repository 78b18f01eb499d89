"""What Databricks says of its tables: information_schema where Unity Catalog is, the driver's own calls elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dq_platform.connectors.databricks_dialect import DatabricksDialect
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

INFORMATION_SCHEMA = "information_schema"
OWN_SCHEMAS = frozenset({INFORMATION_SCHEMA, "global_temp"})

ANY = "%"
"""The pattern that every name matches."""

_DIALECT = DatabricksDialect()

_TABLES = """
SELECT table_name, table_type, comment FROM information_schema.tables WHERE table_schema = {schema}
"""

_COLUMNS = """
SELECT c.table_name, c.column_name, c.full_data_type, c.is_nullable, c.comment, k.column_name IS NOT NULL
FROM information_schema.columns c
LEFT JOIN (
  SELECT u.table_schema, u.table_name, u.column_name
  FROM information_schema.table_constraints t
  JOIN information_schema.key_column_usage u
    ON u.constraint_schema = t.constraint_schema AND u.constraint_name = t.constraint_name
    AND u.table_schema = t.table_schema AND u.table_name = t.table_name
  WHERE t.constraint_type = 'PRIMARY KEY'
) k ON k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = c.column_name
WHERE c.table_schema = {schema} AND c.table_name {which} {table}
ORDER BY c.table_name, c.ordinal_position
"""

_KINDS = {
    "VIEW": TableKind.VIEW,
    "METRIC_VIEW": TableKind.VIEW,
    "MATERIALIZED_VIEW": TableKind.MATERIALIZED_VIEW,
}

_TYPES = {
    "boolean": DataType.BOOLEAN,
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), DataType.INTEGER),
    "decimal": DataType.DECIMAL,
    **dict.fromkeys(("float", "double"), DataType.FLOAT),
    **dict.fromkeys(("string", "varchar", "char"), DataType.TEXT),
    "date": DataType.DATE,
    "timestamp": DataType.TIMESTAMP_TZ,
    "timestamp_ltz": DataType.TIMESTAMP_TZ,
    "timestamp_ntz": DataType.TIMESTAMP,
    "time": DataType.TIME,
    "binary": DataType.BINARY,
    "variant": DataType.JSON,
}


def tables_query(schema: str) -> str:
    """Names, types and comments of a schema's tables. Databricks keeps names in lower case."""
    return _TABLES.format(schema=_DIALECT.text(schema.lower()))


def columns_query(schema: str, table: str) -> str:
    """Table, name, type, nullability, comment and part in the key of each column, by position."""
    return _COLUMNS.format(schema=_DIALECT.text(schema.lower()), which="=", table=_DIALECT.text(table.lower()))


def columns_query_after(schema: str, table: str, limit: int) -> str:
    """The same for the tables behind one, at most so many rows."""
    query = _COLUMNS.format(schema=_DIALECT.text(schema.lower()), which=">", table=_DIALECT.text(table))
    return f"{query}LIMIT {limit}"


def as_pattern(name: str) -> str:
    """What the driver's calls match the name alone with."""
    return name.lower().replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


def table_info(schema: str, name: str, kind: str, comment: str | None) -> TableInfo:
    return TableInfo(schema, name, _KINDS.get(kind.upper(), TableKind.TABLE), comment=comment or "")


def column_info(position: int, row: Sequence[Any]) -> ColumnInfo:
    """A column out of `columns_query` without its table, or of what the driver says in the same order."""
    name, engine_type, nullable, comment, key = row
    return ColumnInfo(
        name=name,
        position=position,
        engine_type=engine_type,
        data_type=_TYPES.get(engine_type.lower().partition("(")[0].strip(), DataType.OTHER),
        nullable=nullable == "YES",
        primary_key=bool(key),
        comment=comment or "",
    )
