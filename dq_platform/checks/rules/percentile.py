"""Rules that expect a value, or its change, to come from the normal distribution of those before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import NormalDist, fmean

from dq_platform.checks.rules.history import Window
from dq_platform.checks.rules.parameters import Tail
from dq_platform.checks.rules.registry import rules
from dq_platform.checks.rules.samples import Limits, changes, judged, spread, values
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.values import Number

WINDOWS = {"7_days": Window(7, 3), "30_days": Window(30, 10), "60_days": Window(60, 20)}


def _named(stem: str) -> dict[str, Window]:
    return {f"{stem}_{name}": window for name, window in WINDOWS.items()}


@rules(_named("percentile_moving"))
def percentile_moving(
    actual: Number,
    context: RuleContext,
    window: Window,
    *,
    percentile_above: Tail | None = None,
    percentile_below: Tail | None = None,
) -> Verdict:
    """Fails when the value is among the highest or lowest percents of a normal distribution.

    Its mean and standard deviation are those of the last {0.days} days; give one limit or both. No verdict: fewer than
    {0.least} values, or values that never varied and one like them.

    Formula: mean + stdev * z(percentile_below / 100) <= actual <= mean - stdev * z(percentile_above / 100), z being
    the quantile of the standard normal distribution and `stdev` the one with n - 1
    """
    return judged(actual, values(context, window), _between(percentile_below, percentile_above))


@rules(_named("change_percentile_moving"))
def change_percentile_moving(
    actual: Number,
    context: RuleContext,
    window: Window,
    *,
    percentile_above: Tail | None = None,
    percentile_below: Tail | None = None,
) -> Verdict:
    """Fails when the change since the newest value is among the highest or lowest percents of a normal distribution.

    Its mean and standard deviation are those of the daily changes of the last {0.days} days; give one limit or both. A
    change over missing days counts as many equal daily ones. No verdict: fewer than {0.least} values, or changes that
    never varied and one like them.

    Formula: as `percentile_moving`, of actual - last, `last` being the newest value, and of the daily changes
    """
    return judged(actual, changes(context, window), _between(percentile_below, percentile_above))


def _between(below: float | None, above: float | None) -> Callable[[Sequence[float]], Limits]:
    return partial(_limits, below=below, above=above)


def _limits(numbers: Sequence[float], *, below: float | None, above: float | None) -> Limits:
    mean, deviation = fmean(numbers), spread(numbers)
    return Limits(
        lower=None if below is None else mean + deviation * NormalDist().inv_cdf(below / 100),
        middle=mean,
        upper=None if above is None else mean - deviation * NormalDist().inv_cdf(above / 100),
    )
