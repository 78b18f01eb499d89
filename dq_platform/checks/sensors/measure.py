"""What a rendered sensor asks for: the meeting point of sensors, which write it, and the planner, which runs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from dq_platform.models.values import Number

WEIGHT = "dq_n"
"""How many rows a distinct value stands for, in a table of distinct values."""


class Effort(IntEnum):
    """What an engine has to do for each row: compare, look through patterns or long lists, or tell values apart."""

    PLAIN = 0
    PATTERN = 1
    DISTINCT = 2


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate expression over the table's rows.

    `by_value` gives the same number over a table of the column's distinct values, each with the WEIGHT of its rows;
    empty where that cannot be.
    """

    by_row: str
    by_value: str = ""

    def __str__(self) -> str:
        return self.by_row


@dataclass(frozen=True, slots=True)
class ScanMeasure:
    """A number that one pass over the table's rows gives, so that it fuses with others into one SELECT.

    `value` is an aggregate expression. With `of`, another aggregate, the reading is 100 × value / of, and there is no
    reading where `of` is 0. `expected` is a scalar or aggregate expression for sensors that bring the number to
    compare with. `by_value` is the same measure over a table of the column's distinct values, None where that cannot
    be: it looks at nothing but that column.
    """

    value: str
    of: str = ""
    expected: str = ""
    by_value: ScanMeasure | None = field(default=None, compare=False)
    effort: Effort = field(default=Effort.PLAIN, compare=False)


@dataclass(frozen=True, slots=True)
class QueryMeasure:
    """A number that needs a SELECT of its own.

    The SELECT's columns are the period and group keys it was rendered with, in order, then `value`, then `expected`
    where `has_expected`, then, with `has_rows`, how many rows it read for those keys. With `imports` its columns are
    the user's, found by their names; one of them is the severity.
    """

    select: str
    has_expected: bool = False
    imports: bool = False
    has_rows: bool = False


@dataclass(frozen=True, slots=True)
class MetadataMeasure:
    """A number that the table's catalogue entry gives without asking the source; None: there is none."""

    value: Number | None


Measure = ScanMeasure | QueryMeasure | MetadataMeasure
