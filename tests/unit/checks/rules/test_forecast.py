from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dq_platform.checks.rules.forecast import AS_IT_IS, LOGARITHM, Series, fit

START = date(2024, 1, 1)
TODAY = START + timedelta(days=180)


def series(usual: Callable[[int], float], length: int = 180, *, is_daily: bool = True) -> Series:
    days = tuple(TODAY - timedelta(days=length - index) for index in range(length))
    numbers = tuple(index - length for index in range(length))
    return Series(numbers, days, tuple(usual(index) for index in range(length)), is_daily)


@pytest.fixture
def noise() -> Callable[[], float]:
    rng = random.Random(7)
    return lambda: rng.gauss(0, 1)


def test_growth_by_amounts_goes_on(noise: Callable[[], float]) -> None:
    _, expected, _ = fit(series(lambda day: 10 * day - 500 + noise())).limits(TODAY, 0.01)
    assert expected == pytest.approx(1300, abs=3)


def test_growth_by_percents_goes_on_and_its_limits_are_percents(noise: Callable[[], float]) -> None:
    found = fit(series(lambda day: 1000 * 1.02**day * (1 + noise() / 50)))
    lower, expected, upper = found.limits(TODAY, 0.01)
    assert found.scale is LOGARITHM
    assert expected == pytest.approx(1000 * 1.02**180, rel=0.03)
    assert (upper + 1) / (expected + 1) == pytest.approx((expected + 1) / (lower + 1))


def test_values_below_0_are_taken_as_they_are(noise: Callable[[], float]) -> None:
    assert fit(series(lambda day: noise())).scale is AS_IT_IS


def test_weeks_and_growth_are_told_apart(noise: Callable[[], float]) -> None:
    found = fit(series(lambda day: 100 + 3 * day + (50 if day % 7 < 2 else 0) + noise()))
    assert found.limits(TODAY, 0.01)[1] == pytest.approx(100 + 3 * 180 + (50 if 180 % 7 < 2 else 0), abs=3)


@pytest.mark.parametrize(("after", "adapted"), [(1, False), (7, True)])
def test_a_shifted_level_counts_after_seven_values(after: int, adapted: bool, noise: Callable[[], float]) -> None:
    found = fit(series(lambda day: (200 if day >= 180 - after else 100) + noise()))
    lower, _, upper = found.limits(TODAY, 0.0005)
    assert (lower <= 200 <= upper) is adapted


def test_what_wanders_is_expected_near_its_newest_values(noise: Callable[[], float]) -> None:
    level = [0.0]
    found = fit(series(lambda day: level.append(level[-1] + 5 * noise()) or level[-1]))  # type: ignore[func-returns-value]
    assert found.memory == 3
    assert abs(found.limits(TODAY, 0.01)[1] - level[-1]) < 20


def test_one_anomaly_in_twelve_does_not_move_the_limits_far(noise: Callable[[], float]) -> None:
    values = [100 + noise() for _ in range(180)]
    clean = fit(series(lambda day: values[day])).limits(TODAY, 0.0005)
    odd = fit(series(lambda day: 1000.0 if day % 12 == 5 else values[day])).limits(TODAY, 0.0005)
    assert odd[1] == pytest.approx(clean[1], abs=0.5)
    assert odd[2] - odd[1] < 2.5 * (clean[2] - clean[1])


def test_months_have_no_weekdays(noise: Callable[[], float]) -> None:
    found = fit(series(lambda day: (40 if day % 7 >= 5 else 100) + noise(), is_daily=False))
    assert not found.season.weekdays


def test_the_limits_hold_for_as_many_values_as_they_say() -> None:
    rng = random.Random(3)
    values = [rng.gauss(100, 1) for _ in range(180)]
    lower, _, upper = fit(series(lambda day: values[day])).limits(TODAY, 0.025)
    outside = sum(not lower <= rng.gauss(100, 1) <= upper for _ in range(2000)) / 2000
    assert 0.01 < outside < 0.07
