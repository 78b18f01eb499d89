from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from cli.commands.samples import sample_table

UTC = ZoneInfo("UTC")
FOUND: dict[str, Any] = {
    "time_period": "2026-01-05T00:00:00Z",
    "data_group": '["DE"]',
    "columns": [{"name": "id", "masked": False}, {"name": "email", "masked": True}, {"name": "note", "masked": False}],
    "rows": [
        {"values": [{"text": "7", "truncated": False}, {"truncated": False}, {"truncated": False}]},
        {"values": [{"text": "[red]8", "truncated": False}, {"truncated": False}, {"text": "long", "truncated": True}]},
    ],
    "more": True,
    "error_reason": "",
    "message": "",
}


def printed(table: RenderableType) -> str:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def test_rows_are_shown_with_what_is_missing_and_why() -> None:
    text = printed(sample_table(FOUND, UTC))
    assert '2026-01-05 ["DE"]' in text
    first, second = text.splitlines()[4:6]
    assert first.split() == ["7", "masked", "NULL"]
    assert second.split() == ["[red]8", "masked", "long", "…"]
    assert "There are more such rows." in text


def test_why_there_are_no_rows_is_shown_instead_of_them() -> None:
    text = printed(sample_table(FOUND | {"error_reason": "NOTHING_TO_SHOW", "message": "Set id_columns."}, UTC))
    assert text.strip() == '2026-01-05 ["DE"]: Set id_columns.'


def test_a_period_is_the_day_of_its_zone() -> None:
    midnight = FOUND | {"time_period": "2026-01-04T23:00:00Z"}
    assert '2026-01-05 ["DE"]' in printed(sample_table(midnight, ZoneInfo("Europe/Berlin")))
