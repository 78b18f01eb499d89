from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from dq_platform.checks.rules.seasons import best_season, clipped_error, day_of_month, days_left

DAYS = [date(2024, 1, 1) + timedelta(days=index) for index in range(180)]


def noisy(value: float, rng: random.Random) -> float:
    return value + rng.gauss(0, 1)


@pytest.fixture
def rng() -> random.Random:
    return random.Random(1)


def test_noise_has_no_season(rng: random.Random) -> None:
    season = best_season(DAYS, [noisy(100, rng) for _ in DAYS])
    assert {season.effect(day) for day in DAYS} == {0.0}


def test_weekends_are_found_and_their_size(rng: random.Random) -> None:
    season = best_season(DAYS, [noisy(40 if day.weekday() >= 5 else 100, rng) for day in DAYS])
    monday, sunday = date(2024, 7, 1), date(2024, 6, 30)
    assert season.effect(sunday) - season.effect(monday) == pytest.approx(-60, abs=2)


def test_the_first_and_the_last_of_a_month_are_found(rng: random.Random) -> None:
    first = best_season(DAYS, [noisy(200 if day.day == 1 else 100, rng) for day in DAYS])
    assert (first.key, round(first.effect(date(2024, 7, 1)), -1), first.effect(date(2024, 7, 2))) == (
        day_of_month,
        100,
        0.0,
    )
    last = best_season(DAYS, [noisy(200 if days_left(day) == 0 else 100, rng) for day in DAYS])
    assert (last.key, round(last.effect(date(2024, 8, 31)), -1), last.effect(date(2024, 8, 30))) == (days_left, 100, 0)


def test_a_special_day_on_top_of_its_weekday(rng: random.Random) -> None:
    values = [noisy((40 if day.weekday() >= 5 else 100) + (50 if day.day == 15 else 0), rng) for day in DAYS]
    season = best_season(DAYS, values)
    assert not season.replaces
    monday, saturday = date(2024, 7, 15), date(2024, 6, 15)
    assert season.effect(monday) - season.effect(saturday) == pytest.approx(60, abs=3)


def test_a_special_day_in_place_of_its_weekday(rng: random.Random) -> None:
    values = [noisy(300 if day.day == 15 else 40 if day.weekday() >= 5 else 100, rng) for day in DAYS]
    season = best_season(DAYS, values)
    assert season.replaces
    assert season.effect(date(2024, 7, 15)) == season.effect(date(2024, 6, 15)) == pytest.approx(200, abs=3)


def test_two_anomalies_on_one_day_of_the_month_do_not_make_it_special(rng: random.Random) -> None:
    odd = {date(2024, 2, 10), date(2024, 4, 10)}
    season = best_season(DAYS, [noisy(1000 if day in odd else 100, rng) for day in DAYS])
    assert season.effect(date(2024, 7, 10)) == 0.0


def test_a_value_is_not_its_own_season(rng: random.Random) -> None:
    values = [noisy(40 if day.weekday() >= 5 else 100, rng) for day in DAYS]
    changed = [*values[:100], 10_000.0, *values[101:]]
    before, after = best_season(DAYS, values), best_season(DAYS, changed)
    assert after.left_out[100] == pytest.approx(before.left_out[100], abs=1.0)


def test_no_error_counts_more_than_the_limit() -> None:
    assert clipped_error([1, -1, 1, 1000], 10) == 13 / 4
    assert clipped_error([0, 0, 0, 5], 0) == 5 / 4
