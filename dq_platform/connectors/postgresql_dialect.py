"""How PostgreSQL says what sensors ask."""

from __future__ import annotations

import re
from typing import ClassVar

from dq_platform.connectors.dialect import Dialect, Fragment, Layout, Limits, Sampling
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType, TableKind
from dq_platform.models.table_sample import SampleMethod

_COUNTED = re.compile(r"'\^\[(?P<characters>[^\]\[\\^'][^\]\[\\']*)\]\{(?P<times>\d+)\}\$'")
"""A literal of a pattern that is nothing but so many characters of some."""
_SAMPLED = frozenset({TableKind.TABLE, TableKind.MATERIALIZED_VIEW})


class PostgreSQLDialect(Dialect):
    sqlglot = "postgres"
    limits = Limits(select_columns=1600, statement_bytes=10_000_000)
    # COUNT(DISTINCT ...) sorts, and forbids every plan with several workers.
    # Planning a join of many takes longer than sending several.
    layout = Layout(counted_values=100_000, lone_distincts=True, tables_together=4)
    sampling: ClassVar[tuple[Sampling, ...]] = (
        Sampling(SampleMethod.ROW, "TABLESAMPLE BERNOULLI ({percent}) REPEATABLE ({seed})", _SAMPLED),
        Sampling(SampleMethod.BLOCK, "TABLESAMPLE SYSTEM ({percent}) REPEATABLE ({seed})", _SAMPLED),
    )
    decimal_type = "NUMERIC"  # without bounds: every digit stays
    hex_digits = "ENCODE({}, 'hex')"

    def matches(self, expression: str, pattern: str) -> Fragment:
        # For each text it builds the states of a counted repetition anew: a length and a forbidden character cost less.
        counted = _COUNTED.fullmatch(pattern)
        if counted is None:
            return super().matches(expression, pattern)
        characters, times = counted.groups()
        other = super().matches(expression, f"'[^{characters}]'")
        return Fragment(f"({self.length(expression)} = {times} AND NOT {other})")

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
