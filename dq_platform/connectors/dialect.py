"""The vocabulary in which sensors speak to every engine.

The base class says it in standard SQL; an engine's own class overrides data first and methods only where data
cannot say it. Arguments and results are fragments: SQL text that is already safe. Only `ident` and `literal` turn
outside text into fragments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from dq_platform.models.metadata import DataType

LiteralValue = str | bool | int | float | Decimal | date | datetime


class Fragment(str):
    """SQL text that is safe to put into a statement."""

    __slots__ = ()


class Capability(StrEnum):
    """What an engine may lack. A sensor declares what it needs; a check that needs more is refused when created."""

    REGEX = "regex"
    PERCENTILE = "percentile"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one statement of the engine can hold."""

    select_columns: int = 1000
    statement_bytes: int = 1_000_000


class Dialect:
    """Standard SQL. `sqlglot` is the name of the engine's grammar in sqlglot."""

    sqlglot: ClassVar[str] = "postgres"
    quote: ClassVar[str] = '"'
    limits: ClassVar[Limits] = Limits()
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability)
    text_type: ClassVar[str] = "TEXT"
    float_type: ClassVar[str] = "DOUBLE PRECISION"
    decimal_type: ClassVar[str] = "DECIMAL(38, 10)"

    def ident(self, name: str) -> Fragment:
        """The name, quoted, whatever characters it has."""
        return Fragment(f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}")

    def table(self, schema: str, table: str) -> Fragment:
        """The table's full name."""
        return Fragment(f"{self.ident(schema)}.{self.ident(table)}" if schema else self.ident(table))

    def literal(self, value: LiteralValue) -> Fragment:
        """The value as a literal of its type. Raises ValueError for NaN and infinities, which SQL has no literal for."""
        if isinstance(value, bool):
            return self.boolean(value)
        if isinstance(value, int):
            return Fragment(str(value))
        if isinstance(value, float | Decimal):
            return self.number(value)
        if isinstance(value, datetime):
            return self.timestamp(value)
        if isinstance(value, date):
            return Fragment(f"DATE '{value.isoformat()}'")
        return self.text(value)

    def text(self, value: str) -> Fragment:
        if "\x00" in value:
            message = "a text with a NUL character has no SQL literal"
            raise ValueError(message)
        return Fragment("'" + value.replace("'", "''") + "'")

    def boolean(self, value: bool) -> Fragment:  # noqa: FBT001
        return Fragment("TRUE" if value else "FALSE")

    def number(self, value: float | Decimal) -> Fragment:
        if not Decimal(value).is_finite():
            message = f"{value} has no SQL literal"
            raise ValueError(message)
        return Fragment(f"{Decimal(str(value)):f}")

    def timestamp(self, value: datetime) -> Fragment:
        """An instant, as the engine compares it with a timestamp that has a zone."""
        return Fragment(f"TIMESTAMP WITH TIME ZONE '{value.isoformat(sep=' ')}'")

    # Conversions

    def as_text(self, expression: str) -> Fragment:
        return Fragment(f"CAST({expression} AS {self.text_type})")

    def as_float(self, expression: str) -> Fragment:
        """A 64-bit float."""
        return Fragment(f"CAST({expression} AS {self.float_type})")

    def as_decimal(self, expression: str) -> Fragment:
        return Fragment(f"CAST({expression} AS {self.decimal_type})")

    def as_date(self, expression: str) -> Fragment:
        return Fragment(f"CAST({expression} AS DATE)")

    # Texts

    def length(self, expression: str) -> Fragment:
        """Number of characters, not bytes, trailing blanks included."""
        return Fragment(f"CHAR_LENGTH({expression})")

    def trim(self, expression: str) -> Fragment:
        """Without blanks, tabs and line ends on both sides."""
        return Fragment(f"TRIM(BOTH FROM {expression})")

    def lower(self, expression: str) -> Fragment:
        return Fragment(f"LOWER({expression})")

    def upper(self, expression: str) -> Fragment:
        return Fragment(f"UPPER({expression})")

    def matches(self, expression: str, pattern: str) -> Fragment:
        """Whether a part of the text matches the regular expression (a text literal), case-sensitive. Anchors are the pattern's own."""
        return Fragment(f"({expression} ~ {pattern})")

    def equals_text(self, left: str, right: str) -> Fragment:
        """Equality of two texts character by character: case, accents and trailing blanks count."""
        return Fragment(f"({left} = {right})")

    def in_texts(self, expression: str, values: Sequence[str]) -> Fragment:
        """Whether the text equals one of the literals, as `equals_text` has it. `values` is not empty."""
        return Fragment(f"({expression} IN ({', '.join(values)}))")

    # Times

    def now(self) -> Fragment:
        """The present instant."""
        return Fragment("CURRENT_TIMESTAMP")

    def instant(self, expression: str, data_type: DataType) -> Fragment:
        """A date, timestamp (read as UTC) or timestamp with zone as an instant that `seconds_between` takes."""
        raise NotImplementedError

    def seconds_between(self, start: str, end: str) -> Fragment:
        """Seconds from one instant to another, with fractions, as a float; negative if `end` comes first."""
        raise NotImplementedError

    def period_start(self, expression: str, data_type: DataType, *, monthly: bool, time_zone: str) -> Fragment:
        """The DATE on which the day or month of the column's value begins, in that IANA zone."""
        raise NotImplementedError

    def period_filter(self, expression: str, data_type: DataType, start: date, end: date, time_zone: str) -> Fragment:
        """Whether the column's value lies in `start` (inclusive) to `end` (exclusive), in a form that can use an index."""
        raise NotImplementedError

    # Aggregates

    def count_if(self, condition: str) -> Fragment:
        """Number of rows where the condition is true; 0 over no rows."""
        return Fragment(f"COUNT(CASE WHEN {condition} THEN 1 END)")

    def mean(self, expression: str) -> Fragment:
        return Fragment(f"AVG({self.as_float(expression)})")

    def sum(self, expression: str) -> Fragment:
        """Exact for integers and decimals, never overflowing the column's own type."""
        return Fragment(f"SUM({expression})")

    def stddev(self, expression: str, *, sample: bool) -> Fragment:
        return Fragment(f"STDDEV_{'SAMP' if sample else 'POP'}({self.as_float(expression)})")

    def variance(self, expression: str, *, sample: bool) -> Fragment:
        return Fragment(f"VAR_{'SAMP' if sample else 'POP'}({self.as_float(expression)})")

    def percentile(self, expression: str, fraction: str) -> Fragment:
        """The continuous percentile (linear interpolation) as an aggregate."""
        return Fragment(f"PERCENTILE_CONT({fraction}) WITHIN GROUP (ORDER BY {self.as_float(expression)})")

    # Statements

    def limited(self, select: str, rows: int) -> Fragment:
        return Fragment(f"{select} LIMIT {rows}")
