"""BigQuery's columns, as the API of one table and as INFORMATION_SCHEMA tells them. Types are spelled as in SQL."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from dq_platform.models.metadata import ColumnInfo, DataType

if TYPE_CHECKING:
    from google.cloud.bigquery import SchemaField

_SQL_NAMES = {
    "INTEGER": "INT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "RECORD": "STRUCT",
}

_TYPES = {
    "BOOL": DataType.BOOLEAN,
    "INT64": DataType.INTEGER,
    **dict.fromkeys(("NUMERIC", "BIGNUMERIC"), DataType.DECIMAL),
    "FLOAT64": DataType.FLOAT,
    "STRING": DataType.TEXT,
    "DATE": DataType.DATE,
    "DATETIME": DataType.TIMESTAMP,
    "TIMESTAMP": DataType.TIMESTAMP_TZ,
    "TIME": DataType.TIME,
    "BYTES": DataType.BINARY,
    "JSON": DataType.JSON,
}


COLUMNS_AFTER = """
SELECT c.table_name, c.column_name, c.data_type, c.is_nullable, p.description, k.column_name IS NOT NULL
FROM {dataset}.INFORMATION_SCHEMA.COLUMNS AS c
LEFT JOIN {dataset}.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS AS p
  ON p.table_name = c.table_name AND p.column_name = c.column_name AND p.field_path = c.column_name
LEFT JOIN (
  SELECT table_name, column_name FROM {dataset}.INFORMATION_SCHEMA.KEY_COLUMN_USAGE
  WHERE position_in_unique_constraint IS NULL
) AS k ON k.table_name = c.table_name AND k.column_name = c.column_name
WHERE c.is_hidden = 'NO' AND c.table_name > {table}
ORDER BY c.table_name, c.ordinal_position LIMIT {limit}
"""
"""At most `limit` columns, of the tables behind `table`. Hidden ones are _PARTITIONTIME and its like."""

# Names and types that both ways of asking are known to spell alike. Elsewhere the API of the table has to be asked:
# types that it tells without their parts, quoted names of fields, names that paths may quote.
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_TYPE = re.compile(r"(?:(?:STRING|BYTES|NUMERIC|BIGNUMERIC)\([\d, ]+\)|\w+(?!\()|[<>, ])+", re.ASCII)
_OTHERWISE = re.compile(r"RANGE<|NOT NULL|COLLATE|DEFAULT|OPTIONS")


def columns_of(rows: Iterable[tuple[Any, ...]]) -> list[ColumnInfo]:
    """What the API tells of one table, out of rows of COLUMNS_AFTER without its name; nothing if only it can tell."""
    found = []
    for position, (name, data_type, nullable, description, key) in enumerate(rows, 1):
        plain = _NAME.fullmatch(name) and _TYPE.fullmatch(data_type) and not _OTHERWISE.search(data_type)
        if not plain:
            return []
        repeated = data_type.startswith("ARRAY<")
        found.append(
            ColumnInfo(
                name=name,
                position=position,
                engine_type=re.sub(r",\s*", ", ", data_type),
                data_type=DataType.OTHER if repeated else _TYPES.get(data_type.partition("(")[0], DataType.OTHER),
                nullable=repeated or nullable == "YES",
                primary_key=bool(key),
                comment=description or "",
            )
        )
    return found


def column(position: int, field: SchemaField, keys: Collection[str]) -> ColumnInfo:
    repeated = field.mode == "REPEATED"
    return ColumnInfo(
        name=field.name,
        position=position,
        engine_type=f"ARRAY<{_spelled(field)}>" if repeated else _spelled(field),
        data_type=DataType.OTHER if repeated else _TYPES.get(_name(field), DataType.OTHER),
        nullable=field.mode != "REQUIRED",
        primary_key=field.name in keys,
        comment=field.description or "",
    )


def _name(field: SchemaField) -> str:
    return _SQL_NAMES.get(field.field_type, field.field_type)


def _spelled(field: SchemaField) -> str:
    """The type without its array: STRING(20), NUMERIC(12, 2), STRUCT<a INT64>."""
    name = _name(field)
    if name == "STRUCT":
        return f"STRUCT<{', '.join(f'{inner.name} {column(0, inner, ()).engine_type}' for inner in field.fields)}>"
    sizes = [str(size) for size in (field.max_length, field.precision, field.scale) if size is not None]
    return f"{name}({', '.join(sizes)})" if sizes else name
