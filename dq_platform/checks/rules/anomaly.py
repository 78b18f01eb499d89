"""Rules that find anomalies by the values, or changes, above and below the median of those before, each half by itself.

A half's limit is its median plus its standard deviation times a quantile of Student's t distribution with five degrees
of freedom, whose heavy tails allow for the anomalies that a history has. `anomaly_percent` is the share of values that
may lie beyond both limits. A half has at least half of the values, since it holds the median too; one that does not
vary ends at its median.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from dq_platform.checks.rules.history import Window, require
from dq_platform.checks.rules.parameters import Tail
from dq_platform.checks.rules.registry import rule, rules
from dq_platform.checks.rules.samples import (
    Limits,
    Sample,
    changes,
    judged,
    require_computable,
    spread,
    values,
)
from dq_platform.checks.rules.student import upper_quantile
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.values import Number

QUARTER, MONTH = Window(90, 30), Window(30, 10)

Model = Callable[[Sequence[float]], Limits]


def _named(stem: str) -> dict[str, Window]:
    return {stem: QUARTER, f"{stem}_30_days": MONTH}


@rules(_named("anomaly_stationary_percentile_moving_average"))
def anomaly_stationary_percentile_moving_average(
    actual: Number, context: RuleContext, window: Window, *, anomaly_percent: Tail = 0.05
) -> Verdict:
    """Fails when the value is an anomaly among those of the last {0.days} days, for values that keep their level.

    Values that are all above 0 are judged by their ratio to the median. No verdict: fewer than {0.least} values, or
    values that never varied and one like them.

    Formula: with m the median of the values, the half above m has the limit median(half) + stdev(half) * t, that below
    m likewise; t is the quantile 1 - anomaly_percent / 200 of Student's t with 5 degrees of freedom; of ratios z = x /
    m - 1 above m and 1 - m / x below if all values are above 0, else of the values
    """
    return judged(actual, values(context, window), _stationary(anomaly_percent))


@rules(_named("anomaly_differencing_percentile_moving_average"))
def anomaly_differencing_percentile_moving_average(
    actual: Number, context: RuleContext, window: Window, *, anomaly_percent: Tail = 0.05
) -> Verdict:
    """Fails when the change since the newest value is an anomaly among the daily changes of the last {0.days} days.

    For values that grow or wander. A change over missing days counts as many equal daily ones. Changes that are all
    above 0 are judged by their ratio to the median. No verdict: fewer than {0.least} values, or changes that never
    varied and one like them.

    Formula: as `anomaly_stationary_percentile_moving_average`, of actual - last, `last` being the newest value, and of
    the daily changes
    """
    return judged(actual, changes(context, window), _stationary(anomaly_percent))


@rule("anomaly_partition_row_count", history_points=QUARTER.days, least_history=QUARTER.least)
def anomaly_partition_row_count(actual: Number, context: RuleContext, *, anomaly_percent: Tail = 0.05) -> Verdict:
    """Fails when the row count's ratio to the median of the last 90 days is an anomaly.

    Only counts above 0 are learnt from. No verdict: fewer than 30 of them, or counts that never varied and one like
    them.

    Formula: as `anomaly_stationary_percentile_moving_average`, always of ratios, and of counts above 0 alone
    """
    sample = values(context, QUARTER)
    return _of_some(actual, context, sample, [count for count in sample.numbers if count > 0], _ratio(anomaly_percent))


@rule("anomaly_stationary_count_values", history_points=QUARTER.days, least_history=QUARTER.least)
def anomaly_stationary_count_values(actual: Number, context: RuleContext, *, anomaly_percent: Tail = 0.05) -> Verdict:
    """Fails when the count's ratio to the median of the last 90 days is an anomaly.

    Only counts above 0 are learnt from; if there was a 0 before, 0 is no anomaly. No verdict: fewer than 30 of them,
    or counts that never varied and one like them.

    Formula: as `anomaly_partition_row_count`; the lower limit is 0 if there was a 0 before
    """
    sample = values(context, QUARTER)
    above_0 = [count for count in sample.numbers if count > 0]
    model = _ratio(anomaly_percent)
    return _of_some(actual, context, sample, above_0, partial(_open, model=model, low=0.0 in sample.numbers))


@rule("anomaly_stationary_percent_values", history_points=QUARTER.days, least_history=QUARTER.least)
def anomaly_stationary_percent_values(actual: Number, context: RuleContext, *, anomaly_percent: Tail = 0.05) -> Verdict:
    """Fails when the percentage is an anomaly among those of the last 90 days.

    Below the median ratios count, above it ratios of what is missing to 100. Only percentages between 0 and 100 are
    learnt from; if there was a 0 or a 100 before, there is no lower or no upper limit. No verdict: fewer than 30 of
    them, or percentages that never varied and one like them.

    Formula: with m the median of the percentages between 0 and 100, the half above m has the limit median(half) +
    stdev(half) * t, that below m likewise; t is the quantile 1 - anomaly_percent / 200 of Student's t with 5 degrees
    of freedom; of ratios m / x below m and of 100 / (100 - x) above
    """
    sample = values(context, QUARTER)
    between = [percent for percent in sample.numbers if 0 < percent < 100]
    model = partial(_percentages, tail=anomaly_percent / 200)
    known = partial(_open, model=model, low=min(sample.numbers) <= 0, high=max(sample.numbers) >= 100)
    return _of_some(actual, context, sample, between, known)


@rule("anomaly_timeliness_delay", history_points=QUARTER.days, least_history=QUARTER.least)
def anomaly_timeliness_delay(actual: Number, context: RuleContext, *, anomaly_percent: Tail = 0.5) -> Verdict:
    """Fails when the delay is longer than almost all of the last 90 days; a shorter one always passes.

    Only delays above 0 are learnt from. No verdict: fewer than 30 of them, or delays that never varied and one like
    them.

    Formula: actual <= median(half) + stdev(half) * t, the half being the delays that are not below their median; t is
    the quantile 1 - anomaly_percent / 100 of Student's t with 5 degrees of freedom
    """
    sample = values(context, QUARTER)
    delays = [delay for delay in sample.numbers if delay > 0]
    if not sample.is_constant:
        require(len(delays), QUARTER, context, "usable values")
    return judged(actual, sample.only(delays or sample.numbers), partial(_longest, tail=anomaly_percent / 100))


def _of_some(actual: Number, context: RuleContext, sample: Sample, usable: Sequence[float], model: Model) -> Verdict:
    """By those of the sample that the model can use, unless it is one number again and again, usable or not."""
    if sample.is_constant:
        return judged(actual, sample, _exactly)
    require(len(usable), QUARTER, context, "usable values")
    return judged(actual, sample.only(usable), model)


def _exactly(numbers: Sequence[float]) -> Limits:
    same = median(numbers)
    return Limits(same, same, same)


def _stationary(anomaly_percent: float) -> Model:
    def model(numbers: Sequence[float]) -> Limits:
        return _ratios(numbers, tail=tail) if min(numbers) > 0 else _halves(numbers, median(numbers), tail)

    tail = anomaly_percent / 200
    return model


def _ratio(anomaly_percent: float) -> Model:
    return partial(_ratios, tail=anomaly_percent / 200)


def _halves(numbers: Sequence[float], middle: float, tail: float) -> Limits:
    """Limits by the numbers that are not below the middle, and by those that are not above it."""
    above, below = [x for x in numbers if x >= middle], [x for x in numbers if x <= middle]
    return Limits(-_end([-x for x in below], tail), middle, _end(above, tail))


def _end(half: Sequence[float], tail: float) -> float:
    require_computable(half)
    return median(half) + spread(half) * upper_quantile(tail)


def _ratios(numbers: Sequence[float], *, tail: float) -> Limits:
    """Twice and half of the median are equally far from it: at +1 and -1."""
    middle = median(numbers)
    signed = [x / middle - 1 if x >= middle else 1 - middle / x for x in numbers]
    found = _halves(signed, 0.0, tail)
    return Limits(middle / (1 - (found.lower or 0.0)), middle, middle * (1 + (found.upper or 0.0)))


def _percentages(numbers: Sequence[float], *, tail: float) -> Limits:
    middle = median(numbers)
    least = _end([middle / x for x in numbers if x <= middle], tail)
    most = _end([100 / (100 - x) for x in numbers if x >= middle], tail)
    return Limits(middle / least, middle, 100 - 100 / most)


def _open(numbers: Sequence[float], *, model: Model, low: bool = False, high: bool = False) -> Limits:
    """The model's limits without those that the history has shown to be none."""
    found = model(numbers)
    return Limits(0.0 if low else found.lower, found.middle, 100.0 if high else found.upper)


def _longest(numbers: Sequence[float], *, tail: float) -> Limits:
    middle = median(numbers)
    return Limits(None, middle, _end([x for x in numbers if x >= middle], tail))
