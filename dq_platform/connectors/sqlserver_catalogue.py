"""What SQL Server's catalogue says of schemas, tables and columns. The statements take literals of the dialect."""

from __future__ import annotations

from typing import Any

from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

# 2 to 4 are guest, INFORMATION_SCHEMA and sys; those of the fixed roles begin at 16384.
SCHEMAS = "SELECT name FROM sys.schemas WHERE schema_id NOT IN (2, 3, 4) AND schema_id < 16384"

# Rows are those of the heap or the clustered index, which a view has if it is materialised; pages have 8 KB.
TABLES = """
SELECT o.name, RTRIM(o.type), r.many, a.pages, CAST(c.value AS NVARCHAR(4000))
FROM sys.objects o
JOIN sys.schemas s ON s.schema_id = o.schema_id
LEFT JOIN (
  SELECT object_id, SUM(rows) AS many FROM sys.partitions WHERE index_id IN (0, 1) GROUP BY object_id
) r ON r.object_id = o.object_id
LEFT JOIN (
  SELECT p.object_id, SUM(u.total_pages) AS pages
  FROM sys.partitions p JOIN sys.allocation_units u ON u.container_id = p.partition_id
  GROUP BY p.object_id
) a ON a.object_id = o.object_id
LEFT JOIN sys.extended_properties c
  ON c.class = 1 AND c.major_id = o.object_id AND c.minor_id = 0 AND c.name = 'MS_Description'
WHERE s.name = {schema} AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0
"""

# A type of the user's own counts as the one below it, which a CLR type has not.
_COLUMNS = """
SELECT {top}o.name, c.name, t.name, b.name, c.max_length, c.precision, c.scale, c.is_nullable,
       CASE WHEN k.column_id IS NULL THEN 0 ELSE 1 END, CAST(d.value AS NVARCHAR(4000))
FROM sys.columns c
JOIN sys.objects o ON o.object_id = c.object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.types t ON t.user_type_id = c.user_type_id
LEFT JOIN sys.types b ON b.user_type_id = c.system_type_id
LEFT JOIN (
  SELECT x.object_id, x.column_id
  FROM sys.index_columns x JOIN sys.indexes i ON i.object_id = x.object_id AND i.index_id = x.index_id
  WHERE i.is_primary_key = 1
) k ON k.object_id = c.object_id AND k.column_id = c.column_id
LEFT JOIN sys.extended_properties d
  ON d.class = 1 AND d.major_id = c.object_id AND d.minor_id = c.column_id AND d.name = 'MS_Description'
WHERE s.name = {schema} AND o.name {which} {table} AND o.type IN ('U', 'V')
ORDER BY o.name, c.column_id
"""

COLUMNS = _COLUMNS.replace("{top}", "").replace("{which}", "=")
COLUMNS_AFTER = _COLUMNS.replace("{top}", "TOP ({limit}) ").replace("{which}", ">")
"""At most `limit` columns, of the tables behind `table`."""

_PAGE = 8192

_TYPES = {
    "bit": DataType.BOOLEAN,
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), DataType.INTEGER),
    **dict.fromkeys(("decimal", "numeric", "money", "smallmoney"), DataType.DECIMAL),
    **dict.fromkeys(("float", "real"), DataType.FLOAT),
    **dict.fromkeys(("char", "varchar", "nchar", "nvarchar", "text", "ntext", "sysname"), DataType.TEXT),
    "date": DataType.DATE,
    **dict.fromkeys(("datetime", "datetime2", "smalldatetime"), DataType.TIMESTAMP),
    "datetimeoffset": DataType.TIMESTAMP_TZ,
    "time": DataType.TIME,
    **dict.fromkeys(("binary", "varbinary", "image", "timestamp"), DataType.BINARY),
    "json": DataType.JSON,
    "uniqueidentifier": DataType.UUID,
}


def table_info(schema: str, row: tuple[Any, ...]) -> TableInfo:
    """A row of TABLES."""
    name, kind, rows, pages, comment = row
    return TableInfo(
        schema_name=schema,
        table_name=name,
        kind=_kind(kind, rows),
        estimated_rows=None if rows is None else int(rows),
        comment=comment or "",
        size_bytes=None if pages is None else int(pages) * _PAGE,
    )


def _kind(kind: str, rows: int | None) -> TableKind:
    if kind == "U":
        return TableKind.TABLE
    return TableKind.VIEW if rows is None else TableKind.MATERIALIZED_VIEW


def column_info(position: int, row: tuple[Any, ...]) -> ColumnInfo:
    """A row of COLUMNS without the table's name."""
    name, spelled, base, length, precision, scale, nullable, primary_key, comment = row
    return ColumnInfo(
        name=name,
        position=position,
        engine_type=spelled if spelled != base else _with_bounds(spelled, length, precision, scale),
        data_type=_TYPES.get(base or spelled, DataType.OTHER),
        nullable=bool(nullable),
        primary_key=bool(primary_key),
        comment=comment or "",
    )


def _with_bounds(name: str, length: int, precision: int, scale: int) -> str:
    """As a CREATE TABLE has it. `length` is in bytes, -1: MAX."""
    if name in ("decimal", "numeric"):
        return f"{name}({precision},{scale})"
    if name in ("datetime2", "datetimeoffset", "time"):
        return f"{name}({scale})"
    if name in ("nchar", "nvarchar") and length > 0:
        return f"{name}({length // 2})"
    if name in ("char", "varchar", "nchar", "nvarchar", "binary", "varbinary"):
        return f"{name}({'max' if length < 0 else length})"
    return name
