from __future__ import annotations

from decimal import Decimal
from statistics import stdev
from typing import Any

import pytest

from dq_platform.checks.rules.student import upper_quantile
from tests.unit.checks.rules.builders import by_age, judge

STATIONARY = "anomaly_stationary_percentile_moving_average"
DIFFERENCING = "anomaly_differencing_percentile_moving_average"
T = upper_quantile(0.05)  # 10 percent beyond both limits: a twentieth beyond each.

SYMMETRIC = [*range(-16, 0), *range(1, 17)]


def test_values_that_are_not_all_positive_are_judged_as_they_are() -> None:
    half = range(1, 17)
    end = 8.5 + stdev(half) * T
    verdict = judge(STATIONARY, 0, SYMMETRIC, anomaly_percent=10.0)
    ends = (verdict.bounds.lower, verdict.expected_value, verdict.bounds.upper)
    assert ends == pytest.approx((-end, 0.0, end))
    assert [judge(STATIONARY, value, SYMMETRIC, anomaly_percent=10.0).passed for value in (18.0, 19, -19)] == [
        True,
        False,
        False,
    ]


def test_positive_values_are_judged_by_ratios_so_that_twice_is_as_far_as_half() -> None:
    # Around 100: ratios 1.1 and 1.2 up, and the same down; signed distances 0.1 and 0.2 on both sides.
    values = [110.0, 120.0, 100 / 1.1, 100 / 1.2, 100.0] * 6
    up = [0.1, 0.2, 0.0] * 6
    end = 0.1 + stdev(up) * T
    verdict = judge(STATIONARY, 100, values, anomaly_percent=10.0)
    ends = (verdict.bounds.lower, verdict.expected_value, verdict.bounds.upper)
    assert ends == pytest.approx((100 / (1 + end), 100.0, 100 * (1 + end)))


def test_changes_are_judged_around_the_newest_value() -> None:
    values, total = [], 0
    for index in range(33):
        total += 3 if index % 2 else -1
        values.append(total)
    # Changes are +3 and -1 in turn, 16 of each: median 1; the halves do not vary in themselves.
    verdict = judge(DIFFERENCING, total + 1, values, anomaly_percent=10.0)
    assert (verdict.bounds.lower, verdict.expected_value, verdict.bounds.upper) == (total - 1, total + 1, total + 3)


def test_growth_is_judged_by_ratios() -> None:
    steps = [10, 20, 40] * 11
    values = [sum(steps[:count]) for count in range(34)]
    up, low = [1.0] * 11 + [0.0] * 11, [0.0] * 11 + [-1.0] * 11
    verdict = judge(DIFFERENCING, values[-1] + 20, values, anomaly_percent=10.0)
    assert (verdict.bounds.lower, verdict.bounds.upper) == pytest.approx(
        (values[-1] + 20 / (1 + 0.5 + stdev(low) * T), values[-1] + 20 * (1 + 0.5 + stdev(up) * T))
    )


def test_a_change_over_missing_days_counts_as_many_daily_ones() -> None:
    points = {age: (100 - age) * 10 + age % 2 for age in range(5, 60)}
    verdict = judge(DIFFERENCING, 1000, by_age(points), anomaly_percent=10.0)
    assert verdict.passed
    assert verdict.expected_value == pytest.approx(1001, abs=6)
    assert not judge(DIFFERENCING, points[5] + 10, by_age(points), anomaly_percent=10.0).passed


@pytest.mark.parametrize("name", ["anomaly_partition_row_count", "anomaly_stationary_count_values"])
def test_a_0_in_the_history_of_counts_is_not_learnt_from(name: str) -> None:
    counts = [90, 100, 110] * 11
    with_0 = judge(name, 100, [*counts, 0, 0], anomaly_percent=10.0)
    without = judge(name, 100, counts, anomaly_percent=10.0)
    assert with_0.passed
    assert with_0.bounds.upper == without.bounds.upper
    assert without.bounds.lower is not None
    assert without.bounds.lower > 70


def test_a_count_of_0_is_an_anomaly_unless_there_was_one_but_an_empty_partition_always_is() -> None:
    counts = [90, 100, 110] * 11
    judged = [
        judge(name, 0, earlier, anomaly_percent=0.01).passed
        for name in ("anomaly_stationary_count_values", "anomaly_partition_row_count")
        for earlier in (counts, [*counts, 0])
    ]
    assert judged == [False, True, False, False]


def test_percentages_below_and_above_the_median_have_their_own_scales() -> None:
    values = [40.0, 50.0, 60.0] * 10
    high = [100 / (100 - x) for x in values if x >= 50]
    low = [50 / x for x in values if x <= 50]
    upper = 100 - 100 / ((2.0 + 2.5) / 2 + stdev(high) * T)
    lower = 50 / ((1.0 + 1.25) / 2 + stdev(low) * T)
    verdict = judge("anomaly_stationary_percent_values", 50, values, anomaly_percent=10.0)
    ends = (verdict.bounds.lower, verdict.expected_value, verdict.bounds.upper)
    assert ends == pytest.approx((lower, 50, upper))


@pytest.mark.parametrize(
    ("seen", "lower_open", "upper_open"), [(0.0, True, False), (100.0, False, True), (None, False, False)]
)
def test_a_0_or_100_that_was_seen_is_no_anomaly(seen: float | None, lower_open: bool, upper_open: bool) -> None:
    values = [*[40.0, 50.0, 60.0] * 10, seen]
    judged = [judge("anomaly_stationary_percent_values", value, values).passed for value in (0, 100)]
    assert judged == [lower_open, upper_open]


def test_a_column_without_nulls_that_has_some_is_an_anomaly() -> None:
    judged = [judge("anomaly_stationary_percent_values", value, [0.0] * 40).passed for value in (0, 0.5, 100)]
    assert judged == [None, False, False]


def test_a_delay_has_an_upper_limit_only() -> None:
    delays = [0.5, 1.0, 1.5] * 11
    late = [x for x in delays if x >= 1.0]
    verdict = judge("anomaly_timeliness_delay", 0.0, delays, anomaly_percent=5.0)
    assert (verdict.passed, verdict.bounds.lower) == (True, None)
    assert verdict.bounds.upper == pytest.approx(1.25 + stdev(late) * T)
    assert judge("anomaly_timeliness_delay", 9.0, delays, anomaly_percent=5.0).passed is False


def test_data_that_is_fresher_than_ever_is_no_anomaly() -> None:
    judged = [judge("anomaly_timeliness_delay", value, [1.0] * 40).passed for value in (0.2, 1.0, 1.1)]
    assert judged == [True, None, False]


@pytest.mark.parametrize(
    "name",
    [
        STATIONARY,
        f"{STATIONARY}_30_days",
        "anomaly_partition_row_count",
        "anomaly_stationary_count_values",
        "anomaly_stationary_percent_values",
    ],
)
@pytest.mark.parametrize("constant", [5, Decimal("0.1"), 0.3])
def test_values_that_never_varied_decide_only_about_others(name: str, constant: Any) -> None:
    earlier = [constant] * 20 + [constant if isinstance(constant, int | Decimal) else 0.1 + 0.2] * 20
    same, more, less = (judge(name, value, earlier) for value in (constant, constant * 2, constant / 2))
    assert (same.passed, more.passed, less.passed) == (None, False, False)
    assert more.bounds.lower == pytest.approx(float(constant))
    assert more.bounds.upper == pytest.approx(float(constant))


@pytest.mark.parametrize(
    ("name", "days", "least"),
    [
        (STATIONARY, 90, 30),
        (f"{STATIONARY}_30_days", 30, 10),
        (DIFFERENCING, 90, 30),
        (f"{DIFFERENCING}_30_days", 30, 10),
        ("anomaly_partition_row_count", 90, 30),
        ("anomaly_stationary_count_values", 90, 30),
        ("anomaly_stationary_percent_values", 90, 30),
        ("anomaly_timeliness_delay", 90, 30),
    ],
)
def test_too_few_values_decide_nothing(name: str, days: int, least: int) -> None:
    values = {age: 20 + age * 7 % 13 for age in range(days - least + 1, days + 1)}
    assert judge(name, 25, by_age(values)).passed is not None
    verdict = judge(name, 25, by_age({age: value for age, value in values.items() if age != days} | {days + 1: 30}))
    assert verdict.passed is None
    assert verdict.reason.endswith(f"; {least} are needed.")


def test_values_that_are_too_far_apart_decide_nothing() -> None:
    verdict = judge(STATIONARY, 1.0, [5e-324, 1e150] * 20)
    assert verdict.passed is None
    assert "too far apart" in verdict.reason


def test_less_frequent_anomalies_lie_further_out() -> None:
    widths = []
    for percent in (1.0, 0.1, 0.05, 0.01):
        bounds = judge(STATIONARY, 100, [90.0, 100.0, 115.0] * 12, anomaly_percent=percent).bounds
        assert bounds.lower is not None
        assert bounds.upper is not None
        widths.append(bounds.upper - bounds.lower)
    assert widths == sorted(widths)
