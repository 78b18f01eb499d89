from __future__ import annotations

from dq_platform.checks.spelling import did_you_mean, nearest

NAMES = ["nulls_percent", "nulls_count", "row_count"]


def test_the_nearest_names_come_best_first_whatever_their_case() -> None:
    assert nearest("NULL_percent", NAMES)[0] == "nulls_percent"


def test_a_hint_is_a_question_with_the_names_in_it() -> None:
    assert did_you_mean("row_coun", NAMES, limit=1) == "; did you mean 'row_count'?"
    assert did_you_mean("nulls", NAMES) == "; did you mean 'nulls_count' or 'nulls_percent'?"


def test_there_is_no_hint_when_nothing_is_like_it() -> None:
    assert did_you_mean("zzzzzz", NAMES) == ""
