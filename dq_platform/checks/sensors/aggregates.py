"""The words of a template for aggregates, each said of rows and of distinct values that stand for several rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dq_platform.checks.sensors.measure import WEIGHT, Aggregate, Effort
from dq_platform.connectors.dialect import Dialect, Fragment

FEW = 8
"""As many texts an engine compares without effort."""


def all_rows(dialect: Dialect) -> Aggregate:
    """Number of rows."""
    return Aggregate(dialect.count(), f"COALESCE(SUM({WEIGHT}), 0)")


def aggregate(value: str | Aggregate) -> Aggregate:
    """The aggregate, or the one that a template wrote itself, of which nobody knows how to say it otherwise."""
    return value if isinstance(value, Aggregate) else Aggregate(str(value))  # str() of a name that is not there raises


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows for which a condition holds, as a number or as a share `of` others.

    `offending` is the condition of the rows that speak against the data; empty if single rows do not.
    """

    value: Aggregate
    of: Aggregate | None = None
    offending: str = ""


class AggregateWords:
    """The aggregates of one rendering; `effort` is the greatest that one of them, or a condition in it, takes."""

    def __init__(self, dialect: Dialect, column: str) -> None:
        self.effort = Effort.PLAIN
        self._dialect = dialect
        self._column = column

    def helpers(self) -> dict[str, object]:
        """Every word by the name that templates use."""
        return {
            "all_rows": all_rows(self._dialect),
            "count_if": self.count_if,
            "percent_if": self.percent_if,
            "count_distinct": self.count_distinct,
            "repeats": self.repeats,
            "share": self.share,
            "least": self.least,
            "greatest": self.greatest,
            "matches": self.matches,
            "one_of": self.one_of,
        }

    def count_if(self, condition: str, *, good: bool = False) -> Counted:
        """Number of rows where the condition is true: the ones to object to, or, if they are `good`, all others are."""
        return Counted(self._holding(condition), offending=_not_true(condition) if good else condition)

    def percent_if(self, condition: str, of: str | Aggregate | None = None, *, good: bool = False) -> Counted:
        """Share of rows where the condition is true: of those with a value, unless `of` counts others.

        They are the ones to object to; if they are `good`, the others that are counted.
        """
        offending = condition
        if good:
            offending = _not_true(condition) if of else f"{self._column} IS NOT NULL AND {_not_true(condition)}"
        return Counted(self._holding(condition), aggregate(of) if of else self.values(), offending)

    def count_distinct(self, expression: str) -> Aggregate:
        """Number of different values of an expression."""
        self.effort = Effort.DISTINCT
        counted = self._dialect.count(f"DISTINCT {expression}")
        return Aggregate(counted, counted)

    def repeats(self, expression: str) -> Aggregate:
        """Number of the column's values that repeat an earlier one, as the expression tells them apart."""
        values, distinct = self.values(), self.count_distinct(expression)
        return Aggregate(f"{values} - {distinct}", f"{values.by_value} - {distinct.by_value}")

    def share(self, value: str | Aggregate) -> Counted:
        """What an aggregate counts as a share of the values that are not NULL."""
        return Counted(aggregate(value), self.values())

    def values(self) -> Aggregate:
        """Number of rows where the column is not NULL."""
        weighed = f"SUM(CASE WHEN {self._column} IS NOT NULL THEN {WEIGHT} END)"
        return Aggregate(self._dialect.count(self._column), f"COALESCE({weighed}, 0)")

    def least(self, expression: str) -> Aggregate:
        return Aggregate(f"MIN({expression})", f"MIN({expression})")

    def greatest(self, expression: str) -> Aggregate:
        return Aggregate(f"MAX({expression})", f"MAX({expression})")

    def matches(self, text: str, pattern: str) -> Fragment:
        """Whether a part of the text matches the regular expression."""
        self.effort = max(self.effort, Effort.PATTERN)
        return self._dialect.matches(text, pattern)

    def one_of(self, text: str, values: Sequence[str]) -> Fragment:
        """Whether the text equals one of the literals, character by character."""
        if len(values) > FEW:
            self.effort = max(self.effort, Effort.PATTERN)
        return self._dialect.in_texts(text, values)

    def _holding(self, condition: str) -> Aggregate:
        weighed = f"SUM(CASE WHEN {condition} THEN {WEIGHT} END)"
        return Aggregate(self._dialect.count_if(condition), f"COALESCE({weighed}, 0)")


def _not_true(condition: str) -> str:
    """Whether the condition is false or unknown, also on engines without values for that."""
    return f"CASE WHEN {condition} THEN 0 ELSE 1 END = 1"
