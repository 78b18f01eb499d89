from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dq_platform.connectors.zones import Offset, Window, offsets, start_of_day


def test_a_zone_without_changes_has_one_offset() -> None:
    assert offsets(Window("Asia/Kolkata", date(2024, 1, 1), date(2024, 12, 31))) == [Offset(19800, None)]


def test_a_year_in_berlin_has_two_changes() -> None:
    assert offsets(Window("Europe/Berlin", date(2024, 1, 1), date(2024, 12, 31))) == [
        Offset(3600, datetime(2024, 3, 31, 1, tzinfo=UTC).replace(tzinfo=None)),
        Offset(7200, datetime(2024, 10, 27, 1, tzinfo=UTC).replace(tzinfo=None)),
        Offset(3600, None),
    ]


def test_a_week_without_a_change_has_one_offset() -> None:
    assert offsets(Window("Europe/Berlin", date(2024, 7, 1), date(2024, 7, 8))) == [Offset(7200, None)]


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"])
def test_the_offsets_agree_with_the_zone_at_every_hour(zone: str) -> None:
    found = offsets(Window(zone, date(2011, 1, 1), date(2013, 1, 1)))
    for hour in range(2 * 365 * 24):
        moment = datetime(2011, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        offset = next(o for o in found if o.until is None or moment.replace(tzinfo=None) < o.until)
        expected = moment.astimezone(ZoneInfo(zone)).utcoffset()
        assert timedelta(seconds=offset.seconds) == expected


def test_a_day_without_midnight_begins_when_the_clock_jumps() -> None:
    assert start_of_day(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_a_day_with_two_midnights_begins_at_the_first() -> None:
    assert start_of_day(date(2024, 11, 3), "America/Havana") == datetime(2024, 11, 3, 4, tzinfo=UTC)
