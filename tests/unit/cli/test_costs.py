from __future__ import annotations

from typing import Any

from rich.console import Console

from cli.commands.costs import cost_table

ROW: dict[str, Any] = {
    "key": ["c-1", "shop", "orders"],
    "duration_ms": 1500.0,
    "statement_count": 2.5,
    "scanned_row_count": 3000000.0,
    "result_count": "4",
    "unknown_scan_result_count": "0",
    "last_execute_time": None,
}


def printed(*rows: dict[str, Any]) -> list[str]:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(cost_table(list(rows), "table"))
    return captured.get().splitlines()


def test_a_row_has_its_share_of_the_time() -> None:
    rows = printed(ROW, ROW | {"key": ["c-1", "shop", "small"], "duration_ms": 500.0})
    [line] = [line for line in rows if "orders" in line]
    assert line.split() == ["shop", "orders", "1.50", "s", "75.0", "%", "2.5", "3,000,000", "4", "–"]


def test_rows_that_are_not_known_are_told() -> None:
    some = printed(ROW | {"unknown_scan_result_count": "1"})
    assert any("3,000,000 +" in line for line in some)
    none = printed(ROW | {"unknown_scan_result_count": "4", "scanned_row_count": 0.0})
    assert any("unknown" in line for line in none)


def test_nothing_has_no_shares() -> None:
    assert "%" not in "".join(printed(ROW | {"duration_ms": 0.0}))
