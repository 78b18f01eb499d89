"""Earlier periods as rules look at them: by date, not by number of runs.

The value that is judged is never among them, nor is anything later. A period that has no number (nothing was measured,
NaN, an infinity) is a gap. Windows are counted in days; where a check keeps one value a month, in months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dq_platform.checks.rules.numbers import is_finite
from dq_platform.checks.rules.verdict import RuleContext, Undecided
from dq_platform.models.values import Number

LARGEST = 1e150
"""Values beyond are no part of statistics: their squares are no numbers any more."""
NOISE = 1e-9
"""Floats that differ by less than this share of the largest are equal: sums of floats depend on their order."""
EXACT_NOISE = 1e-12
"""The same for whole numbers and decimals, which are exact until they are computed with as floats."""


@dataclass(frozen=True, slots=True)
class Past:
    """The value of an earlier period, `age` days (or months) before the one that is judged."""

    age: int
    value: Number


@dataclass(frozen=True, slots=True)
class Window:
    """The periods that a rule learns from: at most `days` old, `least` of them with a value."""

    days: int
    least: int

    @property
    def history_points(self) -> int:
        return self.days


def earlier(context: RuleContext) -> tuple[Past, ...]:
    """All earlier periods that have a number, oldest first."""
    now = context.calendar.number(context.time_period)
    ages = {now - context.calendar.number(point.time_period): point.value for point in context.history}
    return tuple(Past(age, ages[age]) for age in sorted(ages, reverse=True) if age > 0 and is_finite(ages[age]))


def newest(context: RuleContext) -> Number:
    """The newest earlier value, however old. Raises Undecided if there is none."""
    points = earlier(context)
    if not points:
        raise Undecided("There is no earlier period to compare with.")
    return points[-1].value


def learnt(context: RuleContext, window: Window) -> tuple[Past, ...]:
    """The periods of the window, oldest first. Raises Undecided if too few have a value."""
    points = tuple(past for past in earlier(context) if past.age <= window.days and -LARGEST <= past.value <= LARGEST)
    require(len(points), window, context)
    return points


def require(count: int, window: Window, context: RuleContext, what: str = "values") -> None:
    """Raise Undecided unless there are at least as many as the window needs."""
    if count < window.least:
        spoken = context.calendar.spoken(window.days)
        raise Undecided(f"The {spoken} before have {count} {what} to learn from; {window.least} are needed.")


def noise(values: Sequence[Number]) -> float:
    """By how much values may differ and still be the same."""
    share = NOISE if any(isinstance(value, float) for value in values) else EXACT_NOISE
    return share * max(abs(float(value)) for value in values)
