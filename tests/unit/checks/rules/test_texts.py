from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.result import Bounds


def verdict(value: str | None, **params: str) -> Verdict:
    return apply(RULE_REGISTRY.get("between_texts"), value, params, RuleContext(datetime(2024, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("value", "params", "passed"),
    [
        ("b", {"from": "a", "to": "c"}, True),
        ("B", {"from": "a"}, False),
        ("a ", {"to": "a"}, False),
        ("é", {"to": "z"}, False),
        ("😀", {"from": "\uffff"}, True),
        ("", {"to": "a"}, True),
        ("10", {"from": "9"}, False),
    ],
)
def test_texts_are_in_the_order_of_their_characters_codes(value: str, params: dict[str, str], passed: bool) -> None:
    assert verdict(value, **params).passed is passed


def test_limits_are_shown_as_texts_and_not_as_numbers() -> None:
    found = verdict("b", **{"from": "a", "to": "it's"})
    assert (found.expected, found.bounds) == ("""'a' to "it's\"""", Bounds())


def test_no_limit_and_an_empty_interval_judge_nothing() -> None:
    assert "give 'from' or 'to'" in verdict("b").reason
    assert "nothing can pass" in verdict("b", **{"from": "z", "to": "a"}).reason
    assert verdict(None, to="a").passed is None
