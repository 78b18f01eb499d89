from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from dq_platform.execution.groups import group_key, text_of
from dq_platform.models.check import GroupBy

COUNTRY, TAG = GroupBy(column="country"), GroupBy(tag="retail")
LONG = "12345678901234567890123456789012345678.1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Zürich", "Zürich"),
        (7, "7"),
        (True, "true"),
        (Decimal("1.50"), "1.5"),
        (Decimal(100), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal(LONG), LONG),
        (Decimal("NaN"), "NaN"),
        (1.5, "1.5"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), "9999-12-31T23:59:59.999999+00:00"),
        (datetime.fromisoformat("2026-03-01T02:00"), "2026-03-01T02:00:00"),
        (datetime(2026, 3, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-03-01T00:00:00+00:00"),
        (time(8, 30), "08:30:00"),
        ("Müller".encode(), "Müller"),
        (memoryview(b"\xff\x00"), r"\xff00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"b": 1, "a": [2]}, '{"a": [2], "b": 1}'),
        (None, None),
    ],
)
def test_a_value_has_one_spelling_whatever_type_the_driver_gave(value, text):
    assert text_of(value) == text


def test_a_group_is_a_compact_array_with_tags_in_their_places():
    assert group_key((TAG, COUNTRY, GroupBy(column="x")), ('Zürich "x"', None)) == r'["retail","Zürich \"x\"",null]'


def test_tags_alone_are_a_group_and_no_levels_are_none():
    assert group_key((TAG, GroupBy(tag="eu")), ()) == '["retail","eu"]'
    assert group_key((), ()) == ""
