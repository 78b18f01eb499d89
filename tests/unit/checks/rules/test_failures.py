from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.result import Bounds, HistoryPoint

RULE = RULE_REGISTRY.get("max_failures")
NOW = datetime(2024, 3, 10, tzinfo=UTC)


def judged(actual: int, earlier: tuple[int, ...] = (), limit: int = 0) -> Verdict:
    points = [HistoryPoint(NOW - timedelta(days=len(earlier) - day), value) for day, value in enumerate(earlier)]
    return apply(RULE, actual, {"max_failures": limit}, RuleContext(NOW, history=points))


@pytest.mark.parametrize(
    ("actual", "earlier", "failures"),
    [
        (0, (), 0),
        (1, (), 1),
        (1, (0, 0), 1),
        (0, (1, 2, 3), 0),
        (1, (1, 2), 3),
        (1, (1, 2, 0, 1), 2),
        (1, (0, 1, 2, 3), 4),
    ],
)
def test_failures_are_counted_back_to_the_last_success(actual: int, earlier: tuple[int, ...], failures: int) -> None:
    verdict = judged(actual, earlier)
    assert (verdict.value, verdict.passed) == (failures, failures == 0)


def test_as_many_failures_as_allowed_pass() -> None:
    assert judged(1, (1,), limit=2).passed
    assert not judged(1, (1, 2), limit=2).passed


def test_none_is_expected_and_the_limit_is_the_upper_bound() -> None:
    verdict = judged(1, limit=5)
    assert (verdict.expected_value, verdict.bounds, verdict.expected) == (
        0,
        Bounds(upper=5.0),
        "<= 5 failures in a row",
    )
