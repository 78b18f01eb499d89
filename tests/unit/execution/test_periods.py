from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_platform.execution import periods
from dq_platform.models.check import Check, Mode, PeriodWindow, Target, TimeScale

UTC_ZONE, BERLIN, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
DAILY, MONTHLY = TimeScale.DAILY, TimeScale.MONTHLY


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def check(mode, scale):
    then = utc("2026-01-01")
    return Check("k", "w", Target("c", "s", "t"), "row_count", mode, scale, then, then)


@pytest.mark.parametrize(
    ("mode", "scale", "zone", "expected"),
    [
        (Mode.PROFILING, MONTHLY, UTC_ZONE, "2026-02-01T00:00"),
        (Mode.MONITORING, DAILY, UTC_ZONE, "2026-02-28T00:00"),
        (Mode.MONITORING, MONTHLY, UTC_ZONE, "2026-02-01T00:00"),
        (Mode.PROFILING, MONTHLY, BERLIN, "2026-02-28T23:00"),
        (Mode.MONITORING, DAILY, BERLIN, "2026-02-28T23:00"),
        (Mode.MONITORING, DAILY, NEW_YORK, "2026-02-28T05:00"),
        (Mode.MONITORING, MONTHLY, NEW_YORK, "2026-02-01T05:00"),
    ],
)
def test_a_run_belongs_to_the_day_or_month_of_the_zone(mode, scale, zone, expected):
    assert periods.run_period(check(mode, scale), utc("2026-02-28T23:30"), zone) == utc(expected)


def test_the_default_window_is_seven_finished_days():
    assert periods.partition_dates(DAILY, utc("2026-03-10T12:00"), BERLIN) == (date(2026, 3, 3), date(2026, 3, 10))


def test_the_current_day_is_the_zones_day():
    late = utc("2026-03-10T23:30")
    assert periods.partition_dates(DAILY, late, BERLIN)[1] == date(2026, 3, 11)
    assert periods.partition_dates(DAILY, late, NEW_YORK)[1] == date(2026, 3, 10)


def test_the_default_month_is_the_last_finished_one():
    assert periods.partition_dates(MONTHLY, utc("2026-01-15"), UTC_ZONE) == (date(2025, 12, 1), date(2026, 1, 1))


def test_a_window_may_name_its_own_dates():
    window = PeriodWindow(utc("2026-02-01T23:00"), utc("2026-02-03T23:00"))
    assert periods.partition_dates(DAILY, utc("2026-03-10"), BERLIN, window) == (date(2026, 2, 2), date(2026, 2, 4))


def test_a_window_is_widened_to_whole_periods():
    window = PeriodWindow(utc("2026-02-10T05:00"), utc("2026-03-02T00:01"))
    now = utc("2026-03-10")
    assert periods.partition_dates(DAILY, now, UTC_ZONE, window) == (date(2026, 2, 10), date(2026, 3, 3))
    assert periods.partition_dates(MONTHLY, now, UTC_ZONE, window) == (date(2026, 2, 1), date(2026, 4, 1))


def test_a_partitioned_run_without_partitions_belongs_to_the_last_period_it_reads():
    now = utc("2026-03-10T12:00")
    assert periods.run_period(check(Mode.PARTITIONED, DAILY), now, BERLIN) == utc("2026-03-08T23:00")
    assert periods.run_period(check(Mode.PARTITIONED, MONTHLY), now, BERLIN) == utc("2026-01-31T23:00")


def test_days_around_a_change_of_the_clocks_have_23_and_25_hours():
    def hours(day):
        return periods.start_of(day + timedelta(1), BERLIN) - periods.start_of(day, BERLIN)

    assert hours(date(2026, 3, 29)) == timedelta(hours=23)
    assert hours(date(2026, 10, 25)) == timedelta(hours=25)


def test_a_day_without_midnight_begins_at_its_first_instant():
    cairo = ZoneInfo("Africa/Cairo")
    begins = periods.start_of(date(2026, 4, 24), cairo)
    assert begins == utc("2026-04-23T22:00")
    assert begins.astimezone(cairo).isoformat() == "2026-04-24T01:00:00+03:00"


@pytest.mark.parametrize(
    ("scale", "start", "end", "count"),
    [(DAILY, date(2026, 2, 25), date(2026, 3, 4), 7), (MONTHLY, date(2025, 11, 1), date(2026, 2, 1), 3)],
)
def test_periods_are_counted(scale, start, end, count):
    assert periods.period_count(start, end, scale) == count


@settings(deadline=None)
@given(
    hours=st.floats(0, 40 * 366 * 24),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]),
    scale=st.sampled_from(TimeScale),
)
def test_every_instant_lies_in_the_period_that_its_run_is_stored_under(hours, zone, scale):
    now, where = utc("2000-01-01") + timedelta(hours=hours), ZoneInfo(zone)
    begins = periods.run_period(check(Mode.MONITORING, scale), now, where)
    first = periods.first_day(periods.local_date(now, where), scale)
    starts = [begins, periods.start_of(periods.next_first_day(first, scale), where)]
    assert starts[0] <= now < starts[1]
    assert all(later - earlier >= timedelta(hours=23) for earlier, later in pairwise(starts))
