"""What holds for every rule that looks back, whatever the history is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.check import TimeScale
from dq_platform.models.result import HistoryPoint
from tests.unit.checks.rules.builders import NOW, history, judge

RULES = [rule for rule in RULE_REGISTRY.items() if rule.history_points and rule.name != "max_failures"]
SENSITIVE = [rule for rule in RULES if any(spec.name == "anomaly_percent" for spec in rule.params)]
few = settings(max_examples=12, deadline=None)  # Of each of many rules.
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)

ANY_NUMBER = st.one_of(
    st.integers(), st.integers(-3, 3), st.floats(), st.floats(0, 100), st.decimals(), st.just(10**400)
)
HISTORIES = st.one_of(
    st.lists(st.one_of(st.none(), ANY_NUMBER), max_size=70),
    st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=40, max_size=100),
    st.lists(st.sampled_from([0, 5, 1e150, 5e-324, 100.0]), min_size=40, max_size=100),
)
ORDINARY = st.lists(st.floats(0.5, 99.5), min_size=40, max_size=100)


def given_params(rule: RuleType) -> dict[str, Any]:
    """Something for each parameter that has to be given, or may be."""
    return {spec.name: _some(spec) for spec in rule.params if spec.default is None}


def _some(spec: ParamSpec) -> Any:
    return 2 if spec.kind is ParamKind.INT else 2.5


def judged(rule: RuleType, value: Any, earlier: Sequence[HistoryPoint], scale: TimeScale = TimeScale.DAILY) -> Verdict:
    context = RuleContext(NOW, history=earlier, calendar=Calendar("Asia/Kathmandu", scale))
    return apply(rule, value, given_params(rule), context)


def test_all_rules_of_the_kind_are_there() -> None:
    assert len(RULES) >= 52


@by_name
@few
@given(value=ANY_NUMBER, earlier=HISTORIES, scale=st.sampled_from(TimeScale))
def test_there_is_always_a_verdict_and_no_bound_is_nan(
    rule: RuleType, value: Any, earlier: list[Any], scale: TimeScale
) -> None:
    verdict = judged(rule, value, history(earlier), scale)
    assert verdict.passed in (True, False, None)
    assert bool(verdict.reason) is (verdict.passed is None)
    ends = [end for end in (verdict.bounds.lower, verdict.bounds.upper) if end is not None]
    assert not any(map(math.isnan, ends))
    assert ends == sorted(ends)


@by_name
@few
@given(value=st.floats(0.5, 99.5), earlier=ORDINARY)
def test_bounds_say_what_passes_and_hold_what_is_expected(rule: RuleType, value: float, earlier: list[float]) -> None:
    verdict = judged(rule, value, history(earlier))
    if verdict.passed is None:
        return
    lower = -math.inf if verdict.bounds.lower is None else verdict.bounds.lower
    upper = math.inf if verdict.bounds.upper is None else verdict.bounds.upper
    assert verdict.passed is (lower <= value <= upper) or min(abs(value - lower), abs(value - upper)) < 1e-6
    assert verdict.expected_value is not None
    assert verdict.expected


@by_name
@few
@given(value=st.floats(0.5, 99.5), others=st.lists(st.floats(0.5, 99.5), max_size=3), earlier=ORDINARY)
def test_what_is_judged_and_what_is_later_is_not_learnt_from(
    rule: RuleType, value: float, others: list[float], earlier: list[float]
) -> None:
    points = history(earlier)
    later = [HistoryPoint(NOW + timedelta(days=index), other) for index, other in enumerate([value, *others])]
    assert judged(rule, value, [*points, *later]) == judged(rule, value, points)


@by_name
@few
@given(value=st.floats(0.5, 99.5), earlier=ORDINARY)
def test_periods_without_a_number_change_nothing(rule: RuleType, value: float, earlier: list[float]) -> None:
    holes = [None if index % 9 == 4 else number for index, number in enumerate(earlier)]
    filled = [math.nan if number is None else number for number in holes]
    assert judged(rule, value, history(filled)) == judged(rule, value, history(holes))


@pytest.mark.parametrize("rule", SENSITIVE, ids=lambda rule: rule.name)
@few
@given(earlier=ORDINARY, percents=st.lists(st.floats(1e-4, 50), min_size=2, max_size=2))
def test_rarer_anomalies_lie_further_out(rule: RuleType, earlier: list[float], percents: list[float]) -> None:
    rare, frequent = sorted(percents)
    outer, inner = (judge(rule.name, 1000.0, earlier, anomaly_percent=percent).bounds for percent in (rare, frequent))
    for out, within in ((outer.upper, inner.upper), (inner.lower, outer.lower)):
        if out is not None and within is not None:
            assert out >= within - 1e-9 * abs(within)
