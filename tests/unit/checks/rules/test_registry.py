from __future__ import annotations

import pytest

from dq_platform.checks.params import ParamKind
from dq_platform.checks.rules.parameters import Percent
from dq_platform.checks.rules.registry import RULE_REGISTRY, rule
from dq_platform.checks.rules.verdict import Verdict


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
