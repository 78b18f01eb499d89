"""What statistical rules learn from, and the verdict by the limits they find.

A sample is of values, or of changes per day: a change over a gap is divided by the days that it spans, and a value
that follows a gap may have changed as many times as much. Where a check keeps one value a month, days are months.

A sample without scatter says nothing of how much a value may vary: a value that is the same gets no verdict, one that
is not fails. Floats are the same if rounding explains what sets them apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from dq_platform.checks.rules.comparison import exact
from dq_platform.checks.rules.history import LARGEST, Past, Window, learnt, noise
from dq_platform.checks.rules.verdict import RuleContext, Undecided, Verdict
from dq_platform.models.result import Bounds
from dq_platform.models.values import Number


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sample says of the next value: between `lower` and `upper`, None if open, most likely `middle`."""

    lower: float | None
    middle: float
    upper: float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """Numbers, oldest first. A limit x of theirs is the limit `origin` + `span` · x of the value that is judged."""

    numbers: tuple[float, ...]
    tolerance: float
    origin: float = 0.0
    span: int = 1

    @property
    def is_constant(self) -> bool:
        return max(self.numbers) - min(self.numbers) <= self.tolerance

    def only(self, numbers: Iterable[float]) -> Sample:
        return Sample(tuple(numbers), self.tolerance, self.origin, self.span)

    def _scaled(self, limit: float | None) -> float | None:
        return None if limit is None else self.origin + self.span * limit

    def limits(self, found: Limits) -> Limits:
        """Limits of the value that is judged."""
        return Limits(self._scaled(found.lower), self.origin + self.span * found.middle, self._scaled(found.upper))


def values(context: RuleContext, window: Window) -> Sample:
    """The window's values. Raises Undecided if there are too few."""
    points = learnt(context, window)
    return Sample(tuple(float(past.value) for past in points), _noise(points))


def changes(context: RuleContext, window: Window) -> Sample:
    """The window's changes from value to value, for each day. Raises Undecided if there are too few values."""
    points = learnt(context, window)
    rates = (
        (float(later.value) - float(former.value)) / (former.age - later.age) for former, later in pairwise(points)
    )
    last = points[-1]
    return Sample(tuple(rates), _noise(points), float(last.value), last.age)


def _noise(points: Sequence[Past]) -> float:
    return noise([past.value for past in points])


def judged(actual: Number, sample: Sample, model: Callable[[Sequence[float]], Limits]) -> Verdict:
    """Whether the value is within the limits that the model finds in the sample's numbers."""
    limits = sample.limits(model(sample.numbers))
    if sample.is_constant and is_same(actual, limits.middle, sample.tolerance):
        text = readable(limits.middle)
        raise Undecided(f"The value is {text}, as ever: nothing is known of how much it may vary.")
    return verdict(actual, limits, sample.tolerance)


def verdict(actual: Number, limits: Limits, tolerance: float = 0.0) -> Verdict:
    """Whether the value is within the limits, or next to them. Raises Undecided if they are no numbers."""
    ends = [end for end in (limits.lower, limits.middle, limits.upper) if end is not None]
    if not all(map(math.isfinite, ends)):
        raise Undecided("The earlier values are too far apart to be computed with.")
    value, lower, upper = exact(actual), limits.lower, limits.upper
    above = lower is None or value >= exact(lower - tolerance)
    below = upper is None or value <= exact(upper + tolerance)
    return Verdict(above and below, _interval(lower, upper), Bounds(lower, upper), limits.middle)


def is_same(actual: Number, value: float, tolerance: float) -> bool:
    return abs(exact(actual) - exact(value)) <= exact(tolerance)


def spread(numbers: Sequence[float]) -> float:
    """The sample standard deviation, with n - 1; 0 for fewer than two numbers."""
    mean = fmean(numbers)
    widest = max(abs(number - mean) for number in numbers)
    if len(numbers) < 2 or widest == 0:
        return 0.0
    return widest * math.sqrt(math.fsum(((number - mean) / widest) ** 2 for number in numbers) / (len(numbers) - 1))


def require_computable(numbers: Iterable[float]) -> None:
    """Raise Undecided if some are too large to be squared."""
    if any(abs(number) > LARGEST for number in numbers):
        raise Undecided("The earlier values are too far apart to be computed with.")


def readable(number: float) -> str:
    """Six digits or all before the point."""
    return f"{number:.0f}" if abs(number) >= 1e5 else f"{number:.6g}"


def _interval(lower: float | None, upper: float | None) -> str:
    if lower is not None and upper is not None:
        return f"{readable(lower)} to {readable(upper)}"
    if lower is not None:
        return f">= {readable(lower)}"
    return f"<= {readable(upper)}" if upper is not None else "any value"
