from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_platform.checks.moments import first_second, last_second, read, seconds, spelled, spelled_number

INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(moment=INSTANTS)
def test_a_timestamp_keeps_its_microseconds_as_a_number_and_as_a_text(moment: datetime) -> None:
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds(moment) * 1_000_000)) == moment
    assert read(spelled(moment)) == moment
    assert first_second(spelled_number(seconds(moment))) == seconds(moment)


@given(one=INSTANTS, other=INSTANTS)
def test_numbers_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (seconds(one) < seconds(other)) is (one < other)


@given(day=st.dates())
def test_a_date_is_its_midnight_in_utc(day: date) -> None:
    assert seconds(day) == seconds(datetime(day.year, day.month, day.day, tzinfo=UTC))
    assert spelled_number(seconds(day)) == spelled(day) == day.isoformat()


def test_a_timestamp_without_zone_is_read_as_utc_and_one_with_a_zone_moved_there() -> None:
    assert spelled(datetime(2024, 7, 1, 12)) == "2024-07-01T12:00:00Z"  # noqa: DTZ001
    berlin = datetime(2024, 7, 1, 1, 30, 0, 250_000, timezone(timedelta(hours=2)))
    assert (spelled(berlin), seconds(berlin)) == ("2024-06-30T23:30:00.25Z", Decimal("1719790200.25"))


@pytest.mark.parametrize("end", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_the_ends_of_the_calendar_have_no_zone(end: datetime, hours: int) -> None:
    aware = end.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert abs(seconds(aware) - seconds(end)) <= 14 * 3600
    assert spelled(aware)[:4] in ("0001", "9999")


def test_a_whole_number_of_seconds_is_an_int() -> None:
    assert type(seconds(datetime(2024, 7, 1, tzinfo=UTC))) is int


def test_a_date_lasts_the_whole_day_and_a_timestamp_one_moment() -> None:
    assert (first_second("1970-01-02"), last_second("1970-01-02")) == (86400, Decimal("172799.999999"))
    assert first_second("1970-01-01T00:00:01Z") == last_second("1970-01-01T00:00:01Z") == 1


@pytest.mark.parametrize("text", ["", "yesterday", "2024-02-30", "2024-01-01T25:00"])
def test_other_texts_are_no_moments(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(text)
