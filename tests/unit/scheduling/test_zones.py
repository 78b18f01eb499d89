from __future__ import annotations

import pytest

from dq_platform.scheduling.zones import zone_violation


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_a_known_zone_has_no_violation(name):
    assert zone_violation(name, "time_zone") is None


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
    ],
)
def test_an_unknown_zone_is_answered_with_the_nearest_name(name, nearest):
    violation = zone_violation(name, "schedule.time_zone")
    assert violation is not None
    assert violation.field == "schedule.time_zone"
    assert violation.reason == "UNKNOWN_TIME_ZONE"
    assert nearest in violation.description


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "qqqq", "localtime", "\x00"])
def test_what_resembles_no_zone_is_refused_too(name):
    violation = zone_violation(name, "time_zone")
    assert violation is not None
    assert "Europe/Berlin" in violation.description
