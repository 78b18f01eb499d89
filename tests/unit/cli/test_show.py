from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.show import OUTCOMES, STYLES, column_changes, counts, grid, moment, number, result_rows, sampled, size, word

RESULT: dict[str, Any] = {
    "target": {"connection_id": "c", "table_name": "orders", "column_name": "amount"},
    "check_type": "negative_values",
    "mode": "MODE_MONITORING",
    "data_group": "",
    "time_period": "2026-01-05T00:00:00Z",
    "value": 1234567,
    "value_text": "1234567",
    "expected_text": "<= 20",
    "message": "",
    "outcome": "OUTCOME_ERROR",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "–"),
        ("0", "0"),
        ("1234567", "1,234,567"),
        ("100.0", "100"),
        ("1.327433628318584", "1.3274"),
        ("0.5", "0.5"),
        ("-12.50", "-12.5"),
        ("123456789012345678901234567890", "123,456,789,012,345,678,901,234,567,890"),
    ],
)
def test_a_number_is_short_and_keeps_its_whole_part(text: str, shown: str) -> None:
    assert number(text) == shown


@pytest.mark.parametrize("text", ["0.00001", "-0.00001", "0.00049"])
def test_a_small_number_is_never_shown_as_zero(text: str) -> None:
    assert float(number(text)) == pytest.approx(float(text), rel=0.1)


def test_a_moment_is_local_and_none_is_a_dash() -> None:
    assert moment(None) == moment("") == "–"
    assert len(moment("2026-01-05T10:00:00.123456Z")) == len("2026-01-05 10:00:00")


def test_a_word_is_the_enum_value_without_prefix_in_its_colour() -> None:
    assert word("OUTCOME_EXECUTION_ERROR", "OUTCOME_").plain == "execution error"
    assert word("OUTCOME_PASSED", "OUTCOME_") == Text("passed", style="green")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_a_colour_wherever_it_is_shown(outcome: str) -> None:
    assert word(f"OUTCOME_{outcome.upper()}", "OUTCOME_").style == STYLES[outcome]


def test_counts_leave_out_what_is_zero() -> None:
    outcomes = dict.fromkeys(OUTCOMES, "0") | {"passed": "1200", "execution_error": "2"}
    assert counts(outcomes).plain == "1,200 passed  2 execution error"
    assert counts(dict.fromkeys(OUTCOMES, "0")).plain == "no results"


def test_a_result_row_says_what_was_expected() -> None:
    (row,) = result_rows([RESULT], {})
    assert [str(cell) for cell in row] == ["orders", "amount", "negative_values", "1,234,567", "<= 20", "error"]


def test_a_result_of_a_partition_names_its_day_and_group() -> None:
    partitioned = RESULT | {"mode": "MODE_PARTITIONED", "data_group": '["DE"]'}
    assert result_rows([partitioned], {"c": ZoneInfo("UTC")})[0][2] == 'negative_values 2026-01-05 ["DE"]'


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [("Europe/Berlin", "2026-01-04T23:00:00Z"), ("Pacific/Auckland", "2026-01-04T11:00:00Z")],
)
def test_a_partition_is_named_by_its_day_where_it_is_one(zone: str, midnight: str) -> None:
    result = RESULT | {"mode": "MODE_PARTITIONED", "time_period": midnight}
    assert result_rows([result], {"c": ZoneInfo(zone)})[0][2] == "negative_values 2026-01-05"
    assert result_rows([result], {"gone": ZoneInfo(zone)})[0][2] == f"negative_values {midnight}"


def test_a_failure_says_what_came_in_the_way_beside_what_was_expected() -> None:
    (row,) = result_rows([RESULT | {"expected_text": "= 0", "message": "added note (text)"}], {})
    assert str(row[4]) == "= 0\nadded note (text)"


def test_a_result_without_value_says_why() -> None:
    failed = RESULT | {"value_text": "", "expected_text": "", "message": "The table is gone."}
    assert [str(cell) for cell in result_rows([failed], {})[0][3:5]] == ["–", "The table is gone."]


def rendered(table: Table) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def test_a_grid_aligns_numbers_right() -> None:
    assert [column.justify for column in grid(("name", "count>"), []).columns] == ["left", "right"]


@pytest.mark.parametrize("text", ["[red]", "[/]", '["[/x]"]', "[link=http://x]", "\\["])
def test_a_grid_shows_texts_as_they_are(text: str) -> None:
    shown = rendered(grid(("name",), [(text,), (Text("plain"),)], title=f"of {text}"))
    assert shown.count(text) == 2


@pytest.mark.parametrize(
    ("bytes", "shown"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (8_192_000, "8.19 MB"), (2 * 10**12, "2 TB")]
)
def test_sizes_are_shown_in_their_unit(bytes: int, shown: str) -> None:
    assert size(bytes) == shown


def test_changes_of_columns_are_lines() -> None:
    added = {"kind": "COLUMN_CHANGE_KIND_ADDED", "column_name": "note"}
    assert column_changes([added, added | {"kind": "COLUMN_CHANGE_KIND_REMOVED"}]) == "added note\nremoved note"
    assert column_changes([]) == "–"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"value": 86400, "value_text": "1970-01-02"}, "1970-01-02"),
        ({"value": 0.5, "value_text": "1970-01-01T00:00:00.5Z"}, "1970-01-01T00:00:00.5Z"),
        ({"value": -1234567, "value_text": "-1234567"}, "-1,234,567"),
        ({"value_text": "1234567"}, "1234567"),
        ({"value_text": "x" * 100}, "x" * 59 + "…"),
    ],
)
def test_dates_and_texts_are_shown_as_they_are(changes: dict[str, object], shown: str) -> None:
    result = {name: value for name, value in RESULT.items() if name != "value"} | changes
    assert str(result_rows([result], {})[0][3]) == shown


def test_a_sample_is_told_and_all_rows_are_not() -> None:
    sample = {"method": "SAMPLE_METHOD_BLOCK", "percent": 12.5}
    assert sampled({"table_sample": sample}) == " on a block sample of 12.5 %"
    assert sampled({}) == sampled({"table_sample": None}) == ""
