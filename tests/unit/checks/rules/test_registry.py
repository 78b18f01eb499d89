from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dq_platform.checks.params import ParamKind
from dq_platform.checks.rules.history import Window
from dq_platform.checks.rules.parameters import Percent
from dq_platform.checks.rules.registry import RULE_REGISTRY, apply, rule, rules
from dq_platform.checks.rules.verdict import RuleContext, Undecided, Verdict


def test_a_rules_signature_and_docstring_are_what_the_catalogue_shows() -> None:
    shown = RULE_REGISTRY.get("max_percent")
    [spec] = shown.params
    assert (spec.name, spec.kind, spec.default, spec.minimum, spec.maximum) == (
        "max_percent",
        ParamKind.PERCENT,
        0.0,
        0,
        100,
    )
    assert shown.description == "Fails when the measured percentage exceeds `max_percent`."


def test_an_argument_without_default_is_required_and_one_that_may_be_none_is_not() -> None:
    assert RULE_REGISTRY.get("equals_integer").params[0].required
    assert [(spec.name, spec.required, spec.default) for spec in RULE_REGISTRY.get("between_floats").params] == [
        ("from", False, None),
        ("to", False, None),
    ]


def test_a_decorated_function_is_a_rule() -> None:
    @rule("half")
    def half(actual: float, *, limit: Percent = 50.0) -> Verdict:
        """Fails above the half."""
        return Verdict(passed=actual <= limit)

    assert (half.name, half.description, half.takes_context) == ("half", "Fails above the half.", False)


def test_an_annotation_that_says_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="says nothing of its kind"):

        @rule("bad")
        def bad(actual: float, *, limit: float = 1.0) -> Verdict:
            return Verdict(passed=actual <= limit)


def test_every_rule_says_when_it_fails_or_passes() -> None:
    assert [shown.name for shown in RULE_REGISTRY.items() if len(shown.description) < 20] == []


def test_a_function_can_be_several_rules_that_look_back_differently() -> None:
    @rules({"moving_7_days": Window(7, 3), "moving_30_days": Window(30, 10)})
    def moving(actual: float, context: RuleContext, window: Window, *, limit: Percent = 50.0) -> Verdict:
        """Fails above the limit of {0.days} days, of which {0.least} have a value."""
        return Verdict(passed=actual <= limit, expected_value=window.days)

    week, month = moving
    assert (week.name, week.history_points, month.name, month.history_points) == (
        *("moving_7_days", 7),
        *("moving_30_days", 30),
    )
    assert month.description == "Fails above the limit of 30 days, of which 10 have a value."
    assert [spec.name for spec in week.params] == ["limit"]
    verdict = apply(month, 60, {"limit": 55.0}, RuleContext(datetime(2024, 1, 1, tzinfo=UTC)))
    assert (verdict.passed, verdict.expected_value) == (False, 30)


def test_a_rule_that_is_undecided_says_why() -> None:
    @rule("asks_for_more")
    def asks_for_more(actual: float) -> Verdict:
        raise Undecided("There is too little of it.")

    verdict = apply(asks_for_more, 1, {}, RuleContext(datetime(2024, 1, 1, tzinfo=UTC)))
    assert (verdict.passed, verdict.reason) == (None, "There is too little of it.")
