"""One set of tables for every engine. A column is listed with the values of its first rows; the rest is NULL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dq_platform.connectors.dialect import Dialect

SCHEMA = "it's"
TABLE = 'we"ird `select`'
EMPTY = "empty"
RECORDS = "records"
REFERENCE = "ref.erence"
ROWS = 12

TYPES = {
    "duckdb": {
        "text": "VARCHAR",
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "decimal": "DECIMAL(12,2)",
        "double": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
    },
}
TYPES["postgresql"] = TYPES["duckdb"] | {"text": "TEXT", "decimal": "NUMERIC(12,2)", "double": "DOUBLE PRECISION"}
TYPES["mysql"] = TYPES["duckdb"] | {"text": "VARCHAR(200)", "integer": "INT", "timestamp": "DATETIME(6)"}
TYPES["redshift"] = TYPES["duckdb"] | {"text": "VARCHAR(200)", "double": "DOUBLE PRECISION"}
TYPES["sqlserver"] = TYPES["duckdb"] | {
    "text": "NVARCHAR(200)",
    "integer": "INT",
    "double": "FLOAT",
    "boolean": "BIT",
    "timestamp": "DATETIME2",
}
TYPES["snowflake"] = TYPES["duckdb"] | {"timestamp": "TIMESTAMP_NTZ"}
TYPES["oracle"] = {
    "text": "VARCHAR2(200)",
    "integer": "NUMBER(10)",
    "bigint": "NUMBER(19)",
    "decimal": "NUMBER(12,2)",
    "double": "BINARY_DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP(6)",
}
TYPES["databricks"] = TYPES["duckdb"] | {"text": "STRING", "integer": "INT", "timestamp": "TIMESTAMP_NTZ"}
TYPES["bigquery"] = {
    "text": "STRING",
    **dict.fromkeys(("integer", "bigint"), "INT64"),
    "decimal": "NUMERIC",
    "double": "FLOAT64",
    "boolean": "BOOL",
    "date": "DATE",
    "timestamp": "DATETIME",
}


def moments(*texts: str) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in texts]


COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "id": ("integer", list(range(1, ROWS + 1))),
    "part": ("integer", [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]),
    "nothing": ("text", []),
    "no_number": ("integer", []),
    "email": (
        "text",
        ["a@b.co", "first.last@shop.online", "no-at.example.com", "a@b", "a b@c.de", "ü@b.de", "a@b.co\n", ""],
    ),
    "uuid": (
        "text",
        [
            "123e4567-e89b-12d3-a456-426614174000",
            "123E4567E89B12D3A456426614174000",
            "123e4567 e89b 12d3 a456 426614174000",
            "123e4567-e89b-12d3-a456-42661417400",
            "g23e4567-e89b-12d3-a456-426614174000",
        ],
    ),
    "ip4": ("text", ["0.0.0.0", "255.255.255.255", "256.1.1.1", "1.2.3", "01.2.3.4", "1.2.3.4 "]),
    "ip6": (
        "text",
        ["::", "::1", "2001:db8::ff00:42:8329", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1::2::3", "12345::", "1:2:3:4"],
    ),
    "phone": (
        "text",
        ["+1 (212) 555-0100", "212-555-0100", "2125550100", "1.212.555.0100", "555-0100", "+44 20 7946 0958"],
    ),
    "zip": ("text", ["12345", "12345-6789", "1234", "123456", "12345 "]),
    "person": ("text", ["Anna", "José Müller", "O'Neil-Smith Jr.", "R2D2", "a@b", "李小龙", "😀"]),
    "iso_date": ("text", ["2024-02-29", "2023-02-29", "2024-13-01", "2024-1-1", "2024-12-31", " 2024-12-31"]),
    "any_date": ("text", ["31/12/2024", "12/31/2024", "31-12-2024", "31.12.2024", "2024/12/31", "March 1, 2024"]),
    "code": ("text", ["A-1", "B-22", "c-3", "A-1x", "it's.", "back\\slash"]),
    "note": (
        "text",
        [
            "mail me: a@b.co!",
            "call (212) 555-0100 now",
            "at 10.0.0.1:80. Then",
            "see fe80::1.",
            "zip 12345, NY",
            "nothing 123456 :: a@b",
            "😀",
        ],
    ),
    "truth": ("text", ["true", "F", "Yes", "0", "maybe", "", "TRUE"]),
    "number_text": ("text", ["1", "-5", "+7", "1.5", "", "1e3", "007", " 1"]),
    "lengths": ("text", ["", "a", "héllo", "😀😀", "abc  ", "abcdefghij"]),
    "words": ("text", ["one", " two  words ", "tab\tand\nline  x", "", "   "]),
    "spaces": ("text", ["", " ", "\t\n", " a", "a ", "a", "a b", "\u00a0"]),
    "placeholder": ("text", ["NULL", "n/a", "-", "", "None", "real", "''", "NA "]),
    "status": ("text", ["new", "New", "new", "paid", "paid", "paid", "Ünew", "new "]),
    "country": ("text", ["de", "US", "XX", "U", "uk"]),
    "currency": ("text", ["eur", "USD", "$", "ABC"]),
    "num": ("integer", [-2, -1, 0, 1, 2, 3, 100]),
    "big": ("bigint", [9007199254740993, 9007199254740993, 1]),
    "price": ("decimal", [Decimal("0.10"), Decimal("0.20"), Decimal("0.30")]),
    "latitude": ("double", [-90.0, 90.0, 90.0001, 0.0]),
    "longitude": ("double", [-180.0, 180.0, 181.0, -200.5]),
    "flag": ("boolean", [True, True, False]),
    "day": ("date", [date(1900, 1, 1), date(2000, 6, 15), date(2099, 12, 31), date(2024, 1, 1)]),
    "happened": ("timestamp", moments("2024-01-01T00:00", "2024-01-02T12:00")),
    "arrived": ("timestamp", moments("2024-01-01T06:00", "2024-01-03T00:00", "2024-01-05T00:00")),
    "key_number": ("integer", [1, 2, 2, 9]),
    "key_text": ("text", ["a", "A", "b "]),
    "kind_integer": ("text", ["1", "-2"]),
    "kind_float": ("text", ["1", "2.5"]),
    "kind_date": ("text", ["2024-01-01", "31.12.2024"]),
    "kind_datetime": ("text", ["2024-01-01 10:00:00", "2024-01-01T10:00"]),
    "kind_timestamp": ("text", ["2024-01-01 10:00:00+02:00", "2024-01-01T10:00:00Z"]),
    "kind_boolean": ("text", ["yes", "no"]),
    "kind_text": ("text", ["a", "b"]),
    "kind_mixed": ("text", ["1", "a"]),
    'we"ird': ("text", ["x", "x"]),
    "back`tick": ("text", ["x", "x"]),
    "select": ("text", ["x", "x"]),
    "it's": ("text", ["x", "x"]),
    "Größe 字": ("text", ["x", "x"]),
    "per%cent": ("text", ["x", "x"]),
}

RECORD_COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "part": ("integer", [1, 1, 1, 2, 2, 2, 2]),
    "a": ("integer", [1, 1, 1, 2, 2, None, None]),
    "b": ("text", ["x", "x", "X", None, None, None, None]),
}

REFERENCE_COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "id": ("integer", [1, 1, 1, 2, 2, 3, None]),
    "la.bel": ("text", ["a", "b", "b", None, None, None, None]),
    "amount": ("integer", [100, 3, -2, 2, 0, None, None]),
}


def statements(engine: str, dialect: Dialect, rename: Callable[[str], str] = str) -> Iterator[str]:
    """What makes and fills the tables; the schema is there. `rename` gives the names that the engine allows."""
    for name, columns, rows in (
        (TABLE, COLUMNS, ROWS),
        (EMPTY, COLUMNS, 0),
        (RECORDS, RECORD_COLUMNS, 7),
        (REFERENCE, REFERENCE_COLUMNS, 7),
    ):
        table = dialect.table(rename(SCHEMA), rename(name))
        described = [f"{dialect.ident(rename(column))} {TYPES[engine][kind]}" for column, (kind, _) in columns.items()]
        yield f"CREATE TABLE {table} ({', '.join(described)})"
        yield from _rows(dialect, table, columns, rows)


def _rows(dialect: Dialect, table: str, columns: dict[str, tuple[str, list[Any]]], rows: int) -> Iterator[str]:
    for row in range(rows):
        cells = ", ".join(_cell(dialect, values, row) for _, values in columns.values())
        yield f"INSERT INTO {table} VALUES ({cells})"


def _cell(dialect: Dialect, values: list[Any], row: int) -> str:
    value = values[row] if row < len(values) else None
    return "NULL" if value is None else str(dialect.literal(value))
