"""Three tables of the same columns: in `good` every check type passes, in `bad` it fails, `empty` has no rows.

A list of values is repeated until the table has its rows. `bad` has fewer rows and lacks a column.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from dq_platform.connectors.dialect import Dialect

TYPES = {
    "text": {"postgresql": "TEXT", "mysql": "VARCHAR(200)", "duckdb": "VARCHAR"},
    "integer": {"postgresql": "INTEGER", "mysql": "INT", "duckdb": "INTEGER"},
    "bigint": {"postgresql": "BIGINT", "mysql": "BIGINT", "duckdb": "BIGINT"},
    "double": {"postgresql": "DOUBLE PRECISION", "mysql": "DOUBLE", "duckdb": "DOUBLE"},
    "boolean": {"postgresql": "BOOLEAN", "mysql": "BOOLEAN", "duckdb": "BOOLEAN"},
    "date": {"postgresql": "DATE", "mysql": "DATE", "duckdb": "DATE"},
    "timestamp": {"postgresql": "TIMESTAMP", "mysql": "DATETIME(6)", "duckdb": "TIMESTAMP"},
}
"""How each engine spells a type."""
GOOD, BAD, EMPTY = "good", "bad", "empty_like_good"
ROWS = {GOOD: 10, BAD: 5, EMPTY: 0}
ONLY_IN_GOOD = "extra"
RETYPED = "retyped"
"""A text in `bad`."""
DAY = date(2024, 1, 15)
"""The one partition."""
NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
LONG_AGO = NOW - timedelta(days=100)

COLUMNS: dict[str, tuple[str, list[Any], list[Any]]] = {
    "num": ("integer", list(range(1, 11)), [-100, 1000, 1000, 1000, -100]),
    "debt": ("integer", list(range(-10, 0)), [0, 5]),
    "parent": ("integer", list(range(1, 11)), [99]),
    "holes": ("integer", [None, *range(9)], [None, 7, None, None, None]),
    "nothing": ("integer", [1], [None]),
    "halves": ("text", ["a", "b", "c", "d", "e"], ["a"]),
    "yes": ("boolean", [True], [False]),
    "no": ("boolean", [False], [True]),
    "latitude": ("double", [-90.0, 90.0], [90.5]),
    "longitude": ("double", [-180.0, 180.0], [-180.5]),
    "day": ("date", [date(2024, 1, day) for day in range(1, 11)], [date(1899, 12, 31), date(2999, 12, 31)]),
    "happened": ("timestamp", [NOW], [LONG_AGO]),
    "arrived": ("timestamp", [NOW + timedelta(hours=1)], [LONG_AGO + timedelta(days=10)]),
    "part": ("date", [DAY], [DAY]),
    "status": ("text", ["new", "paid"], ["gone"]),
    "country": ("text", ["DE", "us"], ["XX"]),
    "currency": ("text", ["EUR", "$"], ["ABC"]),
    "code": ("text", ["a1", "b9"], ["zzz", ""]),
    "words": ("text", ["hello world"], ["", "abc", "x" * 150, "one two three four five six", "   "]),
    "blank": ("text", ["a b"], ["", " ", " a", "n/a", None]),
    "truth": ("text", ["yes", "0"], ["maybe"]),
    "whole": ("text", ["1", "-2"], ["1.5x"]),
    "float": ("text", ["1", "2.5"], ["x"]),
    "date": ("text", ["2024-02-29"], ["2024-02-30"]),
    "email": ("text", ["a@b.co"], ["a@b"]),
    "uuid": ("text", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567"]),
    "ip4": ("text", ["10.0.0.1"], ["256.1.1.1"]),
    "ip6": ("text", ["2001:db8::1"], ["1::2::3"]),
    "phone": ("text", ["212-555-0100"], ["555"]),
    "zip": ("text", ["12345"], ["1234"]),
    "person": ("text", ["Zoë O'Neil"], ["R2D2"]),
    "note": (
        "text",
        ["nothing to see"],
        ["mail a@b.co", "at 10.0.0.1 now", "see fe80::1 there", "call (212) 555-0100", "zip 12345, NY"],
    ),
    RETYPED: ("integer", [1], ["1"]),
    ONLY_IN_GOOD: ("integer", [1], []),
}


def columns_of(table: str) -> list[str]:
    return [name for name in COLUMNS if table != BAD or name != ONLY_IN_GOOD]


def statements(engine: str, schema: str, dialect: Dialect) -> Iterator[str]:
    """What makes and fills the tables; the schema is there."""
    for table, rows in ROWS.items():
        names = columns_of(table)
        described = ", ".join(f"{dialect.ident(name)} {TYPES[_type(name, table)][engine]}" for name in names)
        yield f"CREATE TABLE {dialect.table(schema, table)} ({described})"
        if rows:
            values = zip(*(islice(cycle(_values(name, table)), rows) for name in names), strict=True)
            listed = ", ".join(f"({', '.join(_cell(dialect, value) for value in row)})" for row in values)
            yield f"INSERT INTO {dialect.table(schema, table)} VALUES {listed}"


def _type(name: str, table: str) -> str:
    return "text" if (name, table) == (RETYPED, BAD) else COLUMNS[name][0]


def _values(name: str, table: str) -> list[Any]:
    _, good, bad = COLUMNS[name]
    return bad if table == BAD else good


def _cell(dialect: Dialect, value: Any) -> str:
    return "NULL" if value is None else str(dialect.literal(value))
