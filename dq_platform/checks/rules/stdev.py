"""Rules that measure in standard deviations how far a value, or its change, is from the average of those before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean

from dq_platform.checks.rules.history import Window
from dq_platform.checks.rules.parameters import Deviations
from dq_platform.checks.rules.registry import rules
from dq_platform.checks.rules.samples import Limits, changes, judged, spread, values
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.values import Number

WINDOWS = {"7_days": Window(7, 3), "30_days": Window(30, 10), "60_days": Window(60, 20)}


def _named(stem: str) -> dict[str, Window]:
    return {f"{stem}_{name}": window for name, window in WINDOWS.items()}


@rules(_named("multiply_moving_stdev"))
def multiply_moving_stdev(
    actual: Number,
    context: RuleContext,
    window: Window,
    *,
    multiply_stdev_above: Deviations | None = None,
    multiply_stdev_below: Deviations | None = None,
) -> Verdict:
    """Fails when the value is that many standard deviations above or below the average of the last {0.days} days.

    Give one of them or both. No verdict: fewer than {0.least} values, or values that never varied and one like them.

    Formula: mean - multiply_stdev_below * stdev <= actual <= mean + multiply_stdev_above * stdev, `stdev` being the
    one with n - 1
    """
    return judged(actual, values(context, window), _band(multiply_stdev_below, multiply_stdev_above))


@rules(_named("multiply_moving_stdev_within"))
def multiply_moving_stdev_within(
    actual: Number, context: RuleContext, window: Window, *, multiply_stdev: Deviations
) -> Verdict:
    """Fails when the value is outside a band around the average of the last {0.days} days.

    The band is `multiply_stdev` standard deviations wide, half of them on each side. No verdict: fewer than {0.least}
    values, or values that never varied and one like them.

    Formula: |actual - mean| <= multiply_stdev * stdev / 2, `stdev` being the one with n - 1
    """
    return judged(actual, values(context, window), _band(multiply_stdev / 2, multiply_stdev / 2))


@rules(_named("change_multiply_moving_stdev"))
def change_multiply_moving_stdev(
    actual: Number,
    context: RuleContext,
    window: Window,
    *,
    multiply_stdev_above: Deviations | None = None,
    multiply_stdev_below: Deviations | None = None,
) -> Verdict:
    """Fails when the change since the newest value is that many standard deviations from the average daily change.

    Looks at the last {0.days} days; give one limit or both. A change over missing days counts as many equal daily
    ones. No verdict: fewer than {0.least} values, or changes that never varied and one like them.

    Formula: mean - multiply_stdev_below * stdev <= actual - last <= mean + multiply_stdev_above * stdev, `mean` and
    `stdev` being those of the daily changes and `last` the newest value
    """
    return judged(actual, changes(context, window), _band(multiply_stdev_below, multiply_stdev_above))


@rules(_named("change_multiply_moving_stdev_within"))
def change_multiply_moving_stdev_within(
    actual: Number, context: RuleContext, window: Window, *, multiply_stdev: Deviations
) -> Verdict:
    """Fails when the change since the newest value is outside a band around the average daily change.

    Looks at the last {0.days} days; the band is `multiply_stdev` standard deviations wide, half of them on each side.
    A change over missing days counts as many equal daily ones. No verdict: fewer than {0.least} values, or changes
    that never varied and one like them.

    Formula: |actual - last - mean| <= multiply_stdev * stdev / 2, `mean` and `stdev` being those of the daily changes
    and `last` the newest value
    """
    return judged(actual, changes(context, window), _band(multiply_stdev / 2, multiply_stdev / 2))


def _band(below: float | None, above: float | None) -> Callable[[Sequence[float]], Limits]:
    return partial(_limits, below=below, above=above)


def _limits(numbers: Sequence[float], *, below: float | None, above: float | None) -> Limits:
    mean, deviation = fmean(numbers), spread(numbers)
    return Limits(
        lower=None if below is None else mean - below * deviation,
        middle=mean,
        upper=None if above is None else mean + above * deviation,
    )
