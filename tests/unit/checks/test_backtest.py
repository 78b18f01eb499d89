from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from dq_platform.checks.backtest import Past, backtest
from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.job import OutcomeCounts
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Bounds, HistoryPoint, ResultBounds
from tests.unit.checks.rules.builders import NOW, history

W, E, F = Severity
CHANGE = RULE_REGISTRY.get("change_percent")
THREE = {W: {"max_percent": 10.0}, E: {"max_percent": 20.0}, F: {"max_percent": 50.0}}


def test_every_period_is_judged_by_those_before_it() -> None:
    tested = backtest(CHANGE, THREE, Past(history([100, 105, 120, 150, 10, Decimal(10)]), Calendar()))
    assert [one.outcome for one in tested.points] == [
        Outcome.INCONCLUSIVE,
        Outcome.PASSED,
        Outcome.WARNING,
        Outcome.ERROR,
        Outcome.FATAL,
        Outcome.PASSED,
    ]
    assert tested.outcomes == OutcomeCounts(passed=2, warning=1, error=1, fatal=1, inconclusive=1)
    assert tested.points[1].verdicts[W].bounds == Bounds(90, 110)
    assert tested.points[1].verdicts[F].bounds == Bounds(50, 150)


def test_points_may_come_in_any_order() -> None:
    points = history([100, 105, 120])
    assert backtest(CHANGE, THREE, Past(points[::-1], Calendar())) == backtest(CHANGE, THREE, Past(points, Calendar()))


def test_an_excluded_period_is_judged_but_not_learnt_from() -> None:
    points = history([100, 1000, 100])
    tested = backtest(CHANGE, THREE, Past(points, Calendar(), excluded={points[1].time_period}))
    assert [one.outcome for one in tested.points] == [Outcome.INCONCLUSIVE, Outcome.FATAL, Outcome.PASSED]


def test_a_rule_that_looks_at_nothing_else_is_tested_too() -> None:
    tested = backtest(RULE_REGISTRY.get("max_count"), {E: {"max_count": 3}}, Past(history([3, 4]), Calendar()))
    assert [one.outcome for one in tested.points] == [Outcome.PASSED, Outcome.ERROR]


@pytest.mark.parametrize("name", ["anomaly_seasonal", "multiply_moving_stdev_within_30_days", "change_percent_7_days"])
def test_a_verdict_is_the_one_that_would_have_been_given(name: str) -> None:
    rule = RULE_REGISTRY.get(name)
    params = {"multiply_stdev": 4.0} if name.startswith("multiply") else {}
    points = history([100 + index * 7 % 13 for index in range(80)])
    tested = backtest(rule, {W: params}, Past(points, Calendar()))
    for index in (20, 50, 79):
        then = RuleContext(NOW - timedelta(days=80 - index), history=points[:index])
        assert tested.points[index].verdicts[W] == apply(rule, points[index].value, params, then)


def test_nothing_known_gives_nothing() -> None:
    assert backtest(CHANGE, THREE, Past([], Calendar())).outcomes == OutcomeCounts()
    assert backtest(CHANGE, THREE, Past([HistoryPoint(NOW, 5)], Calendar())).outcomes == OutcomeCounts(inconclusive=1)


def test_what_came_before_is_learnt_from_but_not_judged() -> None:
    points = history([100, 105, 120])
    tested = backtest(CHANGE, THREE, Past(points[2:], Calendar(), earlier=points[:2]))
    assert [(one.value, one.outcome) for one in tested.points] == [(120, Outcome.WARNING)]


def test_a_rule_that_counts_failures_counts_excluded_ones_too() -> None:
    points = history([0, 1, 1, 0])
    excluded = {point.time_period for point in points[1:3]}
    rule = RULE_REGISTRY.get("max_failures")
    tested = backtest(rule, {E: {"max_failures": 1}}, Past(points, Calendar(), excluded))
    assert [one.value for one in tested.points] == [0, 1, 2, 0]
    assert all(one.learnt for one in tested.points)


def test_alerts_are_a_share_of_the_verdicts() -> None:
    tested = backtest(CHANGE, THREE, Past(history([100, 105, 120, 150, 150]), Calendar()))
    assert tested.alert_percent == 50.0
    assert backtest(CHANGE, THREE, Past([], Calendar())).alert_percent is None


def test_a_rule_that_raises_ends_its_period_alone_as_an_execution_error() -> None:
    def broken(actual: int) -> Verdict:
        return Verdict(passed=10 / actual > 1)

    rule = RuleType("broken", "", (), broken)
    tested = backtest(rule, {E: {}}, Past(history([5, 0, 20]), Calendar()))
    assert [one.outcome for one in tested.points] == [Outcome.PASSED, Outcome.EXECUTION_ERROR, Outcome.ERROR]
    assert tested.points[1].telling.reason == "The rule 'broken' raised ZeroDivisionError."
    assert tested.points[1].bounds == ResultBounds()


def test_an_expected_value_is_that_of_the_point() -> None:
    points = [HistoryPoint(NOW, 99, expected=100)]
    rule = RULE_REGISTRY.get("diff_percent")
    tested = backtest(rule, {W: {"max_diff_percent": 0}, E: {"max_diff_percent": 1}}, Past(points, Calendar()))
    assert [one.outcome for one in tested.points] == [Outcome.WARNING]
