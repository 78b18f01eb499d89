"""What Oracle's dictionary says of the tables that the user may read."""

from __future__ import annotations

from typing import Any

from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

# Nobody's own: `oracle_maintained` marks what came with the database.
SCHEMAS = """
SELECT DISTINCT t.owner FROM (SELECT owner FROM all_tables UNION SELECT owner FROM all_views) t
JOIN all_users u ON u.username = t.owner
WHERE u.oracle_maintained = 'N'
ORDER BY t.owner
"""

# A materialised view is listed as a table, too. Blocks are counted when statistics are gathered, as rows are.
TABLES = """
SELECT o.object_name, CASE WHEN m.mview_name IS NOT NULL THEN 'MATERIALIZED VIEW' ELSE o.object_type END AS kind,
       t.num_rows, c.comments
FROM all_objects o
LEFT JOIN all_tables t ON t.owner = o.owner AND t.table_name = o.object_name AND o.object_type = 'TABLE'
LEFT JOIN all_mviews m ON m.owner = o.owner AND m.mview_name = o.object_name
LEFT JOIN all_tab_comments c ON c.owner = o.owner AND c.table_name = o.object_name AND c.table_type = o.object_type
WHERE o.owner = :schema AND o.object_type IN ('TABLE', 'VIEW')
  AND o.secondary = 'N' AND o.object_name NOT LIKE 'BIN$%'
ORDER BY o.object_name
"""

_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type, c.data_precision, c.data_scale, c.char_length, c.char_used,
       c.data_length, c.nullable, k.column_name AS key_column, m.comments, c.num_distinct
FROM all_tab_columns c
LEFT JOIN all_col_comments m ON m.owner = c.owner AND m.table_name = c.table_name AND m.column_name = c.column_name
LEFT JOIN (
  SELECT p.owner, p.table_name, u.column_name
  FROM all_constraints p
  JOIN all_cons_columns u ON u.owner = p.owner AND u.constraint_name = p.constraint_name
  WHERE p.constraint_type = 'P'
) k ON k.owner = c.owner AND k.table_name = c.table_name AND k.column_name = c.column_name
WHERE c.owner = :schema AND {condition}
ORDER BY c.table_name, c.column_id
"""

COLUMNS = _COLUMNS.format(condition="c.table_name = :name")
COLUMNS_AFTER = _COLUMNS.format(condition="(:name IS NULL OR c.table_name > :name)")
"""Those of the tables behind one; of all if the name is empty, which is NULL here."""

_KINDS = {"VIEW": TableKind.VIEW, "MATERIALIZED VIEW": TableKind.MATERIALIZED_VIEW}

# A DATE has a time of day, too; as most hold none, it belongs to no time zone, like a date.
_TYPES = {
    "BOOLEAN": DataType.BOOLEAN,
    **dict.fromkeys(("FLOAT", "BINARY_FLOAT", "BINARY_DOUBLE"), DataType.FLOAT),
    **dict.fromkeys(("CHAR", "NCHAR", "VARCHAR2", "NVARCHAR2", "CLOB", "NCLOB", "LONG", "ROWID"), DataType.TEXT),
    "DATE": DataType.DATE,
    **dict.fromkeys(("RAW", "LONG RAW", "BLOB"), DataType.BINARY),
    "JSON": DataType.JSON,
}
_SIZED = frozenset({"CHAR", "NCHAR", "VARCHAR2", "NVARCHAR2"})


def table_info(schema: str, row: tuple[Any, ...]) -> TableInfo:
    name, kind, rows, comment = row
    return TableInfo(schema, name, _KINDS.get(kind, TableKind.TABLE), _whole(rows), comment or "")


def column_info(position: int, row: tuple[Any, ...]) -> ColumnInfo:
    """A row of `COLUMNS` without the table's name."""
    name, data_type, precision, scale, characters, used, size, nullable, key, comment, distinct = row
    return ColumnInfo(
        name=name,
        position=position,
        engine_type=_spelled(data_type, precision, scale, characters if used == "C" else size),
        data_type=_normalised(data_type, scale),
        nullable=nullable == "Y",
        primary_key=key is not None,
        comment=comment or "",
        estimated_distinct=_whole(distinct),
    )


def _spelled(data_type: str, precision: int | None, scale: int | None, size: int) -> str:
    if data_type in _SIZED or data_type == "RAW":
        return f"{data_type}({size})"
    if data_type == "NUMBER" and (precision is not None or scale is not None):
        digits = "*" if precision is None else precision
        return f"NUMBER({digits},{scale})" if scale else f"NUMBER({digits})"
    return data_type


def _normalised(data_type: str, scale: int | None) -> DataType:
    if data_type == "NUMBER":
        return DataType.INTEGER if scale is not None and scale <= 0 else DataType.DECIMAL
    if data_type.startswith("TIMESTAMP"):
        return DataType.TIMESTAMP_TZ if "TIME ZONE" in data_type else DataType.TIMESTAMP
    return _TYPES.get(data_type, DataType.OTHER)


def _whole(value: Any) -> int | None:  # noqa: ANN401  numbers are int or Decimal
    return None if value is None else int(value)
