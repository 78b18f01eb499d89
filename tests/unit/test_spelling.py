from __future__ import annotations

from dq_platform.spelling import did_you_mean, nearest, suggestion

NAMES = ["nulls_percent", "nulls_count", "row_count"]


def test_the_nearest_names_come_best_first_whatever_their_case() -> None:
    assert nearest("NULL_percent", NAMES)[0] == "nulls_percent"


def test_a_hint_is_a_question_with_the_names_in_it() -> None:
    assert did_you_mean("row_coun", NAMES, limit=1) == "; did you mean 'row_count'?"
    assert did_you_mean("nulls", NAMES) == "; did you mean 'nulls_count' or 'nulls_percent'?"


def test_there_is_no_hint_when_nothing_is_like_it() -> None:
    assert did_you_mean("zzzzzz", NAMES) == ""


def test_a_short_list_is_named_whole_if_nothing_is_near() -> None:
    assert suggestion("zzz", ["mysql", "duckdb"]) == "; there are: duckdb, mysql."


def test_the_nearest_of_a_short_list_is_suggested() -> None:
    assert suggestion("mysq", ["mysql", "duckdb"]) == "; did you mean 'mysql'?"
