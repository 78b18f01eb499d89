from __future__ import annotations

import math

import pytest

from dq_platform.checks.rules.judge import RuleFailed, judge
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Bounds, ResultBounds
from tests.unit.checks.rules.builders import NOW

CONTEXT = RuleContext(NOW)


def test_the_worst_severity_that_fails_is_the_outcome_and_all_bounds_are_kept() -> None:
    thresholds = {Severity.WARNING: {"max_count": 1}, Severity.FATAL: {"max_count": 9}}
    found = judge(RULE_REGISTRY.get("max_count"), 5, thresholds, CONTEXT)
    assert (found.outcome, found.telling.expected) == (Outcome.WARNING, "<= 1")
    assert found.bounds == ResultBounds(warning=Bounds(upper=1.0), fatal=Bounds(upper=9.0))


def test_bounds_that_are_no_numbers_bound_nothing() -> None:
    def odd(actual: int) -> Verdict:
        return Verdict(passed=True, bounds=Bounds(math.nan, math.inf))

    found = judge(RuleType("odd", "", (), odd), 5, {Severity.ERROR: {}}, CONTEXT)
    assert found.bounds == ResultBounds(error=Bounds())


def test_a_rule_that_raises_is_named_without_what_it_said() -> None:
    def broken(actual: int) -> Verdict:
        message = "host=db password=x"
        raise RuntimeError(message)

    with pytest.raises(RuleFailed, match=r"^The rule 'broken' raised RuntimeError\.$"):
        judge(RuleType("broken", "", (), broken), 5, {Severity.ERROR: {}}, CONTEXT)
