"""The vocabulary in which sensors speak to every engine.

The base class says it in standard SQL; an engine's own class overrides data first and methods only where data
cannot say it. Arguments and results are fragments: SQL text that is already safe. Only `ident` and `literal` turn
outside text into fragments.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from dq_platform.connectors import zones
from dq_platform.errors import Unsupported
from dq_platform.models.metadata import DataType, TableKind
from dq_platform.models.table_sample import SampleMethod, TableSample

LiteralValue = str | bool | int | float | Decimal | date | datetime


class Fragment(str):
    """SQL text that is safe to put into a statement."""

    __slots__ = ()


class Capability(StrEnum):
    """What an engine may lack. A sensor declares what it needs; a check that needs more is refused when created."""

    REGEX = "regex"
    PERCENTILE = "percentile"
    SUBQUERY = "subquery beside aggregates"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one statement of the engine can hold."""

    select_columns: int = 1000
    statement_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Layout:
    """When it pays on an engine to measure otherwise than in one pass over the rows, from `benchmarks/`.

    Never for a table of fewer than `least_rows`. A column's distinct values are counted first if there are at most
    `counted_values`, each in `rows_per_value` rows on average; those of several columns in one pass if there are at
    most `joint_values` combinations. `lone_distincts`: COUNT(DISTINCT ...) of other columns makes everything beside it
    slower, and has a statement of its own. `tables_together` is how many small tables one statement reads at most.
    `side_by_side`: several statements at once may take less time than one after the other.
    """

    least_rows: int = 200_000
    counted_values: int = 0
    rows_per_value: int = 10
    joint_values: int = 1000
    lone_distincts: bool = False
    tables_together: int = 16
    side_by_side: bool = True


@dataclass(frozen=True, slots=True)
class Sampling:
    """How an engine is asked for a sample, and of which kinds of tables it can take one.

    `clause` stands behind a table's name in FROM; it has places for `percent` and `seed`, a whole number from 0 to
    2**31 - 1. Where it has a seed, the same one gives the same rows as long as the table does not change.
    """

    method: SampleMethod
    clause: str
    kinds: frozenset[TableKind] = frozenset({TableKind.TABLE})


def require_timestamp(data_type: DataType) -> None:
    if data_type not in (DataType.TIMESTAMP, DataType.TIMESTAMP_TZ):
        message = f"A column of type {data_type} holds no date; periods need a date or a timestamp."
        raise Unsupported(message)


class Dialect(ABC):
    """Standard SQL. `sqlglot` is the name of the engine's grammar in sqlglot."""

    sqlglot: ClassVar[str] = "postgres"
    quote: ClassVar[str] = '"'
    limits: ClassVar[Limits] = Limits()
    layout: ClassVar[Layout] = Layout()
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability)
    sampling: ClassVar[tuple[Sampling, ...]] = ()
    """The methods that the engine has of its own: a random condition on every row is none."""
    text_type: ClassVar[str] = "TEXT"
    float_type: ClassVar[str] = "DOUBLE PRECISION"
    decimal_type: ClassVar[str] = "DECIMAL(38, 10)"
    regex_end: ClassVar[str] = "$"
    """How a pattern says that the text ends here, a line end before it not forgiven."""
    day_literal: ClassVar[str] = "DATE '{}'"
    timestamp_literal: ClassVar[str] = "TIMESTAMP WITH TIME ZONE '{}'"
    wall_clock_literal: ClassVar[str] = "TIMESTAMP '{}'"
    exponent_literal: ClassVar[str] = ""
    """How a float with an exponent is written where exact literals end too soon to write it without."""
    boolean_test: ClassVar[str] = "IS"
    counts: ClassVar[str] = "COUNT"
    hex_digits: ClassVar[str] = "HEX({})"
    first_characters: ClassVar[str] = "SUBSTRING({}, 1, {})"
    exact_end: ClassVar[str] = ""
    """What `exact` puts behind a text where trailing blanks would not count otherwise: no part of the text."""

    def ident(self, name: str) -> Fragment:
        """The name, quoted, whatever characters it has."""
        return Fragment(f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}")

    def table(self, schema: str, table: str) -> Fragment:
        """The table's full name."""
        return Fragment(f"{self.ident(schema)}.{self.ident(table)}" if schema else self.ident(table))

    def sampled(self, table: str, sample: TableSample, seed: int) -> Fragment:
        """The table as FROM takes a sample of it, by a method that the engine has."""
        clause = next(one.clause for one in self.sampling if one.method is sample.method)
        return Fragment(f"{table} {clause.format(percent=sample.percent_text, seed=seed)}")

    def literal(self, value: LiteralValue) -> Fragment:
        """The value as a literal of its type. Raises ValueError for NaN, infinities and texts that hold a NUL."""
        if isinstance(value, bool):
            return self.boolean(value)
        if isinstance(value, int):
            return Fragment(str(value))
        if isinstance(value, float | Decimal):
            return self.number(value)
        if isinstance(value, datetime):
            return self.timestamp(value) if value.tzinfo else self.wall_clock(value)
        if isinstance(value, date):
            return self.day(value)
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
        if self.exponent_literal and isinstance(value, float) and "e" in repr(value):
            return Fragment(self.exponent_literal.format(repr(value)))
        return Fragment(f"{Decimal(str(value)):f}")

    def day(self, value: date) -> Fragment:
        return Fragment(self.day_literal.format(value.isoformat()))

    def timestamp(self, value: datetime) -> Fragment:
        """An instant, as the engine compares it with a timestamp that has a zone; UTC if the value has none."""
        instant = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return Fragment(self.timestamp_literal.format(instant.isoformat(sep=" ")))

    def wall_clock(self, value: datetime) -> Fragment:
        """What a clock shows, as the engine compares it with a timestamp that has no zone; UTC if the value has one."""
        shown = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return Fragment(self.wall_clock_literal.format(shown.isoformat(sep=" ")))

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

    def utc_date(self, expression: str, data_type: DataType) -> Fragment:  # noqa: ARG002
        """The DATE that a date, timestamp or timestamp with zone has in UTC."""
        return self.as_date(expression)

    def shown(self, expression: str, data_type: DataType, characters: int) -> Fragment:
        """The value as a text for people, cut off after so many characters; NULL stays NULL."""
        return Fragment(self.first_characters.format(self.spelled(expression, data_type), characters))

    def spelled(self, expression: str, data_type: DataType) -> Fragment:
        """The whole value as a text for people, bytes as hexadecimal digits."""
        if data_type is DataType.BOOLEAN:
            true, false = (self.is_boolean(expression, value) for value in (True, False))
            return self.as_text(f"CASE WHEN {true} THEN 'true' WHEN {false} THEN 'false' END")
        return self.as_text(self.hex_digits.format(expression) if data_type is DataType.BINARY else expression)

    # Booleans

    def is_boolean(self, expression: str, value: bool) -> Fragment:  # noqa: FBT001
        """Whether a boolean is just that value; false for NULL."""
        return Fragment(f"{expression} {self.boolean_test} {self.boolean(value)}")

    # Texts

    def length(self, expression: str) -> Fragment:
        """Number of characters, not bytes, trailing blanks included."""
        return Fragment(f"CHAR_LENGTH({expression})")

    def trim(self, expression: str) -> Fragment:
        """Without blanks, tabs and line ends on both sides."""
        return Fragment(f"TRIM(BOTH FROM {expression})")

    def trimmed_length(self, expression: str) -> Fragment:
        """Number of characters that `trim` leaves: 0 of a blank text, NULL only of NULL."""
        return self.length(self.trim(expression))

    def lower(self, expression: str) -> Fragment:
        return Fragment(f"LOWER({expression})")

    def upper(self, expression: str) -> Fragment:
        return Fragment(f"UPPER({expression})")

    def matches(self, expression: str, pattern: str) -> Fragment:
        """Whether a part of the text matches the regular expression (a text literal), case-sensitive.

        Engines agree on literals, classes, anchors, alternation, groups and quantifiers, over text on one line.
        """
        return Fragment(f"({expression} ~ {pattern})")

    def exact(self, expression: str) -> Fragment:
        """A key that is equal for two texts only if all their characters are: to compare and group by, not to show.

        Case, accents and trailing blanks count, whatever the column's collation.
        """
        return Fragment(expression)

    def sortable(self, expression: str) -> Fragment:
        """The text form of a column that MIN and MAX order by the codes of its characters."""
        return self.exact(self.as_text(expression))

    def equals_text(self, left: str, right: str) -> Fragment:
        """Equality of two texts character by character: case, accents and trailing blanks count."""
        return Fragment(f"({self.exact(left)} = {self.exact(right)})")

    def in_texts(self, expression: str, values: Sequence[str]) -> Fragment:
        """Whether the text equals one of the literals, as `equals_text` has it. `values` is not empty."""
        return Fragment(f"({self.exact(expression)} IN ({', '.join(self.exact(value) for value in values)}))")

    # Times

    def now(self) -> Fragment:
        """The present instant."""
        return Fragment("CURRENT_TIMESTAMP")

    @abstractmethod
    def instant(self, expression: str, data_type: DataType) -> Fragment:
        """A date, timestamp (read as UTC) or timestamp with zone as an instant that `seconds_between` takes."""

    @abstractmethod
    def seconds_between(self, start: str, end: str) -> Fragment:
        """Seconds from one instant to another, with fractions, as a float; negative if `end` comes first."""

    def period_start(
        self,
        expression: str,
        data_type: DataType,
        *,
        monthly: bool,
        time_zone: str,
        start: date = zones.EARLIEST,
        end: date = zones.LATEST,
    ) -> Fragment:
        """The DATE on which the day or month of the column's value begins, in that IANA zone.

        A timestamp without zone is read as UTC; a date belongs to no zone. The answer is right for values from
        `start` to `end`: the narrower they are, the shorter the SQL on engines that know no zones themselves.
        Raises Unsupported for a type that holds no date.
        """
        if data_type is DataType.DATE:
            return self.first_day(expression, monthly=monthly)
        require_timestamp(data_type)
        local = self.local_time(expression, data_type, zones.Window(time_zone, start, end))
        return self.first_day(local, monthly=monthly)

    @abstractmethod
    def local_time(self, expression: str, data_type: DataType, window: zones.Window) -> Fragment:
        """A timestamp, with or without zone, as a clock in the window's zone shows it."""

    def first_day(self, expression: str, *, monthly: bool) -> Fragment:
        """The DATE of a date or of a timestamp without zone, or the first of its month."""
        return self.as_date(f"DATE_TRUNC('month', {expression})" if monthly else expression)

    def _seconds_ahead(self, instant: str, window: zones.Window) -> str:
        """How many seconds the window's zone is ahead of UTC then, for engines that know no zones by name."""
        *changes, last = zones.offsets(window)
        cases = [
            f"WHEN {instant} < {self.wall_clock(offset.until)} THEN {offset.seconds}"
            for offset in changes
            if offset.until is not None
        ]
        return f"CASE {' '.join(cases)} ELSE {last.seconds} END" if cases else str(last.seconds)

    def period_filter(self, expression: str, data_type: DataType, start: date, end: date, time_zone: str) -> Fragment:
        """Whether the column's value lies in `start` (inclusive) to `end` (exclusive).

        The column stands alone, so that an index on it serves. Raises Unsupported for a type that holds no date.
        """
        lower, upper = (self._bound(day, data_type, time_zone) for day in (start, end))
        return Fragment(f"({expression} >= {lower} AND {expression} < {upper})")

    def _bound(self, day: date, data_type: DataType, time_zone: str) -> Fragment:
        if data_type is DataType.DATE:
            return self.literal(day)
        require_timestamp(data_type)
        begins = zones.start_of_day(day, time_zone)
        return self.timestamp(begins) if data_type is DataType.TIMESTAMP_TZ else self.wall_clock(begins)

    # Aggregates

    def count(self, expression: str = "*") -> Fragment:
        """Number of rows, or of those where the expression is not NULL, as a 64-bit integer."""
        return Fragment(f"{self.counts}({expression})")

    def count_if(self, condition: str) -> Fragment:
        """Number of rows where the condition is true; 0 over no rows."""
        return self.count(f"CASE WHEN {condition} THEN 1 END")

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

    def roughly_distinct(self, expression: str) -> Fragment | None:  # noqa: ARG002
        """About how many different values there are, by an aggregate that costs little; None if there is none."""
        return None

    # Statements

    def limited(self, select: str, rows: int) -> Fragment:
        """At most so many rows of a SELECT that has no order of its own."""
        return Fragment(f"{select} LIMIT {rows}")
