"""How Oracle 12.2 and later say what sensors ask.

An empty text is NULL. The session compares texts as NLS_COMP = BINARY does, and writes numbers with a dot.
"""

from __future__ import annotations

from datetime import datetime

from dq_platform.connectors.dialect import Capability, Dialect, Fragment, Limits, Sampling
from dq_platform.connectors.regex_parts import split_pattern
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType, TableKind
from dq_platform.models.table_sample import SampleMethod

_PATTERN_BYTES = 512
_SAMPLED = frozenset({TableKind.TABLE, TableKind.MATERIALIZED_VIEW})
"""Of views only those that keep the keys of their tables can be sampled, and the catalogue does not tell which do."""
_FORMATS = {
    DataType.DATE: "YYYY-MM-DD",
    DataType.TIMESTAMP: "YYYY-MM-DD HH24:MI:SS.FF6",
    DataType.TIMESTAMP_TZ: "YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM",
}
"""How times are written; the session's own formats lose parts of them."""


class OracleDialect(Dialect):
    """Names with double quotes, which no table of Oracle has, are refused by the engine."""

    sqlglot = "oracle"
    limits = Limits(select_columns=1000, statement_bytes=1_000_000)
    capabilities = frozenset({Capability.REGEX, Capability.PERCENTILE})
    sampling = (
        Sampling(SampleMethod.ROW, "SAMPLE ({percent}) SEED ({seed})", _SAMPLED),
        Sampling(SampleMethod.BLOCK, "SAMPLE BLOCK ({percent}) SEED ({seed})", _SAMPLED),
    )
    float_type = "BINARY_DOUBLE"
    decimal_type = "NUMBER"
    timestamp_literal = "TIMESTAMP '{}'"
    exponent_literal = "CAST('{}' AS BINARY_DOUBLE)"  # exact literals end at 40 digits
    hex_digits = "RAWTOHEX({})"
    first_characters = "SUBSTR({}, 1, {})"

    def timestamp(self, value: datetime) -> Fragment:
        return Fragment(super().timestamp(value).replace("+00:00", " +00:00"))

    def wall_clock(self, value: datetime) -> Fragment:
        # A column of type DATE, which has a time of day, need not be converted to be compared with this.
        literal = super().wall_clock(value)
        if value.microsecond:
            return literal
        return Fragment(f"TO_DATE({literal.removeprefix('TIMESTAMP ')}, 'YYYY-MM-DD HH24:MI:SS')")

    def as_text(self, expression: str) -> Fragment:
        return Fragment(f"TO_CHAR({expression})")

    def shown(self, expression: str, data_type: DataType, characters: int) -> Fragment:
        if data_type in (DataType.TEXT, DataType.OTHER):  # a CLOB is converted only if it is short
            return self.as_text(self.first_characters.format(expression, characters))
        return super().shown(expression, data_type, characters)

    def spelled(self, expression: str, data_type: DataType) -> Fragment:
        if data_type is DataType.TIMESTAMP:  # also of type DATE, which has no fractions of a second to format
            expression = f"CAST({expression} AS TIMESTAMP)"
        form = _FORMATS.get(data_type)
        return Fragment(f"TO_CHAR({expression}, '{form}')") if form else super().spelled(expression, data_type)

    def as_date(self, expression: str) -> Fragment:
        return Fragment(f"TRUNC({expression})")

    def utc_date(self, expression: str, data_type: DataType) -> Fragment:
        return self.as_date(self.instant(expression, data_type))

    def length(self, expression: str) -> Fragment:
        return Fragment(f"LENGTH({expression})")

    def trim(self, expression: str) -> Fragment:
        blanks = "' ' || CHR(9) || CHR(10) || CHR(13)"
        return Fragment(f"RTRIM(LTRIM({expression}, {blanks}), {blanks})")

    def trimmed_length(self, expression: str) -> Fragment:
        # What is left of a blank text is NULL.
        left = self.length(self.trim(expression))
        return Fragment(f"CASE WHEN {expression} IS NOT NULL THEN COALESCE({left}, 0) END")

    def matches(self, expression: str, pattern: str) -> Fragment:
        written = pattern[1:-1].replace("''", "'")
        literals = [self.text(part) for part in split_pattern(written, _PATTERN_BYTES)]
        return Fragment("(" + " OR ".join(f"REGEXP_LIKE({expression}, {one}, 'c')" for one in literals) + ")")

    def exact(self, expression: str) -> Fragment:
        # VARCHAR2: a CHAR beside another would be compared without its trailing blanks.
        return self.as_text(expression)

    def sortable(self, expression: str) -> Fragment:
        return self.exact(expression)

    def now(self) -> Fragment:
        return Fragment("SYS_EXTRACT_UTC(SYSTIMESTAMP)")

    def instant(self, expression: str, data_type: DataType) -> Fragment:
        if data_type is DataType.TIMESTAMP_TZ:
            return Fragment(f"SYS_EXTRACT_UTC({expression})")
        return Fragment(f"CAST({expression} AS TIMESTAMP)")

    def seconds_between(self, start: str, end: str) -> Fragment:
        units = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
        parts = [f"EXTRACT({unit} FROM ({end} - {start})) * {seconds}" for unit, seconds in units.items()]
        return self.as_float(" + ".join(parts))

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        aware = f"FROM_TZ({self.instant(expression, data_type)}, 'UTC') AT TIME ZONE {self.text(window.time_zone)}"
        return Fragment(f"CAST({aware} AS TIMESTAMP)")

    def first_day(self, expression: str, *, monthly: bool) -> Fragment:
        return Fragment(f"TRUNC({expression}, 'MM')") if monthly else self.as_date(expression)

    def limited(self, select: str, rows: int) -> Fragment:
        return Fragment(f"{select} FETCH FIRST {rows} ROWS ONLY")
