"""How Snowflake says what sensors ask. Instants are timestamps without zone, in UTC."""

from __future__ import annotations

from dq_platform.connectors.dialect import Dialect, Fragment, Limits, Sampling
from dq_platform.connectors.zones import Window
from dq_platform.models.metadata import DataType
from dq_platform.models.table_sample import SampleMethod


class SnowflakeDialect(Dialect):
    sqlglot = "snowflake"
    limits = Limits(select_columns=1000, statement_bytes=900_000)
    sampling = (  # with a seed, of tables alone
        Sampling(SampleMethod.ROW, "SAMPLE BERNOULLI ({percent}) SEED ({seed})"),
        Sampling(SampleMethod.BLOCK, "SAMPLE SYSTEM ({percent}) SEED ({seed})"),
    )
    text_type = "VARCHAR"
    float_type = "DOUBLE"
    timestamp_literal = "CAST('{}' AS TIMESTAMP_TZ)"
    wall_clock_literal = "CAST('{}' AS TIMESTAMP_NTZ)"
    exponent_literal = "{}"  # exact literals end at 38 digits
    boolean_test = "="
    hex_digits = "HEX_ENCODE({})"

    def text(self, value: str) -> Fragment:
        return super().text(value.replace("\\", "\\\\"))

    def utc_date(self, expression: str, data_type: DataType) -> Fragment:
        # A timestamp with a zone of its own is cast to the date that it has there.
        return self.as_date(self.instant(expression, data_type))

    def length(self, expression: str) -> Fragment:
        return Fragment(f"LENGTH({expression})")

    def trim(self, expression: str) -> Fragment:
        return Fragment(rf"TRIM({expression}, ' \t\r\n')")

    def matches(self, expression: str, pattern: str) -> Fragment:
        # A pattern has to match the whole text, and the dot every character of it.
        return Fragment(f"REGEXP_LIKE({expression}, '.*(' || {pattern} || ').*', 's')")

    def exact(self, expression: str) -> Fragment:
        return Fragment(f"TO_BINARY({expression}, 'UTF-8')")

    def now(self) -> Fragment:
        return self.instant("CURRENT_TIMESTAMP()", DataType.TIMESTAMP_TZ)

    def instant(self, expression: str, data_type: DataType) -> Fragment:
        utc = f"CONVERT_TIMEZONE('UTC', {expression})" if data_type is DataType.TIMESTAMP_TZ else expression
        return Fragment(f"CAST({utc} AS TIMESTAMP_NTZ)")

    def seconds_between(self, start: str, end: str) -> Fragment:
        return Fragment(f"({self.as_float(f'DATEDIFF(MICROSECOND, {start}, {end})')} / 1e6)")

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        zone = self.text(window.time_zone)
        return Fragment(f"CONVERT_TIMEZONE('UTC', {zone}, {self.instant(expression, data_type)})")
