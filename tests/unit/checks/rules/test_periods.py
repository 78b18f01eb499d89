from __future__ import annotations

from datetime import UTC, date, datetime

from dq_platform.checks.rules.periods import Calendar
from dq_platform.models.check import TimeScale

MONTHS = Calendar("Europe/Berlin", TimeScale.MONTHLY)


def test_days_are_those_of_the_zone_and_consecutive_over_a_change_of_clocks() -> None:
    berlin = Calendar("Europe/Berlin")
    midnights = [datetime(2024, 3, 29 + day, 23, tzinfo=UTC) for day in (0, 1)] + [
        datetime(2024, 3, 31, 22, tzinfo=UTC)
    ]
    assert [berlin.day(midnight) for midnight in midnights] == [
        date(2024, 3, 30),
        date(2024, 3, 31),
        date(2024, 4, 1),
    ]
    numbers = [berlin.number(midnight) for midnight in midnights]
    assert [number - numbers[0] for number in numbers] == [0, 1, 2]


def test_months_are_consecutive_over_a_year() -> None:
    december, january = datetime(2023, 11, 30, 23, tzinfo=UTC), datetime(2023, 12, 31, 23, tzinfo=UTC)
    assert MONTHS.number(january) - MONTHS.number(december) == 1
    assert MONTHS.date_of(MONTHS.number(january)) == date(2024, 1, 1)
    assert MONTHS.date_of(MONTHS.number(december)) == date(2023, 12, 1)


def test_lengths_of_time_are_spoken_in_the_unit_of_the_periods() -> None:
    assert [Calendar().spoken(1), Calendar().spoken(90), MONTHS.spoken(3)] == ["1 day", "90 days", "3 months"]
