"""Tables of random rows, the same on every engine: what hand-made rows would not think of.

Numbers at the ends of their types, decimals with many digits, texts with blanks, quotes, accents and emoji, moments
around a change to summer time, duplicates and NULLs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dq_platform.connectors.dialect import Dialect
from tests.integration.execution.check_tables import TYPES as COMMON

SEEDS = (1, 2)
ROWS = 240
TYPES = COMMON | {
    "text": {"postgresql": "TEXT", "mysql": "TEXT", "duckdb": "VARCHAR"},
    "decimal": {"postgresql": "NUMERIC(30,10)", "mysql": "DECIMAL(30,10)", "duckdb": "DECIMAL(30,10)"},
    "instant": {"postgresql": "TIMESTAMPTZ", "mysql": "TIMESTAMP(6) NULL", "duckdb": "TIMESTAMPTZ"},
}
SUMMER = datetime(2024, 3, 31, 1, tzinfo=UTC)
"""When summer time begins in Berlin."""
ODD_TEXTS = (
    *("", " ", "  ", "\t", " a", "a ", "a\n", "a  b", "A", "a", "ä", "a\u0308", "é", "ß", "SS", "😀", "👩‍👩‍👧", "字"),
    *("it's", '"', "\\", "\\n", "%", "_", "`", "--", "/*", "NULL", "null", "n/a", "None", "-", "''", "nan"),
    *("0", "1", "-1", "+1", "007", "1.5", ".5", "1.", "1e3", "1,5", "٣", "1 ", "true", "F", "yes", "maybe"),
    *("2024-02-29", "2023-02-29", "29/02/2024", "2024/12/31", "March 1, 2024", "2024-01-01 10:00:00", "24-1-1"),
    *("a@b.co", "a@b", "x y@z.de", "10.0.0.1", "256.0.0.1", "::1", "1::2::3", "212-555-0100", "12345", "DE", "uk"),
    *("EUR", "$", "123e4567-e89b-12d3-a456-426614174000", "O'Neil Jr.", "mail a@b.co now", "at 10.0.0.1:80"),
)
PATTERNED = (
    *("first.last+tag@mail.example.com", "a@b.co", "123e4567-e89b-12d3-a456-426614174000", "255.255.255.255"),
    *("2001:db8::ff00:42:8329", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "+1 (212) 555-0100", "212.555.0100", "12345-6789"),
    *("2024-02-29", "31/12/2024", "12/31/2024", "31.12.2024", "2024/12/31", "March 1, 2024", "2024-01-01T10:00:00"),
    *("2024-01-01 10:00:00.123+02:00", "2024-01-01T10:00Z", "-12", "+3.5", "1e-5", "true", "no", "undefined", "n/a"),
    *("Zoë O'Neil-Smith Jr.", "DE", "EUR", "call 212-555-0100, then", "see a@b.co.", "zip 12345!", "at fe80::1, or"),
)
GROUPS = ("a", "A", "ä", "a ", "", "😀", "it's \\", "lone")


def _big(random: Random) -> int:
    return random.choice([2**63 - 1, -(2**63), 0, 2**53 + 1, random.randint(-(2**63), 2**63 - 1)])


def _decimal(random: Random) -> Decimal:
    return Decimal(random.randint(-(10 ** random.randint(1, 30)), 10 ** random.randint(1, 30) - 1)).scaleb(-10)


def _double(random: Random) -> float:
    return random.choice([0.1, -0.0, 1e-9, random.uniform(-1000, 1000), random.uniform(-1e12, 1e12)])


def _text(random: Random) -> str:
    if random.random() < 0.8:
        return random.choice(ODD_TEXTS)
    return "".join(random.choices("aAäé😀字 '\\\t0%_.-@:", k=random.randint(0, 12)))


def _mutant(random: Random) -> str:
    """Something that a pattern matches, with up to two characters taken out, put in or changed."""
    text = list(random.choice(PATTERNED))
    for _ in range(random.choice([0, 1, 1, 2])):
        place = random.randrange(len(text) + 1)
        text[place : place + random.randint(0, 1)] = random.choice(["", *"0159aAfgzé字 -.:/@+_,'()\n\t"])
    return "".join(text)


def _day(random: Random) -> date:
    return random.choice([date(1900, 1, 1), date(1900, 1, 2), date(2024, 2, 29), date(1970, 1, 1)]) + timedelta(
        days=random.choice([0, 0, 1, random.randint(0, 30_000)])
    )


def _moment(random: Random) -> datetime:
    near = random.choice([timedelta(0), timedelta(hours=-2), timedelta(hours=21), timedelta(days=1)])
    return SUMMER + near + timedelta(microseconds=random.choice([-1, 0, 1, random.randint(-(10**11), 10**11)]))


COLUMNS: dict[str, tuple[str, float, Callable[[Random], Any]]] = {
    "grp": ("text", 0.1, lambda random: random.choices(GROUPS, [30, 20, 10, 10, 10, 5, 5, 0.5])[0]),
    "small": ("integer", 0.2, lambda random: random.randint(-5, 5)),
    "big": ("bigint", 0.1, _big),
    "dec": ("decimal", 0.1, _decimal),
    "dbl": ("double", 0.1, _double),
    "angle": ("double", 0.1, lambda random: random.choice([-180.0, -90.0, 0.0, 90.0, 90.000001, 180.0, 181.0])),
    "txt": ("text", 0.1, _text),
    "mutant": ("text", 0.05, _mutant),
    "select": ("text", 0.1, lambda random: random.choice(ODD_TEXTS[:12])),
    "Größe 字": ("boolean", 0.3, lambda random: random.random() < 0.5),
    "day": ("date", 0.1, _day),
    "at": ("timestamp", 0.1, lambda random: _moment(random).replace(tzinfo=None)),
    "tz": ("instant", 0.1, _moment),
    "void": ("integer", 1.0, lambda random: 0),
}
"""A column's type, its share of NULLs, and what makes its other values."""


def table_of(seed: int) -> str:
    return f"random {seed}"


def rows_of(seed: int) -> list[list[Any]]:
    """A number for each row and the values of COLUMNS; the last twenty rows repeat the first."""
    random = Random(seed)
    rows = [[number, *(_value(random, *made) for made in COLUMNS.values())] for number in range(ROWS)]
    return rows + [[ROWS + number, *row[1:]] for number, row in enumerate(rows[:20])]


def greatest(column: str) -> float:
    """The magnitude of the column's largest number in any of the tables."""
    place = list(COLUMNS).index(column) + 1
    return max(abs(float(row[place] or 0)) for seed in SEEDS for row in rows_of(seed))


def statements(engine: str, schema: str, dialect: Dialect) -> Iterator[str]:
    """What makes and fills the tables; the schema is there."""
    described = ", ".join(f"{dialect.ident(name)} {TYPES[kind][engine]}" for name, (kind, *_) in COLUMNS.items())
    for seed in SEEDS:
        table = dialect.table(schema, table_of(seed))
        yield f"CREATE TABLE {table} (id INTEGER, {described})"
        listed = ", ".join(f"({', '.join(_cell(dialect, value) for value in row)})" for row in rows_of(seed))
        yield f"INSERT INTO {table} VALUES {listed}"


def _value(random: Random, kind: str, nulls: float, make: Callable[[Random], Any]) -> Any:
    return None if random.random() < nulls else make(random)


def _cell(dialect: Dialect, value: Any) -> str:
    return "NULL" if value is None else str(dialect.literal(value))
