"""BigQuery's columns, from the API's spelling of types to that of its SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

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
