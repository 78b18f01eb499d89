"""How SQL Server 2017 and later, and Azure SQL, say what sensors ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from dq_platform.connectors.dialect import Capability, Dialect, Fragment, Limits, Sampling
from dq_platform.connectors.zones import Window
from dq_platform.errors import Unsupported
from dq_platform.models.metadata import DataType
from dq_platform.models.table_sample import SampleMethod

_BINARY = "Latin1_General_100_BIN2"
"""Compares code units: control characters, which other collations skip, count too."""
_WHOLE_CHARACTERS = "Latin1_General_100_CI_AS_SC"
"""Counts a character beyond the basic plane once."""
_BLANKS = " \t\r\n"
_STYLES = {DataType.FLOAT: 3, DataType.DATE: 121, DataType.TIMESTAMP: 121, DataType.TIMESTAMP_TZ: 121}
"""How CONVERT writes all digits of a float, and times from the year down to fractions of a second; CAST does not."""


class SQLServerDialect(Dialect):
    sqlglot = "tsql"
    limits = Limits(select_columns=4000, statement_bytes=1_000_000)
    capabilities = frozenset({Capability.SUBQUERY})
    sampling = (Sampling(SampleMethod.BLOCK, "TABLESAMPLE SYSTEM ({percent} PERCENT) REPEATABLE ({seed})"),)
    text_type = "NVARCHAR(MAX)"
    day_literal = "CAST('{}' AS DATE)"
    timestamp_literal = "CAST('{}' AS DATETIMEOFFSET)"
    wall_clock_literal = "CAST('{}' AS DATETIME2)"
    exponent_literal = "{}"  # exact literals end at 38 digits
    boolean_test = "="
    counts = "COUNT_BIG"  # COUNT fails beyond 2,147,483,647
    exact_end = "|"
    hex_digits = "CONVERT(NVARCHAR(MAX), {}, 2)"

    def ident(self, name: str) -> Fragment:
        return Fragment(f"[{name.replace(']', ']]')}]")

    def text(self, value: str) -> Fragment:
        # A backslash before a line end joins the lines: the literal is parted between the two.
        parts = re.split(r"(?<=\\)(?=\r?\n)", value)
        literals = [f"N{super(SQLServerDialect, self).text(part)}" for part in parts]
        return Fragment(literals[0] if len(literals) == 1 else f"({' + '.join(literals)})")

    def boolean(self, value: bool) -> Fragment:  # noqa: FBT001
        return Fragment("1" if value else "0")

    def timestamp(self, value: datetime) -> Fragment:
        return Fragment(super().timestamp(value).replace("+00:00", " +00:00"))

    def as_text(self, expression: str) -> Fragment:
        return Fragment(f"(CAST({expression} AS {self.text_type}) COLLATE {_BINARY})")

    def spelled(self, expression: str, data_type: DataType) -> Fragment:
        style = _STYLES.get(data_type)
        if style is None:
            return super().spelled(expression, data_type)
        return Fragment(f"CONVERT(NVARCHAR(MAX), {expression}, {style})")

    def utc_date(self, expression: str, data_type: DataType) -> Fragment:
        return self.as_date(self.instant(expression, data_type))

    def length(self, expression: str) -> Fragment:
        # LEN does not count trailing blanks.
        return Fragment(f"(LEN(({expression} + N'{self.exact_end}') COLLATE {_WHOLE_CHARACTERS}) - 1)")

    def trim(self, expression: str) -> Fragment:
        return Fragment(f"TRIM({self.text(_BLANKS)} FROM {expression})")

    def matches(self, expression: str, pattern: str) -> Fragment:  # noqa: ARG002
        message = "SQL Server has no regular expressions."
        raise Unsupported(message)

    def percentile(self, expression: str, fraction: str) -> Fragment:  # noqa: ARG002
        message = "SQL Server has no aggregate for percentiles."
        raise Unsupported(message)

    def exact(self, expression: str) -> Fragment:
        # `=`, DISTINCT and GROUP BY take no notice of trailing blanks under any collation.
        return Fragment(f"((CAST({expression} AS {self.text_type}) + N'{self.exact_end}') COLLATE {_BINARY})")

    def sortable(self, expression: str) -> Fragment:
        # What `exact` puts behind a text would come after a blank.
        return self.as_text(expression)

    def in_texts(self, expression: str, values: Sequence[str]) -> Fragment:
        listed = ", ".join(f"{value} + N'{self.exact_end}'" for value in values)
        return Fragment(f"({self.exact(expression)} IN ({listed}))")

    def now(self) -> Fragment:
        return Fragment("SYSUTCDATETIME()")

    def instant(self, expression: str, data_type: DataType) -> Fragment:
        utc = f"SWITCHOFFSET({expression}, '+00:00')" if data_type is DataType.TIMESTAMP_TZ else expression
        return Fragment(f"CAST({utc} AS DATETIME2)")

    def seconds_between(self, start: str, end: str) -> Fragment:
        return Fragment(f"(DATEDIFF_BIG(MICROSECOND, {start}, {end}) / 1e6)")

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        # AT TIME ZONE knows zones by their Windows names only: the offsets are ours.
        utc = self.instant(expression, data_type)
        return Fragment(f"DATEADD(SECOND, {self._seconds_ahead(utc, window)}, {utc})")

    def first_day(self, expression: str, *, monthly: bool) -> Fragment:
        return Fragment(f"DATEADD(DAY, 1, EOMONTH({expression}, -1))") if monthly else self.as_date(expression)

    def sum(self, expression: str) -> Fragment:
        # A decimal zero keeps the sum of integers from overflowing, and changes no other number.
        return Fragment(f"SUM({expression} + CAST(0 AS DECIMAL(1, 0)))")

    def stddev(self, expression: str, *, sample: bool) -> Fragment:
        return Fragment(f"{'STDEV' if sample else 'STDEVP'}({self.as_float(expression)})")

    def variance(self, expression: str, *, sample: bool) -> Fragment:
        return Fragment(f"{'VAR' if sample else 'VARP'}({self.as_float(expression)})")

    def limited(self, select: str, rows: int) -> Fragment:
        return Fragment(f"{select} ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT {rows} ROWS ONLY")
