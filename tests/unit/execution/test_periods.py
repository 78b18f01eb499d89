from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_platform.connectors.zones import start_of_day
from dq_platform.execution import periods
from dq_platform.models.check import Check, Mode, PeriodWindow, Target, TimeScale

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
DAILY, MONTHLY = TimeScale.DAILY, TimeScale.MONTHLY


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def check(mode, scale):
    then = utc("2026-01-01")
    return Check("k", "w", Target("c", "s", "t"), "row_count", mode, scale, then, then)


@pytest.mark.parametrize(
    ("mode", "scale", "zone", "expected"),
    [
        (Mode.PROFILING, MONTHLY, "UTC", "2026-02-01T00:00"),
        (Mode.MONITORING, DAILY, "UTC", "2026-02-28T00:00"),
        (Mode.MONITORING, MONTHLY, "UTC", "2026-02-01T00:00"),
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
    assert periods.partition_dates(MONTHLY, utc("2026-01-15"), "UTC") == (date(2025, 12, 1), date(2026, 1, 1))


def test_a_window_may_name_its_own_dates():
    window = PeriodWindow(utc("2026-02-01T23:00"), utc("2026-02-03T23:00"))
    assert periods.partition_dates(DAILY, utc("2026-03-10"), BERLIN, window) == (date(2026, 2, 2), date(2026, 2, 4))


def test_a_window_is_widened_to_whole_periods():
    window = PeriodWindow(utc("2026-02-10T05:00"), utc("2026-03-02T00:01"))
    now = utc("2026-03-10")
    assert periods.partition_dates(DAILY, now, "UTC", window) == (date(2026, 2, 10), date(2026, 3, 3))
    assert periods.partition_dates(MONTHLY, now, "UTC", window) == (date(2026, 2, 1), date(2026, 4, 1))


def test_a_partitioned_run_without_partitions_belongs_to_the_last_period_it_reads():
    now = utc("2026-03-10T12:00")
    assert periods.run_period(check(Mode.PARTITIONED, DAILY), now, BERLIN) == utc("2026-03-08T23:00")
    assert periods.run_period(check(Mode.PARTITIONED, MONTHLY), now, BERLIN) == utc("2026-01-31T23:00")


@pytest.mark.parametrize(
    ("scale", "start", "end", "count"),
    [(DAILY, date(2026, 2, 25), date(2026, 3, 4), 7), (MONTHLY, date(2025, 11, 1), date(2026, 2, 1), 3)],
)
def test_periods_are_counted(scale, start, end, count):
    starts = list(periods.period_starts(start, end, scale))
    assert len(starts) == count
    assert (starts[0], periods.next_first_day(starts[-1], scale)) == (start, end)


@settings(deadline=None)
@given(
    hours=st.floats(0, 40 * 366 * 24),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]),
    scale=st.sampled_from(TimeScale),
)
def test_every_instant_lies_in_the_period_that_its_run_is_stored_under(hours, zone, scale):
    now = utc("2000-01-01") + timedelta(hours=hours)
    begins = periods.run_period(check(Mode.MONITORING, scale), now, zone)
    first = periods.first_day(periods.local_date(now, zone), scale)
    ends = start_of_day(periods.next_first_day(first, scale), zone)
    assert begins <= now < ends
    assert ends - begins >= timedelta(hours=23)
