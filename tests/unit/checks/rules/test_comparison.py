from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.result import Bounds

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def judge(name: str, value: Any, params: dict[str, Any] | None = None, expected: Any = None) -> Verdict:
    return apply(RULE_REGISTRY.get(name), value, params or {}, RuleContext(NOW, expected=expected))


@pytest.mark.parametrize(
    ("name", "params", "passing", "failing", "text", "bounds"),
    [
        ("max_percent", {"max_percent": 5.0}, [0, 5, 5.0], [5.0000001, 100], "<= 5 %", (None, 5)),
        ("min_percent", {"min_percent": 95.0}, [95, 100], [94.999], ">= 95 %", (95, None)),
        ("between_percent", {"min_percent": 10, "max_percent": 20.5}, [10], [9.9, 20.6], "10 to 20.5 %", (10, 20.5)),
        ("between_percent", {"max_percent": 20.0}, [0, 20], [21], "<= 20 %", (None, 20)),
        ("between_percent", {"min_percent": 20.0}, [20, 100], [19], ">= 20 %", (20, None)),
        ("max_count", {"max_count": 0}, [0], [1, 10**7], "<= 0", (None, 0)),
        ("min_count", {"min_count": 1}, [1], [0], ">= 1", (1, None)),
        ("min_count_1", {}, [1, 2], [0], ">= 1", (1, None)),
        ("count_between", {"min_count": 2, "max_count": 4}, [2, 4], [1, 5], "2 to 4", (2, 4)),
        ("between_ints", {"from": -1, "to": 1}, [-1, 1], [-2, 2], "-1 to 1", (-1, 1)),
        ("between_floats", {"from": 0.1, "to": 0.3}, [0.1, Decimal("0.3")], [0.09], "0.1 to 0.3", (0.1, 0.3)),
        ("between_floats", {"to": 1e20}, [1e20], [2e20], "<= 100000000000000000000", (None, 1e20)),
        ("max_value", {"max_value": -1.5}, [-2, -1.5], [-1.4], "<= -1.5", (None, -1.5)),
        ("min_value", {"min_value": 2**53 + 1}, [2**53 + 1], [2**53], f">= {2**53 + 1}", (float(2**53 + 1), None)),
        ("max_days", {"max_days": 1.0}, [0.5, 1, -3], [1.01], "<= 1 days", (None, 1)),
        ("equals", {"expected_value": 0.3, "error_margin": 0.1}, [0.2, 0.4], [0.19, 0.41], "0.2 to 0.4", (0.2, 0.4)),
        ("equals", {"expected_value": 0.3}, [0.3, Decimal("0.3")], [0.30000000000000004], "= 0.3", (0.3, 0.3)),
        ("equals_integer", {"expected_value": 7}, [7, 7.0], [6, 8], "= 7", (7, 7)),
        ("equals_0", {}, [0, 0.0], [1], "= 0", (0, 0)),
        ("equals_1", {}, [1], [0], "= 1", (1, 1)),
        ("detected_datatype_equals", {"expected_datatype": "dates"}, [3], [1, 8], "= dates", (3, 3)),
        ("pass", {}, [-1, 0, 10**30], [], "any value", (None, None)),
    ],
)  # fmt: skip
def test_a_rule_passes_up_to_its_bounds_and_no_further(
    name: str, params: dict[str, Any], passing: list[Any], failing: list[Any], text: str, bounds: tuple[Any, Any]
) -> None:
    assert [judge(name, value, params).passed for value in passing] == [True] * len(passing)
    assert [judge(name, value, params).passed for value in failing] == [False] * len(failing)
    verdict = judge(name, 1, params)
    assert (verdict.expected, verdict.bounds) == (text, Bounds(*bounds))


@pytest.mark.parametrize(
    ("expected", "percent", "passing", "failing"),
    [
        (100, 0.0, [100, 100.0, Decimal("100.00")], [99, 101]),
        (100, 5.0, [95, 105], [94.99, 105.01]),
        (-100, 5.0, [-95, -105], [100, -94]),
        (0, 50.0, [0], [0.001, -0.001]),
        (Decimal("0.3"), 0.0, [0.3], [0.1]),
        (10, 200.0, [-10, 30], [31]),
    ],
)
def test_a_difference_is_measured_against_the_reference_whatever_its_sign(
    expected: Any, percent: float, passing: list[Any], failing: list[Any]
) -> None:
    params = {"max_diff_percent": percent}
    assert [judge("diff_percent", value, params, expected).passed for value in passing] == [True] * len(passing)
    assert [judge("diff_percent", value, params, expected).passed for value in failing] == [False] * len(failing)
    assert judge("diff_percent", 1, params, expected).expected_value == expected


def test_a_reference_without_a_value_is_matched_by_nothing() -> None:
    verdict = judge("diff_percent", 5, {"max_diff_percent": 100.0})
    assert (verdict.passed, verdict.reason) == (False, "The reference has no value.")


def test_missing_values_are_counted_from_the_number_that_the_sensor_expects() -> None:
    params = {"max_missing": 2}
    assert [judge("max_missing", value, params, 3).passed for value in (3, 1, 0)] == [True, True, False]
    assert judge("max_missing", 0, params, 1).bounds == Bounds(0.0, None)
    assert judge("max_missing", 0, params).passed is None


@pytest.mark.parametrize("name", [rule.name for rule in RULE_REGISTRY.items()])
def test_without_a_value_no_rule_has_a_verdict(name: str) -> None:
    for nothing in (None, float("nan"), Decimal("NaN")):
        verdict = apply(RULE_REGISTRY.get(name), nothing, {}, RuleContext(NOW))
        assert verdict.passed is None
        assert verdict.reason


@pytest.mark.parametrize(("value", "passed"), [(5, True), (5.0, True), (4, False), (6, False)])
def test_only_the_accepted_value_passes(value: Any, passed: bool) -> None:
    verdict = judge("equals_accepted", value, expected=5)
    assert (verdict.passed, verdict.expected, verdict.expected_value) == (passed, "= 5", 5)
    assert verdict.bounds == Bounds(5, 5)


def test_without_an_accepted_value_there_is_no_verdict() -> None:
    assert judge("equals_accepted", 5).passed is None


@pytest.mark.parametrize(("value", "reference"), [(200, 100), (300, 100), (-100, 100), (100, -100), (0, 100)])
def test_a_doubled_table_and_a_changed_sign_are_differences(value: int, reference: int) -> None:
    """A share that ends at 100, or one of absolute values, would let them pass."""
    assert judge("diff_percent", value, {"max_diff_percent": 99.0}, reference).passed is False
