"""What Snowflake says of schemas, tables and columns, in INFORMATION_SCHEMA, DESCRIBE and SHOW.

Types are spelled as DESCRIBE TABLE spells them. INFORMATION_SCHEMA tells neither the precision of times nor keys, and
SHOW neither positions nor all of types that have parts; together they tell what most tables consist of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

SCHEMAS = "SELECT schema_name FROM information_schema.schemata WHERE schema_name <> 'INFORMATION_SCHEMA'"

TABLES = """
SELECT table_name, table_type, row_count, bytes, last_altered, comment
FROM information_schema.tables WHERE table_schema = {schema}
"""

COLUMNS_AFTER = """
SELECT table_name, column_name, is_nullable, comment
FROM information_schema.columns WHERE table_schema = {schema} AND table_name > {table}
ORDER BY table_name, ordinal_position LIMIT {limit}
"""
"""At most `limit` columns, of the tables behind `table`."""

MOST_SHOWN = 10_000
"""How many rows SHOW tells at most, whatever there is."""

_VIEWS = {"VIEW": TableKind.VIEW, "MATERIALIZED VIEW": TableKind.MATERIALIZED_VIEW}

_TYPES = {
    "BOOLEAN": DataType.BOOLEAN,
    "FLOAT": DataType.FLOAT,
    "DECFLOAT": DataType.DECIMAL,
    **dict.fromkeys(("VARCHAR", "CHAR", "STRING", "TEXT"), DataType.TEXT),
    "DATE": DataType.DATE,
    "TIME": DataType.TIME,
    "TIMESTAMP_NTZ": DataType.TIMESTAMP,
    **dict.fromkeys(("TIMESTAMP_TZ", "TIMESTAMP_LTZ"), DataType.TIMESTAMP_TZ),
    "BINARY": DataType.BINARY,
    **dict.fromkeys(("VARIANT", "OBJECT"), DataType.JSON),
}

_TYPE = re.compile(r"(\w+)(?:\(\d+(?:,\s*(\d+))?\))?")

# How DESCRIBE spells what SHOW COLUMNS tells as JSON. Others have parts that SHOW does not tell, or may have.
_SHOWN_TYPES = {
    "FIXED": "NUMBER({precision},{scale})",
    "TEXT": "VARCHAR({length})",
    "REAL": "FLOAT",
    "BINARY": "BINARY({length})",
    **{name: f"{name}({{scale}})" for name in ("TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ")},
    **{name: name for name in ("BOOLEAN", "DATE", "VARIANT")},
}


def table_info(schema: str, row: tuple[Any, ...]) -> TableInfo:
    """A row of TABLES."""
    name, kind, rows, size, changed, comment = row
    return TableInfo(schema, name, _VIEWS.get(kind, TableKind.TABLE), rows, comment or "", size, changed)


def described_column(position: int, row: Mapping[str, Any]) -> ColumnInfo:
    """A row of DESCRIBE TABLE."""
    return ColumnInfo(
        name=row["name"],
        position=position,
        engine_type=row["type"],
        data_type=data_type(row["type"]),
        nullable=row["null?"] == "Y",
        primary_key=row["primary key"] == "Y",
        comment=row["comment"] or "",
    )


def columns_of(
    tables: Mapping[str, Sequence[tuple[Any, ...]]],
    types: Iterable[Mapping[str, Any]],
    keys: Iterable[Mapping[str, Any]],
) -> dict[str, list[ColumnInfo]]:
    """What DESCRIBE TABLE would say of each table; nothing of those of which only that knows all types.

    `tables` are the rows of COLUMNS_AFTER by their table, `types` what SHOW COLUMNS and `keys` what SHOW PRIMARY KEYS
    tell.
    """
    spelled = {(row["table_name"], row["column_name"]): shown_type(row["data_type"]) for row in types}
    key = {(row["table_name"], row["column_name"]) for row in keys}
    found = {}
    for table, rows in tables.items():
        columns = [
            ColumnInfo(
                name=name,
                position=position,
                engine_type=spelled.get((table, name), ""),
                data_type=data_type(spelled.get((table, name), "")),
                nullable=nullable == "YES",
                primary_key=(table, name) in key,
                comment=comment or "",
            )
            for position, (name, nullable, comment) in enumerate(rows, 1)
        ]
        found[table] = columns if all(column.engine_type for column in columns) else []
    return found


def shown_type(told: str) -> str:
    """The type out of the JSON of SHOW COLUMNS; empty if it does not tell all of it."""
    facts = json.loads(told)
    form = _SHOWN_TYPES.get(facts["type"])
    return "" if form is None or facts.get("collation") else form.format_map(facts)


def data_type(engine_type: str) -> DataType:
    found = _TYPE.match(engine_type)
    name, scale = found.groups() if found else ("", None)
    if name == "NUMBER":
        return DataType.DECIMAL if int(scale or 0) else DataType.INTEGER
    return _TYPES.get(name, DataType.OTHER)
