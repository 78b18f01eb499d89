from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from dq.v1 import check_pb2
from services.common import times

MOMENT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def test_a_moment_goes_there_and_back() -> None:
    timestamp = times.to_proto(MOMENT)
    assert timestamp is not None
    assert times.to_core(timestamp) == MOMENT
    assert times.to_core(timestamp).tzinfo is UTC


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=5)))
    assert times.to_proto(there) == times.to_proto(MOMENT)


def test_an_absent_moment_stays_absent() -> None:
    assert times.to_proto(None) is None
    window = check_pb2.PeriodWindow(start_time=times.to_proto(MOMENT))
    assert times.field_to_core(window, "start_time") == MOMENT
    assert times.field_to_core(window, "end_time") is None
