"""How MySQL 8 and MariaDB say what sensors ask, in words that both understand."""

from __future__ import annotations

from datetime import datetime

from dq_platform.connectors.dialect import Capability, Dialect, Fragment, Limits
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType


class MySQLDialect(Dialect):
    sqlglot = "mysql"
    quote = "`"
    limits = Limits(select_columns=4000, statement_bytes=1_000_000)
    capabilities = frozenset({Capability.REGEX, Capability.SUBQUERY})
    text_type = "CHAR"
    float_type = "DOUBLE"
    decimal_type = "DECIMAL(65, 20)"
    regex_end = r"\z"
    exponent_literal = "{}"  # exact literals end at 65 digits

    def text(self, value: str) -> Fragment:
        # The backslash escapes: the connector takes NO_BACKSLASH_ESCAPES out of the session's sql_mode.
        return super().text(value.replace("\\", "\\\\"))

    def timestamp(self, value: datetime) -> Fragment:
        # The session's zone is UTC, and that is how it shows and compares instants.
        return self.wall_clock(value)

    def trim(self, expression: str) -> Fragment:
        blanks = self.text(r"\A[ \t\r\n]+|[ \t\r\n]+\z")
        return Fragment(f"REGEXP_REPLACE({self._unicode(expression)}, {blanks}, '')")

    def matches(self, expression: str, pattern: str) -> Fragment:
        # A binary collation makes both regex engines tell upper from lower case.
        return Fragment(f"({self._unicode(expression)} COLLATE utf8mb4_bin REGEXP {pattern})")

    def exact(self, expression: str) -> Fragment:
        # Bytes, because no collation that both products know tells trailing blanks apart.
        return Fragment(f"CAST({self._unicode(expression)} AS BINARY)")

    def sortable(self, expression: str) -> Fragment:
        # As bytes, whose order is that of the characters' codes.
        return self.exact(expression)

    def _unicode(self, expression: str) -> Fragment:
        return Fragment(f"CONVERT({expression} USING utf8mb4)")

    def now(self) -> Fragment:
        return Fragment("UTC_TIMESTAMP(6)")

    def instant(self, expression: str, data_type: DataType) -> Fragment:  # noqa: ARG002
        return Fragment(f"CAST({expression} AS DATETIME(6))")

    def seconds_between(self, start: str, end: str) -> Fragment:
        return Fragment(f"(TIMESTAMPDIFF(MICROSECOND, {start}, {end}) / 1e6)")

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:  # noqa: ARG002
        # CONVERT_TZ knows zones by name only where an administrator has loaded them: the offsets are ours.
        seconds = self._seconds_ahead(expression, window)
        return Fragment(expression if seconds == "0" else f"TIMESTAMPADD(SECOND, {seconds}, {expression})")

    def first_day(self, expression: str, *, monthly: bool) -> Fragment:
        day = self.as_date(expression)
        return Fragment(f"DATE_SUB({day}, INTERVAL (DAYOFMONTH({day}) - 1) DAY)") if monthly else day
