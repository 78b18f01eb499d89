"""Rules that compare a value with the average of the periods before."""

from __future__ import annotations

from decimal import Context, Decimal

from dq_platform.checks.rules.comparison import exact, within
from dq_platform.checks.rules.history import Window, learnt, noise
from dq_platform.checks.rules.parameters import DiffPercent
from dq_platform.checks.rules.registry import rules
from dq_platform.checks.rules.verdict import RuleContext, Undecided, Verdict
from dq_platform.models.values import Number

WINDOWS = {"7_days": Window(7, 3), "30_days": Window(30, 10), "60_days": Window(60, 20)}

_DIGITS = Context(prec=50)


@rules({"percent_moving_average": Window(10, 5)})
def percent_moving_average(
    actual: Number,
    context: RuleContext,
    window: Window,
    *,
    max_percent_above: DiffPercent | None = None,
    max_percent_below: DiffPercent | None = None,
) -> Verdict:
    """Fails when the value is too many percent above or below the average of the last {0.days} days; give one or both.

    Percents are of the average's size, so that an average below 0 has an upper limit above it too. After nothing but 0
    only 0 passes. No verdict: fewer than {0.least} values, or an average of 0 of values that are not.

    Formula: mean - |mean| * max_percent_below / 100 <= actual <= mean + |mean| * max_percent_above / 100, `mean` being
    the average of the values of the last {0.days} days
    """
    return _moving(actual, context, window, max_percent_below, max_percent_above)


@rules({f"between_percent_moving_average_{name}": window for name, window in WINDOWS.items()})
def between_percent_moving_average(
    actual: Number,
    context: RuleContext,
    window: Window,
    *,
    max_percent_above: DiffPercent = 10.0,
    max_percent_below: DiffPercent = 10.0,
) -> Verdict:
    """Fails when the value is too many percent above or below the average of the last {0.days} days.

    Percents are of the average's size, so that an average below 0 has an upper limit above it too. After nothing but 0
    only 0 passes. No verdict: fewer than {0.least} values, or an average of 0 of values that are not.

    Formula: mean - |mean| * max_percent_below / 100 <= actual <= mean + |mean| * max_percent_above / 100, `mean` being
    the average of the values of the last {0.days} days
    """
    return _moving(actual, context, window, max_percent_below, max_percent_above)


@rules({f"within_percent_moving_average_{name}": window for name, window in WINDOWS.items()})
def within_percent_moving_average(
    actual: Number, context: RuleContext, window: Window, *, max_percent_within: DiffPercent = 10.0
) -> Verdict:
    """Fails when the value is more than `max_percent_within` above or below the average of the last {0.days} days.

    Percents are of the average's size, so that an average below 0 has an upper limit above it too. After nothing but 0
    only 0 passes. No verdict: fewer than {0.least} values, or an average of 0 of values that are not.

    Formula: mean - |mean| * max_percent_within / 100 <= actual <= mean + |mean| * max_percent_within / 100, `mean`
    being the average of the values of the last {0.days} days
    """
    return _moving(actual, context, window, max_percent_within, max_percent_within)


def _moving(actual: Number, context: RuleContext, window: Window, below: float | None, above: float | None) -> Verdict:
    """Averages are computed in decimals: that of ten times 0.1 is 0.1."""
    values = [past.value for past in learnt(context, window)]
    mean = _DIGITS.divide(sum(map(exact, values), Decimal(0)), Decimal(len(values)))
    if any(values) and abs(mean) <= exact(noise(values)):
        raise Undecided("The average is 0, though the values are not: there is nothing to take percents of.")
    lower = None if below is None else mean - abs(mean) * exact(below) / 100
    upper = None if above is None else mean + abs(mean) * exact(above) / 100
    return within(actual, lower=lower, upper=upper, expected_value=mean)
