"""How BigQuery says what sensors ask. Timestamps are instants, datetimes are what a clock shows."""

from __future__ import annotations

from dq_platform.connectors.dialect import Capability, Dialect, Fragment, Limits, Sampling
from dq_platform.connectors.zones import Window
from dq_platform.errors import Unsupported
from dq_platform.models.metadata import DataType
from dq_platform.models.table_sample import SampleMethod

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})


class BigQueryDialect(Dialect):
    sqlglot = "bigquery"
    quote = "`"
    limits = Limits(select_columns=1000, statement_bytes=900_000)
    capabilities = frozenset({Capability.REGEX, Capability.SUBQUERY})
    sampling = (Sampling(SampleMethod.BLOCK, "TABLESAMPLE SYSTEM ({percent} PERCENT)"),)
    text_type = "STRING"
    float_type = "FLOAT64"
    decimal_type = "BIGNUMERIC"
    timestamp_literal = "TIMESTAMP '{}'"
    wall_clock_literal = "DATETIME '{}'"
    exponent_literal = "{}"  # exact literals end at 64 bits
    hex_digits = "TO_HEX({})"
    first_characters = "SUBSTR({}, 1, {})"

    def ident(self, name: str) -> Fragment:
        return self._quoted(name, "`")

    def table(self, schema: str, table: str) -> Fragment:
        """The table's full name; the schema is a dataset, or a project and its dataset: `project.dataset`."""
        return Fragment(".".join(self.ident(part) for part in [*schema.rsplit(".", 1), table] if part))

    def text(self, value: str) -> Fragment:
        super().text(value)  # refuses what no engine takes
        return self._quoted(value, "'")

    def _quoted(self, text: str, mark: str) -> Fragment:
        escaped = text.translate(_ESCAPES).replace(mark, f"\\{mark}")
        return Fragment(f"{mark}{escaped}{mark}")

    def spelled(self, expression: str, data_type: DataType) -> Fragment:
        if data_type in (DataType.JSON, DataType.OTHER):  # documents, arrays and structures have no cast
            return Fragment(f"TO_JSON_STRING({expression})")
        return super().spelled(expression, data_type)

    def trim(self, expression: str) -> Fragment:
        return Fragment(rf"TRIM({expression}, ' \t\r\n')")

    def matches(self, expression: str, pattern: str) -> Fragment:
        return Fragment(f"REGEXP_CONTAINS({expression}, {pattern})")

    def exact(self, expression: str) -> Fragment:
        return Fragment(f"COLLATE({expression}, '')")

    def instant(self, expression: str, data_type: DataType) -> Fragment:
        return Fragment(expression if data_type is DataType.TIMESTAMP_TZ else f"TIMESTAMP({expression}, 'UTC')")

    def seconds_between(self, start: str, end: str) -> Fragment:
        return Fragment(f"(TIMESTAMP_DIFF({end}, {start}, MICROSECOND) / 1e6)")

    def utc_date(self, expression: str, data_type: DataType) -> Fragment:
        if data_type is DataType.TIMESTAMP_TZ:
            return Fragment(f"DATE({expression}, 'UTC')")
        return self.as_date(expression)

    def local_time(self, expression: str, data_type: DataType, window: Window) -> Fragment:
        return Fragment(f"DATETIME({self.instant(expression, data_type)}, {self.text(window.time_zone)})")

    def first_day(self, expression: str, *, monthly: bool) -> Fragment:
        day = self.as_date(expression)
        return Fragment(f"DATE_TRUNC({day}, MONTH)") if monthly else day

    def sum(self, expression: str) -> Fragment:
        # A decimal zero keeps the sum of integers from overflowing, and changes no other number.
        return Fragment(f"SUM({expression} + NUMERIC '0')")

    def percentile(self, expression: str, fraction: str) -> Fragment:  # noqa: ARG002
        message = "BigQuery has no exact aggregate for percentiles."
        raise Unsupported(message)
