from __future__ import annotations

import pytest

from tests.unit.checks.rules.builders import judge

EARLIER = [8, 9, 10, 11, 12]  # Mean 10, variance 2.5.


def test_bounds_are_percentiles_of_a_normal_distribution() -> None:
    verdict = judge("percentile_moving_7_days", 10, EARLIER, percentile_above=2.5, percentile_below=5.0)
    ends = (verdict.bounds.lower, verdict.bounds.upper, verdict.expected_value)
    assert ends == pytest.approx((10 - 1.6448536 * 2.5**0.5, 10 + 1.9599640 * 2.5**0.5, 10), abs=1e-6)


@pytest.mark.parametrize(
    ("params", "low", "high"), [({"percentile_above": 1.0}, True, False), ({"percentile_below": 1.0}, False, True)]
)
def test_one_side_alone_is_judged(params: dict[str, float], low: bool, high: bool) -> None:
    assert [judge("percentile_moving_7_days", value, EARLIER, **params).passed for value in (-99, 99)] == [low, high]


def test_changes_are_added_to_the_newest_value() -> None:
    # Changes +1, +3, +2: mean 2, deviation 1.
    verdict = judge("change_percentile_moving_7_days", 18, [10, 11, 14, 16], percentile_above=2.5)
    assert (verdict.bounds.lower, verdict.expected_value) == (None, 18)
    assert verdict.bounds.upper == pytest.approx(18 + 1.9599640, abs=1e-6)


def test_values_that_never_varied_decide_only_about_others() -> None:
    verdicts = [
        judge("percentile_moving_7_days", value, [5, 5, 5], percentile_above=1.0, percentile_below=1.0).passed
        for value in (5, 6, 4)
    ]
    assert verdicts == [None, False, False]


def test_too_few_values_decide_nothing() -> None:
    assert judge("percentile_moving_30_days", 5, [1, 2, 3] * 3, percentile_above=1.0).passed is None
