from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dq_platform.models.result import Bounds
from tests.unit.checks.rules.builders import by_age, judge

WITHIN = "within_percent_moving_average_7_days"
BETWEEN = "between_percent_moving_average_7_days"


@pytest.mark.parametrize(
    ("earlier", "bounds"),
    [
        ([100, 110, 120], Bounds(99.0, 121.0)),
        ([-100, -100, -100], Bounds(-110.0, -90.0)),
        ([Decimal("0.1"), 0.1, 0.1], Bounds(0.09, 0.11)),
        ([0, 0, 0], Bounds(0.0, 0.0)),
        ([5, 1, None, 2, 3], Bounds(2.475, 3.025)),
    ],
)
def test_bounds_are_percents_around_the_average(earlier: list[Any], bounds: Bounds) -> None:
    verdict = judge(WITHIN, 1, earlier, max_percent_within=10.0)
    assert (verdict.bounds.lower, verdict.bounds.upper) == pytest.approx((bounds.lower, bounds.upper))


def test_the_average_is_expected_and_its_bounds_pass() -> None:
    verdicts = [judge(WITHIN, value, [100, 110, 120], max_percent_within=10.0) for value in (98.9, 99, 121, 121.1)]
    assert [verdict.passed for verdict in verdicts] == [False, True, True, False]
    assert verdicts[0].expected_value == 110
    assert verdicts[0].expected == "99 to 121"


def test_an_average_of_floats_has_no_noise() -> None:
    assert judge(WITHIN, 0.1, [0.1] * 7, max_percent_within=0.0).passed


def test_each_side_has_its_own_percents() -> None:
    verdict = judge(BETWEEN, 1, [100] * 3, max_percent_above=50.0, max_percent_below=20.0)
    assert verdict.bounds == Bounds(80.0, 150.0)


@pytest.mark.parametrize(
    ("params", "bounds"),
    [({"max_percent_above": 10.0}, Bounds(None, 110.0)), ({"max_percent_below": 10.0}, Bounds(90.0, None))],
)
def test_one_side_alone_gives_a_verdict(params: dict[str, float], bounds: Bounds) -> None:
    verdict = judge("percent_moving_average", 100, [100] * 5, **params)
    assert (verdict.passed, verdict.bounds) == (True, bounds)


@pytest.mark.parametrize(
    ("name", "days", "least"),
    [
        ("percent_moving_average", 10, 5),
        ("within_percent_moving_average_7_days", 7, 3),
        ("within_percent_moving_average_30_days", 30, 10),
        ("between_percent_moving_average_60_days", 60, 20),
    ],
)
def test_values_of_the_window_count_and_there_must_be_enough(name: str, days: int, least: int) -> None:
    params = {"max_percent_above": 10.0} if name == "percent_moving_average" else {}
    enough = dict.fromkeys(range(days - least + 1, days + 1), 100)
    assert judge(name, 100, by_age(enough | {days + 1: 10**6}), **params).passed
    verdict = judge(name, 100, by_age(dict.fromkeys(list(enough)[1:], 100) | {days + 1: 100}), **params)
    assert verdict.passed is None
    assert verdict.reason == f"The {days} days before have {least - 1} values to learn from; {least} are needed."


def test_there_are_no_percents_of_an_average_of_0_of_other_values() -> None:
    verdict = judge(WITHIN, 0, [-5, 5, 0.0], max_percent_within=10.0)
    assert verdict.passed is None
    assert "average is 0" in verdict.reason
