from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.result import Bounds, HistoryPoint

NOW = datetime(2024, 1, 10, tzinfo=UTC)


def judge(name: str, value: Any, earlier: list[Any], **params: Any) -> Verdict:
    days = range(len(earlier), 0, -1)
    history = [HistoryPoint(NOW - timedelta(days=day), point) for day, point in zip(days, earlier, strict=True)]
    return apply(RULE_REGISTRY.get(name), value, params, RuleContext(NOW, history=history))


@pytest.mark.parametrize(
    ("earlier", "passing", "failing"),
    [
        ([1, 100], [90, 110], [89.9, 110.1]),
        ([-100], [-90, -110], [100, -89]),
        ([0], [0], [1, -1]),
        ([Decimal("0.3")], [0.3, 0.33, 0.27], [0.34]),
    ],
)
def test_a_change_is_measured_against_the_newest_earlier_value(
    earlier: list[Any], passing: list[Any], failing: list[Any]
) -> None:
    verdicts = [judge("change_percent", value, earlier, max_percent=10.0).passed for value in (*passing, *failing)]
    assert verdicts == [True] * len(passing) + [False] * len(failing)


def test_a_change_shows_what_was_expected() -> None:
    verdict = judge("change_percent", 500, [200], max_percent=50.0)
    assert (verdict.expected, verdict.bounds, verdict.expected_value) == ("100 to 300", Bounds(100.0, 300.0), 200)


def test_any_change_of_a_value_that_should_stay_fails() -> None:
    assert [judge("value_changed", value, [4, 5]).passed for value in (5, 4)] == [True, False]


@pytest.mark.parametrize("name", ["change_percent", "value_changed"])
def test_without_an_earlier_period_there_is_no_verdict(name: str) -> None:
    verdict = judge(name, 5, [])
    assert (verdict.passed, verdict.reason) == (None, "There is no earlier period to compare with.")
