"""Histories of daily values, and what rules say after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.check import TimeScale
from dq_platform.models.result import HistoryPoint

NOW = datetime(2024, 6, 10, tzinfo=UTC)
"""A Monday."""
MONTHLY = Calendar("UTC", TimeScale.MONTHLY)


def history(values: Sequence[Any], now: datetime = NOW) -> list[HistoryPoint]:
    """One value a day up to the day before; None: a gap."""
    days = range(len(values), 0, -1)
    return [
        HistoryPoint(now - timedelta(days=day), value)
        for day, value in zip(days, values, strict=True)
        if value is not None
    ]


def by_age(values: Mapping[int, Any]) -> list[HistoryPoint]:
    return [HistoryPoint(NOW - timedelta(days=age), value) for age, value in values.items()]


def judge(name: str, value: Any, earlier: Sequence[Any], **params: Any) -> Verdict:
    """The rule's verdict on a value after one a day, or after points."""
    points = earlier if earlier and isinstance(earlier[0], HistoryPoint) else history(earlier)
    return apply(RULE_REGISTRY.get(name), value, params, RuleContext(NOW, history=points))
