from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from cli.zones import day


@pytest.mark.parametrize(
    ("zone", "shown"), [("UTC", "2026-01-04"), ("Asia/Kolkata", "2026-01-05"), ("America/Lima", "2026-01-04")]
)
def test_a_period_is_the_day_of_its_zone(zone: str, shown: str) -> None:
    assert day("2026-01-04T18:30:00Z", ZoneInfo(zone)) == shown


def test_without_its_zone_a_period_is_a_moment() -> None:
    assert day("2026-01-04T18:30:00Z", None) == "2026-01-04T18:30:00Z"
