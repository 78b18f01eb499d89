"""How SQLite says what sensors ask. It has no type for dates: they are ISO 8601 texts, which compare as dates do."""

from __future__ import annotations

from datetime import datetime

from dq_platform.connectors.dialect import Capability, Dialect, Fragment, Limits
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType


class SQLiteDialect(Dialect):
    sqlglot = "sqlite"
    limits = Limits(select_columns=2000, statement_bytes=1_000_000)
    capabilities = frozenset({Capability.SUBQUERY})
    float_type = "REAL"
    decimal_type = "NUMERIC"
    day_literal = "'{}'"
    wall_clock_literal = "'{}'"

    def timestamp(self, value: datetime) -> Fragment:
        return self.wall_clock(value)

    def as_date(self, expression: str) -> Fragment:
        return Fragment(f"DATE({expression})")

    def length(self, expression: str) -> Fragment:
        return Fragment(f"LENGTH({expression})")

    def trim(self, expression: str) -> Fragment:
        return Fragment(f"TRIM({expression}, ' ' || CHAR(9, 10, 13))")

    def exact(self, expression: str) -> Fragment:
        return Fragment(f"({expression} COLLATE BINARY)")

    def now(self) -> Fragment:
        return Fragment("STRFTIME('%Y-%m-%d %H:%M:%f', 'now')")

    def instant(self, expression: str, data_type: DataType) -> Fragment:
        return Fragment(expression)

    def seconds_between(self, start: str, end: str) -> Fragment:
        return Fragment(f"((JULIANDAY({end}) - JULIANDAY({start})) * 86400.0)")

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        return Fragment(f"DATETIME({expression}, ({self._seconds_ahead(expression, window)}) || ' seconds')")

    def first_day(self, expression: str, *, monthly: bool) -> Fragment:
        return Fragment(f"DATE({expression}, 'start of month')" if monthly else f"DATE({expression})")
