from __future__ import annotations

import pytest

from cli.commands.queue import age


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (3_599, "59 min 59 s"),
        (7_500, "2 h 5 min"),
        (180_000, "2 d 2 h"),
    ],
)
def test_an_age_has_its_two_largest_units(seconds: float, shown: str) -> None:
    assert age(seconds) == shown
