from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_platform.errors import Invalid
from dq_platform.scheduling.cron import moments, validate

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
ZONES = [BERLIN, NEW_YORK, "UTC", "Australia/Lord_Howe", "Asia/Kathmandu"]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def next_runs(cron, zone, after, count):
    return list(islice(moments(cron, zone, after), count))


def local(cron, zone, after, count):
    return [run.astimezone(ZoneInfo(zone)).isoformat() for run in next_runs(cron, zone, utc(after), count)]


@pytest.mark.parametrize("cron", ["* * * * *", "*/15 9-17 * * MON-FRI", "0 0 L * *", "0 0 29 2 *", "5,35 */2 * 1 0"])
def test_a_cron_that_fires_is_valid(cron):
    assert validate(cron, "UTC") == []


@pytest.mark.parametrize("cron", ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 2 */1"])
def test_a_cron_that_never_fires_is_an_error(cron):
    [violation] = validate(cron, "UTC")
    assert violation.field == "schedule.cron"
    assert violation.reason == "CRON_NEVER_FIRES"
    with pytest.raises(Invalid, match="never fires"):
        next(moments(cron, "UTC", utc("2026-01-01T00:00")))


@pytest.mark.parametrize("cron", ["", "* * * *", "0 0 0 * * *", "@daily"])
def test_five_fields_are_needed(cron):
    [violation] = validate(cron, "UTC", path="s")
    assert violation.field == "s.cron"
    assert "five are needed" in violation.description


@pytest.mark.parametrize(
    ("cron", "names"),
    [
        ("60 0 * * *", ["minute"]),
        ("0 24 * * *", ["hour"]),
        ("0 0 32 * *", ["day of month"]),
        ("0 0 * FOO *", ["month"]),
        ("0 0 * * 8", ["day of week"]),
        ("*/0 0 * * *", ["minute"]),
        ("61 25 * * *", ["minute", "hour"]),
    ],
)
def test_each_wrong_field_is_named(cron, names):
    violations = validate(cron, "UTC")
    assert {violation.reason for violation in violations} == {"INVALID_CRON"}
    assert [f"is not a {name};" in violation.description for violation, name in zip(violations, names, strict=True)]


def test_cron_and_zone_are_both_reported():
    assert [violation.field for violation in validate("0 0 * *", "Mars/Olympus")] == [
        "schedule.cron",
        "schedule.time_zone",
    ]


def test_an_endless_number_is_refused_before_it_is_read():
    [violation] = validate(f"{'9' * 5000} * * * *", "UTC")
    assert "longer than" in violation.description


@settings(deadline=None)
@given(st.text(alphabet="0123456789*/,-LW#MONJA ²", max_size=30))
def test_no_text_makes_validation_raise(cron):
    assert all(violation.description for violation in validate(cron, "UTC"))


def test_a_time_in_the_skipped_hour_fires_when_the_hour_ends():
    assert local("30 2 * * *", BERLIN, "2026-03-28T12:00", 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]
    assert local("30 2 * * *", NEW_YORK, "2026-03-07T12:00", 2) == [
        "2026-03-08T03:00:00-04:00",
        "2026-03-09T02:30:00-04:00",
    ]


def test_a_time_in_the_repeated_hour_fires_once():
    assert local("30 2 * * *", BERLIN, "2026-10-24T12:00", 2) == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
    ]
    assert local("30 1 * * *", NEW_YORK, "2026-10-31T12:00", 2) == [
        "2026-11-01T01:30:00-04:00",
        "2026-11-02T01:30:00-05:00",
    ]


def test_asking_within_the_repeated_hour_does_not_fire_again():
    assert local("30 2 * * *", BERLIN, "2026-10-25T00:45", 1) == ["2026-10-26T02:30:00+01:00"]
    assert local("30 2 * * *", BERLIN, "2026-10-25T01:10", 1) == ["2026-10-26T02:30:00+01:00"]


@pytest.mark.parametrize("cron", ["0 */2 * * *", "0 0,2,4 * * *"])
def test_steps_of_hours_keep_their_times_around_both_changes(cron):
    assert local(cron, BERLIN, "2026-03-28T23:30", 2) == ["2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00"]
    assert local(cron, BERLIN, "2026-10-24T22:30", 2) == ["2026-10-25T02:00:00+02:00", "2026-10-25T04:00:00+01:00"]


def test_quarters_of_a_skipped_hour_become_one_run():
    assert local("*/15 2 * * *", BERLIN, "2026-03-28T12:00", 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:00:00+02:00",
    ]


def test_every_hour_follows_real_time_through_the_changes():
    runs = next_runs("0 * * * *", BERLIN, utc("2026-10-24T22:00"), 5)
    assert {later - earlier for earlier, later in pairwise(runs)} == {timedelta(hours=1)}
    runs = next_runs("0 * * * *", BERLIN, utc("2026-03-28T22:00"), 5)
    assert {later - earlier for earlier, later in pairwise(runs)} == {timedelta(hours=1)}


def test_utc_has_no_changes():
    assert local("30 2 * * *", "UTC", "2026-03-28T12:00", 2) == [
        "2026-03-29T02:30:00+00:00",
        "2026-03-30T02:30:00+00:00",
    ]


@settings(deadline=None)
@given(
    hours=st.floats(0, 2 * 366 * 24),
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES),
)
def test_a_daily_time_fires_exactly_once_a_day_wherever_one_starts(hours, minute, hour, zone):
    after = utc("2026-01-01T00:00") + timedelta(hours=hours)
    runs = next_runs(f"{minute} {hour} * * *", zone, after, 4)
    days = [run.astimezone(ZoneInfo(zone)).date() for run in runs]
    assert runs[0] > after
    assert [later - earlier for earlier, later in pairwise(days)] == [timedelta(days=1)] * 3
