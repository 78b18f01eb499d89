from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.execution.grade import Execution, fail, grade
from dq_platform.execution.problems import TooManyGroups
from dq_platform.execution.reading import Reading
from dq_platform.execution.withhold import WITHHELD, WITHHELD_TEXT, withheld
from dq_platform.models.check import Thresholds
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Bounds, ResultBounds
from tests.unit.execution.builders import NOW, check

LIMITS = {
    "min_text_in_range": {"from": "b"},
    "max_date_in_range": {"to": "1970-01-01"},
    "min_in_range": {"from": 100.0},
    "nulls_percent": {"max_percent": 1.0},
    "max_date_match": {"max_diff_days": 1.0},
    "sql_aggregate_expression_on_table": {"from": 1.0},
}


def graded(check_type, value=None, text=None, expected=None):
    one = check("a", check_type, thresholds=Thresholds(error=LIMITS[check_type]))
    return grade(Execution.of(one, "j", NOW), Reading("a", "", NOW, value, expected, text=text))


@pytest.mark.parametrize(
    ("check_type", "value", "text"),
    [("min_text_in_range", None, "ann"), ("max_date_in_range", 999_999_999, "2001-09-09"), ("min_in_range", 42, None)],
)
def test_what_one_row_holds_is_judged_and_not_kept(check_type, value, text):
    result = graded(check_type, value, text)
    kept = withheld(result, ("email",))
    assert (kept.outcome, kept.value, kept.value_text) == (Outcome.ERROR, None, None)
    assert kept.message == WITHHELD
    assert (kept.expected_text, kept.bounds) == (result.expected_text, result.bounds)
    assert result.expected_text
    assert withheld(result, ("country",)) == result


@pytest.mark.parametrize("personal", [("email",), ()])
def test_nothing_of_a_reference_is_kept_either(personal):
    result = graded("max_date_match", 86_400 * 9, "1970-01-10", 86_400)
    assert result.bounds.error == Bounds(0, 86_400 * 2)
    kept = withheld(result, personal, reference=not personal)
    assert (kept.outcome, kept.value, kept.value_text, kept.expected_value) == (Outcome.ERROR, None, None, None)
    assert (kept.expected_text, kept.bounds) == ("", ResultBounds())


def test_a_reference_alone_is_withheld_and_the_reason_stays():
    kept = withheld(graded("max_date_match", expected=86_400), ("email",))
    assert (kept.outcome, kept.expected_value) == (Outcome.ERROR, None)
    assert kept.message == f"Only the reference has a value. {WITHHELD}"


def test_measures_of_many_rows_stay():
    result = graded("nulls_percent", 42)
    assert withheld(result, ("email",)) == result


def test_what_an_authors_sql_answers_stays_if_it_is_a_number():
    number, text = graded("sql_aggregate_expression_on_table", 5), graded("sql_aggregate_expression_on_table", text="a")
    assert withheld(number, ("email",)) == number
    assert withheld(text, ()) == text
    kept = withheld(text, ("country",))
    assert (kept.outcome, kept.value_text, kept.message.endswith(WITHHELD_TEXT)) == (Outcome.INCONCLUSIVE, None, True)


def test_results_without_a_value_and_of_types_that_are_gone_stay():
    failed = fail(Execution.of(check("a", "min_text_in_range"), "j", NOW), TooManyGroups(1), NOW)
    assert withheld(failed, ("email",)) == failed
    gone = replace(graded("min_in_range", 42), check_type="gone")
    assert withheld(gone, ("email",)) == gone
