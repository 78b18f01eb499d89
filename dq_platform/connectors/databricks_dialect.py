"""How Databricks SQL says what sensors ask.

Timestamps are instants, TIMESTAMP_NTZ is what a clock shows. The session's zone is UTC.
"""

from __future__ import annotations

from dq_platform.connectors.dialect import Dialect, Fragment, Limits, Sampling
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType, TableKind
from dq_platform.models.table_sample import SampleMethod


class DatabricksDialect(Dialect):
    sqlglot = "databricks"
    quote = "`"
    limits = Limits(select_columns=1000, statement_bytes=1_000_000)
    sampling = (
        Sampling(
            SampleMethod.ROW,
            "TABLESAMPLE ({percent} PERCENT) REPEATABLE ({seed})",
            frozenset({TableKind.TABLE, TableKind.VIEW, TableKind.MATERIALIZED_VIEW}),
        ),
    )
    text_type = "STRING"
    float_type = "DOUBLE"
    regex_end = r"\z"
    timestamp_literal = "CAST('{}' AS TIMESTAMP)"
    wall_clock_literal = "CAST('{}' AS TIMESTAMP_NTZ)"
    exponent_literal = "{}"  # exact literals end at 38 digits

    def text(self, value: str) -> Fragment:
        super().text(value)  # refuses what no engine takes
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")  # two quotes would end a literal and begin another
        return Fragment(f"'{escaped}'")

    def trim(self, expression: str) -> Fragment:
        return Fragment(rf"TRIM(BOTH ' \t\r\n' FROM {expression})")

    def matches(self, expression: str, pattern: str) -> Fragment:
        return Fragment(f"({expression} RLIKE {pattern})")

    def exact(self, expression: str) -> Fragment:
        return Fragment(f"CAST({expression} AS BINARY)")

    def instant(self, expression: str, data_type: DataType) -> Fragment:  # noqa: ARG002
        return Fragment(f"CAST({expression} AS TIMESTAMP)")

    def seconds_between(self, start: str, end: str) -> Fragment:
        return Fragment(f"((UNIX_MICROS({end}) - UNIX_MICROS({start})) / 1e6)")

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        zone = self.text(window.time_zone)
        return Fragment(f"FROM_UTC_TIMESTAMP({self.instant(expression, data_type)}, {zone})")

    def sum(self, expression: str) -> Fragment:
        # A decimal zero keeps the sum of integers from overflowing.
        return Fragment(f"SUM({expression} + CAST(0 AS DECIMAL(1, 0)))")
