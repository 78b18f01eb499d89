from __future__ import annotations

from typing import Any

from rich.console import Console

from cli.commands.connection import synced


def shown(skipped: list[dict[str, Any]]) -> str:
    console = Console(width=100, no_color=True)
    with console.capture() as captured:
        console.print(synced(skipped))
    return captured.get()


def test_a_sync_says_that_the_catalogue_is_up_to_date() -> None:
    assert shown([]) == "The catalogue is up to date.\n"


def test_a_sync_says_which_schemas_it_passed_over_and_why() -> None:
    skipped = [
        {"schema_name": "payroll", "reason": "SOURCE_PERMISSION", "message": "refused"},
        {"schema_name": "[red]old", "reason": "SOURCE_NOT_FOUND", "message": "gone"},
        {"schema_name": "odd", "reason": "SOURCE_ELSE", "message": "its own words"},
    ]
    lines = [line.strip().split(maxsplit=1) for line in shown(skipped).splitlines()]
    assert lines[0] == ["The", "catalogue is up to date, except for:"]
    assert ["payroll", "may not be read"] in lines
    assert ["[red]old", "vanished meanwhile"] in lines
    assert ["odd", "its own words"] in lines
