"""The table `order` that every engine holds for these tests, row by row the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.source_session import SourceSession
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import TableInfo, TableSnapshot

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
COLUMNS = ("id", "customer", "group", "amount", "note", "created_on", "created_at")
TYPES = {
    "postgresql": ("BIGINT", "TEXT", "TEXT", "NUMERIC(20, 4)", "TEXT", "DATE", "TIMESTAMPTZ"),
    "mysql": ("BIGINT", "TEXT", "VARCHAR(40)", "DECIMAL(20, 4)", "TEXT", "DATE", "TIMESTAMP NULL"),
    "oracle": (
        *("NUMBER(19)", "VARCHAR2(40)", "VARCHAR2(40)", "NUMBER(20, 4)", "VARCHAR2(40)", "DATE"),
        "TIMESTAMP(6) WITH TIME ZONE",
    ),
    "databricks": ("BIGINT", "STRING", "STRING", "DECIMAL(20, 4)", "STRING", "DATE", "TIMESTAMP"),
    "duckdb": ("BIGINT", "TEXT", "TEXT", "DECIMAL(20, 4)", "TEXT", "DATE", "TIMESTAMPTZ"),
    "redshift": ("BIGINT", *("VARCHAR(40)",) * 2, "NUMERIC(20, 4)", "VARCHAR(40)", "DATE", "TIMESTAMPTZ"),
    "sqlserver": ("BIGINT", *("NVARCHAR(40)",) * 2, "DECIMAL(20, 4)", "NVARCHAR(40)", "DATE", "DATETIMEOFFSET"),
}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ROWS: list[tuple[Any, ...]] = [
    (1, "ann", "de", Decimal("10.0000"), None, date(2026, 3, 28), _at("2026-03-28T22:30")),  # Berlin: 28 March, 23:30
    (2, None, "DE", Decimal("20.0000"), None, date(2026, 3, 28), _at("2026-03-28T23:30")),  # 29 March, 00:30
    (3, "bob", "fr", None, None, date(2026, 3, 29), _at("2026-03-29T21:59")),  # 29 March, 23:59, summer time
    (4, "eve", "de", Decimal("12345678901234.5678"), "x", date(2026, 3, 30), _at("2026-03-29T22:00")),  # 30 March
    (5, None, None, Decimal("-0.5000"), None, date(2026, 3, 31), _at("2026-03-31T10:00")),  # today, unfinished
    (6, "zoë", "de", None, "", date(2026, 2, 28), _at("2026-02-28T23:00")),  # 1 March
    (7, None, "fr", Decimal("1.0000"), None, date(2026, 2, 28), _at("2026-02-28T22:59")),  # 28 February
    (8, "bob", "fr", Decimal("1.0000"), "y", None, None),
]


@dataclass(frozen=True)
class Shop:
    """The table `order` of one engine; both names are reserved words, as is the column `group`.

    `empty_is_null` tells that the engine makes NULL of an empty text.
    """

    connection: Connection
    schema: str
    table: str = "order"
    empty_is_null: bool = False

    def require_empty_texts(self) -> None:
        if self.empty_is_null:
            pytest.skip("the engine has no empty text")


async def snapshot_of(session: SourceSession, shop: Shop, table: str = "") -> TableSnapshot:
    name = table or shop.table
    columns = await session.get_columns(shop.schema, name)
    return TableSnapshot(shop.connection.id, TableInfo(shop.schema, name), tuple(columns), NOW)


def connection_of(type: str, settings: dict[str, str | int | bool]) -> Connection:
    return Connection(f"c-{type}", "w", type, type, settings, NOW, NOW, time_zone="Europe/Berlin")


def insert_statement(schema: str, dialect: Dialect) -> str:
    """What fills `order`, for engines without parameters for many rows."""
    values = (", ".join("NULL" if one is None else dialect.literal(one) for one in row) for row in ROWS)
    return f"INSERT INTO {dialect.table(schema, 'order')} VALUES {', '.join(f'({row})' for row in values)}"


def create_statements(engine: str, schema: str, dialect: Dialect) -> list[str]:
    columns = ", ".join(f"{dialect.ident(name)} {kind}" for name, kind in zip(COLUMNS, TYPES[engine], strict=True))
    return [
        f"CREATE TABLE {dialect.table(schema, 'order')} ({columns})",
        f"CREATE TABLE {dialect.table(schema, 'empty')} ({columns})",
    ]
