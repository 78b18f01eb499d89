from __future__ import annotations

from decimal import Decimal
from math import sqrt
from typing import Any

import pytest

from dq_platform.models.result import Bounds
from tests.unit.checks.rules.builders import by_age, judge

EARLIER = [2, 4, 4, 4, 5, 5, 7]
MEAN, DEVIATION = 31 / 7, sqrt(sum((x - 31 / 7) ** 2 for x in EARLIER) / 6)


def test_bounds_are_standard_deviations_from_the_mean() -> None:
    verdict = judge("multiply_moving_stdev_7_days", 4, EARLIER, multiply_stdev_above=3.0, multiply_stdev_below=2.0)
    ends = (verdict.bounds.lower, verdict.bounds.upper, verdict.expected_value)
    assert ends == pytest.approx((MEAN - 2 * DEVIATION, MEAN + 3 * DEVIATION, MEAN))


def test_a_band_is_as_wide_as_it_says() -> None:
    bounds = judge("multiply_moving_stdev_within_7_days", 4, EARLIER, multiply_stdev=4.0).bounds
    assert (bounds.lower, bounds.upper) == pytest.approx((MEAN - 2 * DEVIATION, MEAN + 2 * DEVIATION))


@pytest.mark.parametrize(
    ("params", "low", "high"),
    [({"multiply_stdev_above": 2.0}, True, False), ({"multiply_stdev_below": 2.0}, False, True)],
)
def test_one_side_alone_is_judged(params: dict[str, float], low: bool, high: bool) -> None:
    verdicts = [judge("multiply_moving_stdev_7_days", value, EARLIER, **params).passed for value in (-99, 99)]
    assert verdicts == [low, high]


def test_changes_are_added_to_the_newest_value() -> None:
    # Changes +1, +3, +2: mean 2, deviation 1.
    verdict = judge("change_multiply_moving_stdev_within_7_days", 17, [10, 11, 14, 16], multiply_stdev=4.0)
    assert (verdict.passed, verdict.bounds, verdict.expected_value) == (True, Bounds(16.0, 20.0), 18)
    one_sided = judge("change_multiply_moving_stdev_7_days", 5, [10, 11, 14, 16], multiply_stdev_above=1.0)
    assert (one_sided.passed, one_sided.bounds) == (True, Bounds(None, 19.0))


def test_a_change_over_missing_days_counts_as_many_daily_ones() -> None:
    # +4 in two days, +1 in one, and the value comes three days after the newest: mean 1.5, deviation 1 / √2.
    points = by_age({6: 10, 4: 14, 3: 15})
    verdict = judge("change_multiply_moving_stdev_within_7_days", 19, points, multiply_stdev=2.0)
    ends = (verdict.bounds.lower, verdict.expected_value, verdict.bounds.upper)
    assert ends == pytest.approx((15 + 3 * (1.5 - sqrt(0.5)), 19.5, 15 + 3 * (1.5 + sqrt(0.5))))


@pytest.mark.parametrize("constant", [[0] * 5, [0.1 + 0.2, 0.3, 0.3, 0.3], [Decimal("1e20")] * 3, [-7] * 7])
def test_values_that_never_varied_decide_only_about_others(constant: list[Any]) -> None:
    same = judge("multiply_moving_stdev_within_7_days", constant[-1], constant, multiply_stdev=2.0)
    assert same.passed is None
    assert "nothing is known of how much it may vary" in same.reason
    other = judge("multiply_moving_stdev_within_7_days", constant[-1] + 10**15, constant, multiply_stdev=2.0)
    assert other.passed is False
    assert other.bounds.lower == pytest.approx(float(constant[-1]))
    assert other.bounds.upper == pytest.approx(float(constant[-1]))


def test_steady_growth_decides_only_about_other_growth() -> None:
    grown = [100.1, 100.2, 100.3, 100.4]
    verdicts = [
        judge("change_multiply_moving_stdev_7_days", value, grown, multiply_stdev_above=2.0).passed
        for value in (100.5, 100.4, 100.6)
    ]
    assert verdicts == [None, True, False]
