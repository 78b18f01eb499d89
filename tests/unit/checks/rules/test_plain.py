from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.rules import RuleResult, plain_rule
from dq_platform.checks.rules.registry import RuleType, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.models.outcome import Severity
from dq_platform.models.values import ParamValue

CONTEXT = RuleContext(datetime(2026, 1, 1, tzinfo=UTC))


def evaluate_at_most(value: float, params: dict[str, ParamValue]) -> RuleResult:
    """Fails above `threshold`."""
    assert isinstance(value, int | float)
    passed = value <= float(str(params.get("threshold", 0)))
    return RuleResult(passed, Severity.ERROR, message=None if passed else f"{value} is too much")


AT_MOST = plain_rule("at_most", evaluate_at_most, ParamSpec("threshold", ParamKind.FLOAT, default=3))


def test_a_plain_function_is_shown_with_its_docstring_and_parameters() -> None:
    assert (AT_MOST.name, AT_MOST.description) == ("at_most", "Fails above `threshold`.")
    assert [(spec.name, spec.default) for spec in AT_MOST.params] == [("threshold", 3)]


@pytest.mark.parametrize("value", [3, 3.0, Decimal(3)])
def test_a_plain_function_judges_numbers_of_all_kinds(value: float) -> None:
    assert apply(AT_MOST, value, {"threshold": 3}, CONTEXT) == Verdict(passed=True)
    assert apply(AT_MOST, value, {"threshold": 2}, CONTEXT) == Verdict(
        passed=False, reason=f"{float(value) if isinstance(value, Decimal) else value} is too much"
    )


def test_a_missing_value_is_not_given_to_a_plain_function() -> None:
    assert apply(AT_MOST, None, {"threshold": 3}, CONTEXT).passed is None


def test_a_parameter_keeps_its_name_even_if_that_is_a_word_of_python() -> None:
    seen: list[dict[str, ParamValue]] = []

    def spy(value: float, params: dict[str, ParamValue]) -> RuleResult:
        seen.append(params)
        return RuleResult(passed=True)

    apply(plain_rule("spy", spy), 1, {"from": 1, "actual": 2}, CONTEXT)
    assert seen == [{"from": 1, "actual": 2}]


def test_a_plain_function_that_gives_something_else_is_wrong() -> None:
    wrong: RuleType = plain_rule("wrong", lambda value, params: True)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="the rule 'wrong' must give a RuleResult, not bool"):
        apply(wrong, 1, {}, CONTEXT)


def test_thresholds_of_a_plain_rule_need_no_bounds() -> None:
    given = {Severity.WARNING: {"threshold": 1}, Severity.ERROR: {"threshold": 0}}
    thresholds, violations = validate_thresholds(CHECK_REGISTRY.get("row_count"), AT_MOST, given)
    assert violations == []
    assert (thresholds.warning, thresholds.error) == ({"threshold": 1}, {"threshold": 0})
