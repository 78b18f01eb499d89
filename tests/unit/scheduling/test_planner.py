from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from dq_platform.errors import Invalid
from dq_platform.scheduling.planner import MOST_COUNTED, Due, Planner
from tests.unit.scheduling.builders import schedule, utc

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEVER = {"paused": True}, {"next_run_time": None}


@pytest.mark.parametrize(
    ("now", "count", "following"),
    [
        ("2026-03-10T05:00", 1, "2026-03-11T05:00"),
        ("2026-03-11T04:59", 1, "2026-03-11T05:00"),
        ("2026-03-14T12:00", 5, "2026-03-15T05:00"),
        # The clocks go forward on the 29th: six o'clock in Berlin comes an hour earlier.
        ("2026-03-30T04:00", 21, "2026-03-31T04:00"),
    ],
)
def test_what_was_missed_is_one_run_of_the_first_moment_that_knows_their_number(
    now: str, count: int, following: str
) -> None:
    assert Planner().due(schedule(), utc(now)) == Due(utc("2026-03-10T05:00"), count, utc(following))


@pytest.mark.parametrize(
    ("cron", "planned", "now", "count"),
    [
        # 02:30 does not exist on the 29th of March and exists twice on the 25th of October: once a day all the same.
        ("30 2 * * *", "2026-03-28T01:30", "2026-03-31T00:00", 3),
        ("30 2 * * *", "2026-10-24T00:30", "2026-10-26T02:00", 3),
        # Every hour follows real time: 23 and 25 of them.
        ("0 * * * *", "2026-03-28T23:00", "2026-03-29T21:59", 23),
        ("0 * * * *", "2026-10-24T22:00", "2026-10-25T22:59", 25),
    ],
)
def test_missed_moments_are_counted_right_when_the_clocks_change(cron: str, planned: str, now: str, count: int) -> None:
    found = Planner().due(schedule(cron=cron, next_run_time=utc(planned)), utc(now))
    assert found is not None
    assert found.count == count


def test_the_count_ends_somewhere_and_the_next_run_is_right_all_the_same() -> None:
    found = Planner().due(schedule(cron="* * * * *"), utc("2026-03-20T05:00"))
    assert found == Due(utc("2026-03-10T05:00"), MOST_COUNTED, utc("2026-03-20T05:01"))


@pytest.mark.parametrize("changes", NEVER)
def test_a_paused_schedule_is_never_due(changes: dict[str, object]) -> None:
    assert Planner().due(schedule(**changes), utc("2026-03-14T12:00")) is None


def test_nothing_is_due_before_its_time() -> None:
    assert Planner().due(schedule(), utc("2026-03-10T04:59")) is None


def test_a_time_that_cannot_be_read_is_told() -> None:
    with pytest.raises(Invalid, match="time_zone"):
        Planner().due(schedule(time_zone="Mars/Base"), utc("2026-03-14T12:00"))


def test_jitter_puts_each_moment_off_by_less_than_itself_and_alike_whenever_one_asks() -> None:
    exact, spread = schedule(cron="0 * * * *"), schedule(cron="0 * * * *", jitter=timedelta(minutes=50))
    start = utc("2026-03-10T00:30")
    planned = Planner().next_runs(exact, start - HOUR, 49)
    runs = Planner().next_runs(spread, start - HOUR, 49)
    assert all(timedelta() <= run - moment < timedelta(minutes=50) for run, moment in zip(runs, planned, strict=True))
    assert len({run - moment for run, moment in zip(runs, planned, strict=True)}) > 40
    for earlier, later in pairwise(runs):
        assert Planner().next_run(spread, earlier) == later
        assert Planner().next_run(spread, later - timedelta(milliseconds=1)) == later


def test_jitter_spreads_schedules_evenly() -> None:
    each = [Planner().next_run(schedule(id=str(n), jitter=HOUR), utc("2026-03-10T00:00")) for n in range(600)]
    tenths = [int((run - utc("2026-03-10T05:00")) / (HOUR / 10)) for run in each]
    assert [35 < tenths.count(tenth) < 90 for tenth in range(10)] == [True] * 10


def test_moments_that_jitter_would_exchange_at_a_change_of_the_clocks_are_all_there_in_order() -> None:
    # On the 29th of March 02:30 runs at 03:00, half an hour before 03:30.
    spread = schedule(cron="30 2,3 * * *", jitter=timedelta(minutes=59))
    orders = set()
    for name in range(20):
        one = schedule(id=str(name), cron=spread.cron, jitter=spread.jitter)
        runs = Planner().next_runs(one, utc("2026-03-28T12:00"), 4)
        assert runs == sorted(runs)
        assert Planner().next_run(one, runs[0]) == runs[1]
        assert all(utc("2026-03-29T01:00") <= run < utc("2026-03-29T02:29") for run in runs[:2])
        orders.add(runs[1] - runs[0] > timedelta(minutes=30))
    assert orders == {True, False}


def test_missed_moments_are_counted_with_their_jitter() -> None:
    hourly = schedule(cron="0 * * * *", jitter=timedelta(minutes=30))
    runs = Planner().next_runs(hourly, utc("2026-03-10T00:30"), 6)
    one = schedule(cron=hourly.cron, jitter=hourly.jitter, next_run_time=runs[0])
    assert Planner().due(one, runs[4]) == Due(runs[0], 5, runs[5])
    assert Planner().due(one, runs[4] - timedelta(milliseconds=1)) == Due(runs[0], 4, runs[4])


def test_schedules_of_one_expression_share_what_was_found_whatever_the_order() -> None:
    planner = Planner()
    for jitter, start in ((0, "2026-03-12T00:00"), (3599, "2026-03-10T00:00"), (60, "2026-03-11T00:00")):
        one = schedule(id=str(jitter), jitter=timedelta(seconds=jitter))
        assert planner.next_runs(one, utc(start), 5) == Planner().next_runs(one, utc(start), 5)
