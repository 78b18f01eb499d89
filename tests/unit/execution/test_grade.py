from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution.grade import NOT_COMPARABLE, Execution, fail, grade
from dq_platform.execution.reading import NO_SEVERITY, NOT_A_NUMBER, Reading
from dq_platform.models.check import Mode, Thresholds, TimeScale
from dq_platform.models.cost import Cost
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Bounds, HistoryPoint, ResultBounds
from tests.unit.execution.builders import NOW, check

THREE = Thresholds(warning={"max_percent": 1.0}, error={"max_percent": 5.0}, fatal={"max_percent": 10.0})


def judged(value, thresholds=THREE, history=(), **reading):
    execution = Execution.of(check("a", thresholds=thresholds), "job", NOW, Cost(1.5, 2))
    return grade(execution, Reading("a", '["de"]', NOW, value, **reading), history)


@pytest.fixture
def judged_by(monkeypatch):
    """Judge 7 at THREE by a rule of the test's own."""

    def judge(function, history=()):
        monkeypatch.setitem(RULE_REGISTRY._registered, "for_tests", RuleType("for_tests", "", (), function, 2))
        execution = replace(Execution.of(check("a", thresholds=THREE), "job", NOW), rule="for_tests")
        return grade(execution, Reading("a", "", NOW, 7, expected=8), history)

    return judge


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (0, Outcome.PASSED),
        (1.0, Outcome.PASSED),
        (1.5, Outcome.WARNING),
        (7.0, Outcome.ERROR),
        (Decimal("10.0001"), Outcome.FATAL),
    ],
)
def test_the_worst_failing_threshold_is_the_outcome(value, outcome):
    assert judged(value).outcome is outcome


def test_all_bounds_are_kept_and_the_text_is_of_the_failing_threshold():
    result = judged(7.0)
    assert result.bounds == ResultBounds(Bounds(upper=1.0), Bounds(upper=5.0), Bounds(upper=10.0))
    assert "5" in result.expected_text
    assert "1" in judged(0).expected_text


def test_a_severity_without_threshold_is_not_checked():
    result = judged(50, Thresholds(warning={"max_percent": 1.0}))
    assert result.outcome is Outcome.WARNING
    assert (result.bounds.error, result.bounds.fatal) == (None, None)


def test_the_result_carries_what_identifies_it():
    result = judged(Decimal("0.123456789012345678901"))
    assert result.value == Decimal("0.123456789012345678901")
    assert (result.job_id, result.data_group, result.time_period, result.executed_at) == ("job", '["de"]', NOW, NOW)
    assert (result.category, result.dimension, result.cost) == ("nulls", "Completeness", Cost(1.5, 2))
    assert type(result.dimension) is str
    assert result.id != judged(1).id


def test_no_value_is_inconclusive():
    result = judged(None)
    assert (result.outcome, result.error_reason, result.value) == (Outcome.INCONCLUSIVE, "NO_DATA", None)
    assert result.message
    assert judged(None, reason=NOT_A_NUMBER).error_reason == NOT_A_NUMBER


def test_no_threshold_is_inconclusive_and_keeps_the_value():
    result = judged(3, Thresholds())
    assert (result.outcome, result.error_reason, result.value) == (Outcome.INCONCLUSIVE, "NO_THRESHOLDS", 3)


def test_a_measurement_that_failed_is_an_execution_error_with_its_reason():
    execution = Execution.of(check("a"), "job", NOW)
    result = fail(execution, SourceError(SourceProblem.TIMEOUT, "too slow"), NOW)
    assert (result.outcome, result.error_reason, result.message) == (
        Outcome.EXECUTION_ERROR,
        "SOURCE_TIMEOUT",
        "too slow",
    )
    assert (result.data_group, result.value) == ("", None)


def test_a_check_type_that_is_gone_fails_without_category():
    result = fail(Execution.of(check("a", "gone"), "job", NOW), SourceError(SourceProblem.TIMEOUT, "x"), NOW)
    assert (result.category, result.dimension) == ("", "")


def test_a_rule_that_raises_fails_its_own_check(judged_by):
    result = judged_by(lambda actual, *, max_percent: Verdict(passed=actual / 0 < max_percent))
    assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "RULE_FAILED")
    assert "ZeroDivisionError" in result.message
    assert result.value == 7


def test_a_rule_that_is_gone_is_an_execution_error():
    execution = replace(Execution.of(check("a", thresholds=THREE), "job", NOW), rule="gone")
    result = grade(execution, Reading("a", "", NOW, 1))
    assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "RULE_NOT_FOUND")


def test_a_rule_that_cannot_decide_is_inconclusive_with_its_reason(judged_by):
    result = judged_by(lambda actual, *, max_percent: Verdict(passed=None, reason="Too little history."))
    assert (result.outcome, result.error_reason) == (Outcome.INCONCLUSIVE, "RULE_UNDECIDED")
    assert result.message == "Too little history."


def test_one_undecided_threshold_does_not_hide_a_failing_one_but_does_hide_passed_ones(judged_by):
    def undecided_at_one(passed):
        return lambda actual, *, max_percent: Verdict(passed=None if max_percent == 1.0 else passed)

    assert judged_by(undecided_at_one(False)).outcome is Outcome.FATAL
    assert judged_by(undecided_at_one(True)).outcome is Outcome.INCONCLUSIVE


def test_bounds_without_a_finite_end_are_open(judged_by):
    result = judged_by(lambda actual, *, max_percent: Verdict(True, bounds=Bounds(float("nan"), float("inf"))))
    assert result.bounds.error == Bounds(None, None)


def test_the_rules_own_guess_wins_over_the_sensors_expected_number(judged_by):
    assert judged_by(lambda actual, *, max_percent: Verdict(passed=True)).expected_value == 8
    assert judged_by(lambda actual, *, max_percent: Verdict(passed=True, expected_value=9)).expected_value == 9


def test_a_rule_sees_the_expected_number_and_as_many_earlier_periods_as_it_looks_at(judged_by):
    seen = []

    def look(actual, context, *, max_percent):
        seen.append(context)
        return Verdict(passed=True)

    points = [HistoryPoint(NOW + timedelta(days=days), days) for days in (-3, -2, -1, 0, 1)]
    judged_by(look, points)
    assert seen == [RuleContext(NOW, 8, tuple(points[1:3]))] * 3


def compared_with(value, expected, **reading):
    execution = Execution.of(check("a", "sum_match", "amount", thresholds=SAME), "job", NOW)
    return grade(execution, Reading("a", "", NOW, value, expected, **reading))


SAME = Thresholds(error={"max_diff_percent": 0.0})


def test_a_value_that_only_one_side_has_fails_and_one_that_neither_has_is_inconclusive():
    mine, theirs = compared_with(1, None), compared_with(None, 1)
    assert [(one.outcome, one.message) for one in (mine, theirs)] == [
        (Outcome.ERROR, "The reference has no value."),
        (Outcome.ERROR, "Only the reference has a value."),
    ]
    assert compared_with(None, None).outcome is Outcome.INCONCLUSIVE
    assert compared_with(None, 1, reason=NOT_A_NUMBER).outcome is Outcome.INCONCLUSIVE


def test_failures_in_a_row_take_the_place_of_the_measured_failure():
    execution = Execution.of(
        check("a", "table_availability", "", thresholds=Thresholds(error={"max_failures": 1})), "job", NOW
    )
    earlier = [HistoryPoint(NOW - timedelta(days=days), value) for days, value in ((3, 0), (2, 1), (1, 2))]
    result = grade(execution, Reading("a", "", NOW, 1, message="Forbidden."), earlier)
    assert (result.value, result.outcome, result.message) == (3, Outcome.ERROR, "Forbidden.")


def test_a_rule_knows_the_periods_of_its_check_and_their_zone(judged_by):
    seen = []

    def look(actual, context, *, max_percent):
        seen.append(context.calendar)
        return Verdict(passed=True)

    judged_by(look)
    assert seen == [Calendar("UTC", TimeScale.DAILY)] * 3


def test_a_partition_has_the_rule_of_its_mode():
    row_count = check("a", "row_count_anomaly")
    rules = [Execution.of(replace(row_count, mode=mode), "job", NOW).rule for mode in Mode]
    assert rules == [*["anomaly_differencing_percentile_moving_average"] * 2, "anomaly_partition_row_count"]


def imported(severity, thresholds=THREE, **reading):
    execution = Execution.of(check("a", "import_custom_result_on_table", thresholds=thresholds), "job", NOW)
    return grade(execution, Reading("a", "", NOW, reading.pop("value", None), severity=severity, **reading))


@pytest.mark.parametrize("severity", range(4))
def test_a_severity_that_was_brought_along_is_the_outcome_with_a_value_or_without(severity):
    assert imported(severity).outcome == Outcome(severity)
    with_value = imported(severity, value=7, expected=8)
    assert (with_value.outcome, with_value.value, with_value.expected_value) == (Outcome(severity), 7, 8)


def test_a_severity_without_a_threshold_passes_and_says_so():
    found = imported(1, Thresholds(error={}))
    assert (found.outcome, found.expected_text) == (Outcome.PASSED, "severity 0")
    assert found.message == "The query returned severity 1 (warning), for which the check has no threshold."


def test_a_value_without_a_severity_is_not_judged():
    found = imported(None, value=7, reason=NO_SEVERITY)
    assert (found.outcome, found.error_reason, found.value) == (Outcome.INCONCLUSIVE, NO_SEVERITY, 7)


def dated(value, text, check_type="max_date_in_range", **threshold):
    execution = Execution.of(check("a", check_type, "day", thresholds=Thresholds(error=threshold)), "job", NOW)
    return grade(execution, Reading("a", "", NOW, value, text=text))


def test_a_date_is_judged_and_kept_as_it_is_written():
    result = dated(86400, "1970-01-02", to="1970-01-01")
    assert (result.outcome, result.value, result.value_text) == (Outcome.ERROR, 86400, "1970-01-02")
    assert result.expected_text == "<= 1970-01-01"
    assert dated(86400, "1970-01-02", to="1970-01-02").outcome is Outcome.PASSED


def test_a_text_is_judged_whole_and_kept_in_part():
    text = "a" * 2000
    result = dated(None, text, "max_text_in_range", to="a" * 2000)
    assert (result.outcome, result.value) == (Outcome.PASSED, None)
    assert (len(result.value_text), result.value_text[-2:]) == (1000, "a…")
    assert dated(None, text, "max_text_in_range", to="a" * 1999).outcome is Outcome.ERROR


def test_an_empty_text_is_a_value():
    assert dated(None, "", "min_text_in_range", **{"from": "a"}).outcome is Outcome.ERROR


@pytest.mark.parametrize(("value", "text"), [(86400, "1970-01-02"), (None, "abc")])
def test_what_the_rule_does_not_judge_is_kept_and_inconclusive(value, text):
    result = dated(value, text, "sum_in_range", to=5)
    assert (result.outcome, result.error_reason) == (Outcome.INCONCLUSIVE, NOT_COMPARABLE)
    assert (result.value, result.value_text) == (value, text)
    assert result.message.endswith("the rule 'between_floats' judges a number.")


def test_a_number_is_no_date():
    assert dated(86400, None, to="1970-01-01").error_reason == NOT_COMPARABLE
