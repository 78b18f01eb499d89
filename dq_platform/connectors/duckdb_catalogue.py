"""What DuckDB's own catalogue says of tables: statements, and rows as the core knows them."""

from __future__ import annotations

from typing import Any

from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

SCHEMAS = """
SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() AND NOT internal
"""

TABLES = """
SELECT table_name, 'table', estimated_size, comment
FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = $schema
UNION ALL
SELECT view_name, CASE WHEN temporary THEN 'file' ELSE 'view' END, NULL, comment
FROM duckdb_views()
WHERE NOT internal AND (temporary OR database_name = current_database()) AND schema_name = $schema
ORDER BY 1
"""

_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type, c.is_nullable, c.comment,
       COALESCE(list_contains(k.columns, c.column_name), FALSE)
FROM duckdb_columns() c LEFT JOIN (
  SELECT table_oid, database_oid, constraint_column_names AS columns
  FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'
) k ON k.table_oid = c.table_oid AND k.database_oid = c.database_oid
WHERE NOT c.internal AND c.database_name IN (current_database(), 'temp') AND c.schema_name = $schema{condition}
ORDER BY c.table_name, c.column_index
"""

COLUMNS = _COLUMNS.format(condition=" AND c.table_name = $table")
ALL_COLUMNS = _COLUMNS.format(condition="")

_TYPES = {
    "BOOLEAN": DataType.BOOLEAN,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), DataType.INTEGER),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), DataType.INTEGER),
    "DECIMAL": DataType.DECIMAL,
    **dict.fromkeys(("FLOAT", "DOUBLE"), DataType.FLOAT),
    **dict.fromkeys(("VARCHAR", "ENUM"), DataType.TEXT),
    "DATE": DataType.DATE,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), DataType.TIMESTAMP),
    "TIMESTAMP WITH TIME ZONE": DataType.TIMESTAMP_TZ,
    **dict.fromkeys(("TIME", "TIME WITH TIME ZONE"), DataType.TIME),
    "BLOB": DataType.BINARY,
    "JSON": DataType.JSON,
    "UUID": DataType.UUID,
}


def table(schema: str, row: tuple[Any, ...]) -> TableInfo:
    """A row of TABLES."""
    name, kind, rows, comment = row
    return TableInfo(schema, name, TableKind(kind), rows, comment or "")


def column(position: int, row: tuple[Any, ...]) -> ColumnInfo:
    """A row of COLUMNS without the table's name."""
    name, engine_type, nullable, comment, key = row
    return ColumnInfo(name, position, engine_type, _data_type(engine_type), bool(nullable), bool(key), comment or "")


def _data_type(engine_type: str) -> DataType:
    if engine_type.endswith("]"):
        return DataType.OTHER
    return _TYPES.get(engine_type.partition("(")[0], DataType.OTHER)
