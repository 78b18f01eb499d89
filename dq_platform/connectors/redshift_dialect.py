"""How Redshift says what sensors ask: PostgreSQL's words where it has kept them.

The session's zone is UTC. A column that is declared CASE_INSENSITIVE stays so.
"""

from __future__ import annotations

from dq_platform.connectors.dialect import Capability, Fragment, Limits
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.errors import Unsupported


class RedshiftDialect(PostgreSQLDialect):
    sqlglot = "redshift"
    limits = Limits(select_columns=1600, statement_bytes=10_000_000)
    capabilities = frozenset({Capability.REGEX, Capability.SUBQUERY})
    sampling = ()
    text_type = "VARCHAR(65535)"  # the longest; without a length it is 256
    decimal_type = "DECIMAL(38, 10)"
    timestamp_literal = "CAST('{}' AS TIMESTAMPTZ)"
    exponent_literal = "CAST('{}' AS DOUBLE PRECISION)"  # exact literals end at 38 digits
    exact_end = "|"
    hex_digits = "FROM_VARBYTE({}, 'hex')"

    def text(self, value: str) -> Fragment:
        return super().text(value.replace("\\", "\\\\"))

    def exact(self, expression: str) -> Fragment:
        # Trailing blanks do not count when texts are compared or grouped.
        return Fragment(f"({self.as_text(expression)} || '{self.exact_end}')")

    def sortable(self, expression: str) -> Fragment:
        # What `exact` puts behind a text would come after a blank.
        return self.as_text(expression)

    def now(self) -> Fragment:
        return Fragment("(GETDATE() AT TIME ZONE 'UTC')")

    def seconds_between(self, start: str, end: str) -> Fragment:
        first, last = (self.as_float(f"EXTRACT(EPOCH FROM {moment})") for moment in (start, end))
        return Fragment(f"({last} - {first})")

    def percentile(self, expression: str, fraction: str) -> Fragment:  # noqa: ARG002
        message = "Redshift cannot sort for one percentile beside another, nor beside distinct counts."
        raise Unsupported(message)
