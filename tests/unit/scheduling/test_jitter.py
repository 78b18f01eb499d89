from __future__ import annotations

from datetime import timedelta

import pytest

from dq_platform.scheduling.jitter import jitter_violations, offset, shortest_period
from tests.unit.scheduling.builders import BERLIN, utc

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("cron", "period"),
    [
        ("* * * * *", MINUTE),
        ("*/15 * * * *", 15 * MINUTE),
        ("50 * * * *", HOUR),
        ("0,7 6 * * *", 7 * MINUTE),
        ("55,5 0,23 * * *", 10 * MINUTE),
    ],
)
def test_the_shortest_time_between_two_runs(cron: str, period: timedelta) -> None:
    assert shortest_period(cron, BERLIN) == period


@pytest.mark.parametrize("cron", ["0 6 * * *", "0 0 29 2 *", "0 6 1 * *"])
def test_rare_runs_are_farther_apart_than_any_jitter(cron: str) -> None:
    assert shortest_period(cron, BERLIN) > HOUR


@pytest.mark.parametrize(
    ("cron", "jitter", "said"),
    [
        ("0 6 * * *", timedelta(), None),
        ("0 6 * * *", HOUR, None),
        ("*/5 * * * *", timedelta(seconds=299), None),
        ("*/5 * * * *", 5 * MINUTE, "300 seconds; it has 300"),
        ("0 6 * * *", HOUR + timedelta(seconds=1), "an hour, not 3601 seconds"),
        ("0 6 * * *", -MINUTE, "not -60 seconds"),
        ("0 6 * * *", timedelta(microseconds=1), "a millisecond"),
    ],
)
def test_jitter_is_at_most_an_hour_and_shorter_than_the_period(cron: str, jitter: timedelta, said: str | None) -> None:
    found = jitter_violations(jitter, cron, "UTC", "schedule.jitter")
    if said is None:
        assert found == []
    else:
        assert [(one.field, one.reason) for one in found] == [("schedule.jitter", "OUT_OF_RANGE")]
        assert said in found[0].description


def test_the_offset_depends_on_schedule_and_moment_alone() -> None:
    moment = utc("2026-03-10T05:00")
    assert offset("a", moment, HOUR) == offset("a", moment, HOUR) != offset("b", moment, HOUR)
    assert offset("a", moment, HOUR) != offset("a", moment + HOUR, HOUR)
    assert offset("a", moment, timedelta()) == timedelta()
    assert {offset(str(n), moment, timedelta(milliseconds=2)) for n in range(50)} == {
        timedelta(),
        timedelta(milliseconds=1),
    }
