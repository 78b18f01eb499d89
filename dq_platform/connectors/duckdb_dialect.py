"""How DuckDB says what sensors ask. Instants are timestamps without zone, in UTC."""

from __future__ import annotations

from dq_platform.connectors.dialect import Dialect, Fragment, Layout, Limits, Sampling
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType, TableKind
from dq_platform.models.table_sample import SampleMethod


class DuckDBDialect(Dialect):
    sqlglot = "duckdb"
    limits = Limits(select_columns=1600, statement_bytes=10_000_000)
    # It is in our process, and divides one statement among all processors.
    layout = Layout(counted_values=100_000, joint_values=10_000, side_by_side=False)
    sampling = (
        Sampling(
            SampleMethod.ROW,
            "TABLESAMPLE BERNOULLI ({percent} PERCENT) REPEATABLE ({seed})",
            frozenset({TableKind.TABLE, TableKind.VIEW, TableKind.FILE}),
        ),
        Sampling(
            SampleMethod.BLOCK,
            "TABLESAMPLE SYSTEM ({percent} PERCENT) REPEATABLE ({seed})",
            frozenset({TableKind.TABLE, TableKind.FILE}),
        ),
    )
    text_type = "VARCHAR"
    float_type = "DOUBLE"

    def trim(self, expression: str) -> Fragment:
        return Fragment(f"TRIM({expression}, ' ' || CHR(9) || CHR(10) || CHR(13))")

    def matches(self, expression: str, pattern: str) -> Fragment:
        return Fragment(f"REGEXP_MATCHES({expression}, {pattern})")

    def exact(self, expression: str) -> Fragment:
        return Fragment(f"(CAST({expression} AS VARCHAR) COLLATE C)")

    def now(self) -> Fragment:
        return Fragment("CAST(CURRENT_TIMESTAMP AS TIMESTAMP)")

    def instant(self, expression: str, data_type: DataType) -> Fragment:  # noqa: ARG002
        return Fragment(f"CAST({expression} AS TIMESTAMP)")

    def seconds_between(self, start: str, end: str) -> Fragment:
        return Fragment(f"((EPOCH_US({end}) - EPOCH_US({start})) / 1e6)")

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        aware = expression if data_type is DataType.TIMESTAMP_TZ else f"({expression} AT TIME ZONE 'UTC')"
        return Fragment(f"({aware} AT TIME ZONE {self.text(window.time_zone)})")

    def roughly_distinct(self, expression: str) -> Fragment:
        return Fragment(f"APPROX_COUNT_DISTINCT({expression})")
