"""Rules that know the weekday, the day of the month and the trend, and are not misled by a few earlier anomalies."""

from __future__ import annotations

from dataclasses import replace

from dq_platform.checks.rules.forecast import Series, fit
from dq_platform.checks.rules.history import Window, learnt, noise
from dq_platform.checks.rules.parameters import Points, Tail
from dq_platform.checks.rules.registry import rule
from dq_platform.checks.rules.samples import Limits, is_same, readable, verdict
from dq_platform.checks.rules.verdict import RuleContext, Undecided, Verdict
from dq_platform.models.check import TimeScale
from dq_platform.models.values import Number

DAYS = 180
LEAST = 30
"""How many values are needed unless a check says otherwise."""


@rule("anomaly_seasonal", history_points=DAYS, least_history=LEAST)
def anomaly_seasonal(
    actual: Number, context: RuleContext, *, anomaly_percent: Tail = 0.05, min_points: Points = LEAST
) -> Verdict:
    """Fails when the value is far from what the last 180 days let expect for its weekday and its day of the month.

    Learns level, trend and pattern by medians, as far as they make forecasts of earlier values better; needs
    `min_points` values, three weeks of each for weekdays, three months for days of the month. A level that has shifted
    is the new normal after 7 values at the latest. Missing days are skipped. `anomaly_percent` is the share of values
    that may lie beyond both limits. No verdict: too few values, or values that were always exactly as expected and one
    like them.

    Formula: |actual - (level + trend + season)| <= scale of the forecasts' errors * t, on the values or their
    logarithms; t is the quantile 1 - anomaly_percent / 200 of Student's t with 5 degrees of freedom
    """
    return _judged(actual, context, min_points, anomaly_percent / 200)


@rule("anomaly_seasonal_delay", history_points=DAYS, least_history=LEAST)
def anomaly_seasonal_delay(
    actual: Number, context: RuleContext, *, anomaly_percent: Tail = 0.5, min_points: Points = LEAST
) -> Verdict:
    """Fails when a delay is much longer than the last 180 days let expect for its weekday and its day of the month.

    A shorter one always passes. Learns as `anomaly_seasonal` does; `anomaly_percent` is the share of values that may
    lie beyond the limit.

    Formula: as `anomaly_seasonal`, with the upper limit alone and the quantile 1 - anomaly_percent / 100
    """
    return _judged(actual, context, min_points, anomaly_percent / 100, lower=False)


def _judged(actual: Number, context: RuleContext, min_points: int, tail: float, *, lower: bool = True) -> Verdict:
    points = learnt(context, Window(DAYS, min_points))
    calendar, now = context.calendar, context.calendar.number(context.time_period)
    series = Series(
        numbers=tuple(-past.age for past in points),
        days=tuple(calendar.date_of(now - past.age) for past in points),
        values=tuple(float(past.value) for past in points),
        is_daily=calendar.scale is TimeScale.DAILY,
    )
    limits = Limits(*fit(series).limits(calendar.date_of(now), tail))
    tolerance = noise([past.value for past in points])
    if limits.upper is not None and limits.upper - limits.middle <= tolerance:
        if is_same(actual, limits.middle, tolerance):
            text = readable(limits.middle)
            raise Undecided(f"The value is {text}, exactly as ever: nothing is known of how much it may vary.")
        limits = replace(limits, lower=limits.middle, upper=limits.middle)
    return verdict(actual, limits if lower else replace(limits, lower=None), tolerance)
