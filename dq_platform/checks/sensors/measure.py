"""What a rendered sensor asks for: the meeting point of sensors, which write it, and the planner, which runs it."""

from __future__ import annotations

from dataclasses import dataclass

from dq_platform.models.values import Number


@dataclass(frozen=True, slots=True)
class ScanMeasure:
    """A number that one pass over the table's rows gives, so that it fuses with others into one SELECT.

    `value` is an aggregate expression. With `of`, another aggregate, the reading is 100 × value / of, and there is no
    reading where `of` is 0. `expected` is a scalar or aggregate expression for sensors that bring the number to
    compare with.
    """

    value: str
    of: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class QueryMeasure:
    """A number that needs a SELECT of its own.

    The SELECT's columns are the period and group keys it was rendered with, in order, then `value`, then `expected`
    where `has_expected`. With `imports` its columns are the user's, found by their names; one of them is the severity.
    """

    select: str
    has_expected: bool = False
    imports: bool = False


@dataclass(frozen=True, slots=True)
class MetadataMeasure:
    """A number that the table's catalogue entry gives without asking the source; None: there is none."""

    value: Number | None


Measure = ScanMeasure | QueryMeasure | MetadataMeasure
