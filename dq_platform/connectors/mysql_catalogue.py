"""What MySQL's and MariaDB's information_schema says of tables: statements, and rows as the core knows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

OWN_SCHEMAS = frozenset({"information_schema", "mysql", "performance_schema", "sys"})

SCHEMAS = "SELECT schema_name FROM information_schema.schemata"

# Times are in the session's time zone, which is UTC.
TABLES = """
SELECT table_name, table_type, table_rows, table_comment, data_length + index_length, update_time
FROM information_schema.tables
WHERE table_schema = %s AND table_type <> 'SEQUENCE'
"""

# An index's cardinality is the engine's estimate of the distinct values of its first column.
_COLUMNS = """
SELECT c.table_name, c.column_name, c.column_type, c.data_type, c.is_nullable = 'YES', c.column_key = 'PRI',
       c.column_comment, s.cardinality
FROM information_schema.columns c
LEFT JOIN (
  SELECT table_name, column_name, MAX(cardinality) AS cardinality
  FROM information_schema.statistics
  WHERE table_schema = %s AND seq_in_index = 1 AND {indexed}
  GROUP BY table_name, column_name
) s ON BINARY s.table_name = BINARY c.table_name AND s.column_name = c.column_name
WHERE c.table_schema = %s AND {condition}
ORDER BY BINARY c.table_name, c.ordinal_position
"""

COLUMNS = _COLUMNS.format(indexed="table_name = %s", condition="c.table_name = %s")
COLUMNS_AFTER = _COLUMNS.format(indexed="BINARY table_name > BINARY %s", condition="BINARY c.table_name > BINARY %s")
"""Those of all tables behind one. Names are compared as they are spelled: some servers tell `a` from `A`."""

_TYPES = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), DataType.INTEGER),
    "decimal": DataType.DECIMAL,
    **dict.fromkeys(("float", "double"), DataType.FLOAT),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"), DataType.TEXT),
    "date": DataType.DATE,
    "datetime": DataType.TIMESTAMP,
    "timestamp": DataType.TIMESTAMP_TZ,
    "time": DataType.TIME,
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), DataType.BINARY),
    "json": DataType.JSON,
    "uuid": DataType.UUID,
}


def table(schema: str, row: tuple[Any, ...]) -> TableInfo:
    """A row of TABLES."""
    name, kind, estimated_rows, comment, size, changed = row
    if "VIEW" in kind:  # whose comment is the word VIEW
        return TableInfo(schema, name, TableKind.VIEW)
    return TableInfo(
        schema_name=schema,
        table_name=name,
        estimated_rows=estimated_rows,
        comment=comment or "",
        size_bytes=size,
        last_change_time=changed.replace(tzinfo=UTC) if isinstance(changed, datetime) else None,
    )


def column(position: int, row: tuple[Any, ...]) -> ColumnInfo:
    """A row of COLUMNS without the table's name."""
    name, engine_type, data_type, nullable, primary_key, comment, distinct = row
    boolean = engine_type.lower().startswith("tinyint(1)")
    return ColumnInfo(
        name=name,
        position=position,
        engine_type=engine_type,
        data_type=DataType.BOOLEAN if boolean else _TYPES.get(data_type.lower(), DataType.OTHER),
        nullable=bool(nullable),
        primary_key=bool(primary_key),
        comment=comment or "",
        estimated_distinct=distinct,
    )
