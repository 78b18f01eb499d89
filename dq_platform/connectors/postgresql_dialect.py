"""How PostgreSQL says what sensors ask."""

from __future__ import annotations

from dq_platform.connectors.dialect import Dialect, Fragment, Limits
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType


class PostgreSQLDialect(Dialect):
    sqlglot = "postgres"
    limits = Limits(select_columns=1600, statement_bytes=10_000_000)
    decimal_type = "NUMERIC"  # without bounds: every digit stays
    hex_digits = "ENCODE({}, 'hex')"

    def trim(self, expression: str) -> Fragment:
        return Fragment(f"BTRIM({expression}, ' ' || CHR(9) || CHR(10) || CHR(13))")

    def exact(self, expression: str) -> Fragment:
        # The cast undoes citext, the collation those that find different texts equal.
        return Fragment(f'(CAST({expression} AS TEXT) COLLATE "C")')

    def instant(self, expression: str, data_type: DataType) -> Fragment:
        if data_type is DataType.TIMESTAMP_TZ:
            return Fragment(expression)
        return Fragment(f"(CAST({expression} AS TIMESTAMP) AT TIME ZONE 'UTC')")

    def seconds_between(self, start: str, end: str) -> Fragment:
        return self.as_float(f"EXTRACT(EPOCH FROM (({end}) - ({start})))")

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        return Fragment(f"({self.instant(expression, data_type)} AT TIME ZONE {self.text(window.time_zone)})")
