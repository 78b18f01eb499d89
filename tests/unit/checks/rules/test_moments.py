from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dq_platform.checks.moments import seconds
from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.values import Number

NOON = datetime(2024, 12, 31, 12, tzinfo=UTC)


def verdict(name: str, value: date | None, expected: Number | None = None, **params: Any) -> Verdict:
    number = None if value is None else seconds(value)
    return apply(RULE_REGISTRY.get(name), number, params, RuleContext(NOON, expected))


@pytest.mark.parametrize(
    ("value", "params", "passed", "expected"),
    [
        (date(2024, 12, 31), {"from": "2024-12-31"}, True, ">= 2024-12-31"),
        (date(2024, 12, 30), {"from": "2024-12-31"}, False, ">= 2024-12-31"),
        (NOON, {"to": "2024-12-31"}, True, "<= 2024-12-31"),
        (NOON, {"to": "2024-12-30"}, False, "<= 2024-12-30"),
        (NOON, {"to": "2024-12-31T11:59:59.999999Z"}, False, "<= 2024-12-31T11:59:59.999999Z"),
        (NOON, {"from": "2024-12-31T12:00:00Z", "to": "2024-12-31T12:00:00Z"}, True, "= 2024-12-31T12:00:00Z"),
        (date(9999, 12, 31), {"from": "2024-01-01", "to": "9999-12-31"}, True, "2024-01-01 to 9999-12-31"),
        (date(1, 1, 1), {"from": "1900-01-01"}, False, ">= 1900-01-01"),
    ],
)
def test_a_date_lies_between_dates(value: date, params: dict[str, str], passed: bool, expected: str) -> None:
    found = verdict("between_dates", value, **params)
    assert (found.passed, found.expected) == (passed, expected)


def test_bounds_are_seconds() -> None:
    bounds = verdict("between_dates", NOON, **{"from": "1970-01-02", "to": "1970-01-02"}).bounds
    assert (bounds.lower, bounds.upper) == (86400.0, 172799.999999)


@pytest.mark.parametrize(
    ("value", "days", "passed"), [(date(2024, 12, 31), 0.0, True), (NOON, 0.0, False), (NOON, 0.5, True)]
)
def test_a_date_is_so_many_days_from_the_references(value: date, days: float, passed: bool) -> None:
    found = verdict("diff_days", value, seconds(date(2024, 12, 31)), max_diff_days=days)
    assert found.passed is passed
    assert found.expected == ("= 2024-12-31" if not days else "= 2024-12-31 ± 0.5 days")


def test_a_date_that_only_one_side_has_fails_and_none_at_all_says_nothing() -> None:
    assert verdict("diff_days", None, seconds(NOON)).passed is False
    assert verdict("diff_days", NOON).passed is False
    assert verdict("diff_days", None).passed is None
