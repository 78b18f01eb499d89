from __future__ import annotations

from decimal import Decimal

import pytest

from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import Templates
from dq_platform.notifications.facts import links_of, number, sample
from dq_platform.notifications.kinds import NOTICES
from dq_platform.notifications.sparkline import sparkline
from dq_platform.notifications.templates import render
from tests.unit.notifications.test_routing import NOW


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ""),
        ([1.0], ""),
        ([1.0, 1.0], "▄▄"),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "▁▂▃▄▅▆▇█"),
        ([float("nan"), 2.0, float("inf"), 1.0], "█▁"),
        ([-1.7e308, 1.7e308], "▁█"),
    ],
)
def test_a_line_of_blocks_goes_from_the_least_to_the_greatest(values: list[float], expected: str) -> None:
    assert sparkline(values) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, "5"),
        (0.1 + 0.2, "0.3"),
        (Decimal("40.0"), "40"),
        (Decimal("0"), "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+400"), "1e+400"),
        (12345678901234567890, "12345678901234567890"),
    ],
)
def test_numbers_are_short_and_exact_where_they_can_be(value: int | float | Decimal, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("kind", NOTICES)
@pytest.mark.parametrize("url", ["", "https://dq.example.com/"])
def test_the_built_in_messages_tell_every_kind(kind: IncidentEventKind, url: str) -> None:
    made = render(Templates(), sample(kind, "i1", NOW, url).to_json())
    assert NOTICES[kind].title in made.subject
    assert NOTICES[kind].title in made.html
    assert "nulls_percent of email: error, value 12.5, expected <= 5 %, trend ▁▁▂▁▂▁▁▃▂▁▅█" in made.text
    assert "\n\n\n" not in made.text
    assert ("/api/v1/incidents/i1" in made.text) is bool(url)
    over = NOTICES[kind].action == "resolve"
    assert ("POST" in made.text) is (bool(url) and not over)


def test_links_are_paths_of_the_api() -> None:
    assert links_of("i1", "https://dq.example.com/").mute == "https://dq.example.com/api/v1/incidents/i1/mute"
