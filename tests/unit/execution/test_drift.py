from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.checks.drift import Drift
from dq_platform.execution.drift import compare, drift_of, watched
from dq_platform.execution.grade import Execution, grade
from dq_platform.execution.plan import plan
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Mode, Thresholds
from dq_platform.models.metadata import DataType
from dq_platform.models.outcome import Outcome
from tests.unit.execution.builders import COLUMNS, NOW, check, context, snapshot

FATAL = Thresholds(fatal={})
TABLE_CHECKS = ["column_count_changed", "column_list_changed", "column_list_or_order_changed", "column_types_changed"]
MORE = COLUMNS | {"note": DataType.TEXT}


def baseline(of, columns=COLUMNS):
    return Baseline(of.id, 1, watched(of, snapshot(columns).columns), (), "admin", "", NOW)


def answer(one, **given):
    made = plan([one], context(**given))
    assert (made.statements, made.failures) == ((), {})
    [reading] = made.answers
    return grade(Execution.of(one, "job", NOW), reading)


def of_table(check_type, **changes):
    return check("a", check_type, "", thresholds=FATAL, **changes)


@pytest.mark.parametrize("mode", [Mode.MONITORING, Mode.PROFILING])
@pytest.mark.parametrize("check_type", TABLE_CHECKS)
def test_columns_as_they_were_accepted_pass_and_others_fail_with_a_message(check_type, mode):
    one = of_table(check_type, mode=mode)
    known = {"a": baseline(one)}
    same = answer(one, baselines=known)
    assert (same.outcome, same.message) == (Outcome.PASSED, "")
    more = answer(one, baselines=known, snapshot=snapshot(MORE))
    counts = check_type == "column_count_changed"
    assert (more.outcome, more.value) == (Outcome.FATAL, 7 if counts else 1)
    assert more.expected_value == (6 if counts else 0)
    assert more.message == "The columns differ from the accepted ones: added note (text)."


@pytest.mark.parametrize("check_type", TABLE_CHECKS)
def test_without_a_baseline_there_is_nothing_to_judge(check_type):
    result = answer(of_table(check_type))
    assert (result.outcome, result.value, result.error_reason) == (Outcome.INCONCLUSIVE, None, "NO_BASELINE")
    assert result.message


def test_a_check_of_a_column_looks_at_that_column_alone():
    one = check("a", "column_type_changed", "amount", thresholds=FATAL)
    known = {"a": baseline(one)}
    assert [column.name for column in known["a"].columns] == ["amount"]
    assert answer(one, baselines=known, snapshot=snapshot(MORE)).outcome is Outcome.PASSED
    changed = answer(one, baselines=known, snapshot=snapshot(COLUMNS | {"amount": DataType.TEXT}))
    assert (changed.outcome, changed.value) == (Outcome.FATAL, 1)
    assert "retyped amount: decimal → text" in changed.message


@pytest.mark.parametrize("check_type", TABLE_CHECKS)
def test_a_table_that_is_gone_cannot_be_compared(check_type):
    one = of_table(check_type)
    for known in ({}, {"a": baseline(one)}):
        made = plan([one], context(snapshot=None, baselines=known))
        assert made.failures["a"].reason == "TABLE_NOT_FOUND"


def test_a_column_that_is_gone_cannot_be_compared():
    one = check("a", "column_type_changed", "amount", thresholds=FATAL)
    made = plan([one], context(snapshot=snapshot({"id": DataType.INTEGER}), baselines={"a": baseline(one)}))
    assert made.failures["a"].reason == "COLUMN_NOT_FOUND"


def test_each_check_has_a_baseline_of_its_own():
    new, old = (replace(of_table("column_list_changed"), id=name) for name in ("new", "old"))
    known = {"new": baseline(new, MORE), "old": baseline(old)}
    made = plan([new, old], context(snapshot=snapshot(MORE), baselines=known))
    assert {reading.check_id: reading.value for reading in made.answers} == {"new": 0, "old": 1}


def test_what_the_engine_guesses_is_no_part_of_a_baseline():
    one = of_table("column_list_changed")
    guessing = [replace(column, estimated_distinct=9) for column in snapshot().columns]
    assert watched(one, guessing) == snapshot().columns


def test_other_checks_compare_with_nothing():
    assert drift_of("column_list_changed") is Drift.NAMES
    assert [drift_of(name) for name in ("column_count", "no_such_type")] == [None, None]
    assert compare(check("a", "column_count", ""), snapshot().columns, None) is None
