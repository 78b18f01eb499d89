from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext
from dq_platform.models.result import HistoryPoint
from tests.unit.checks.rules.builders import MONTHLY, NOW, by_age, judge


def weeks(days: int = 180, gaps: frozenset[int] = frozenset()) -> list[HistoryPoint]:
    """A thousand rows on weekdays, a hundred at weekends."""
    rng = random.Random(5)
    points = []
    for age in range(days, 0, -1):
        day = NOW - timedelta(days=age)
        usual = 100 if day.weekday() >= 5 else 1000
        value = round(usual * rng.gauss(1, 0.03))
        if age not in gaps:
            points.append(HistoryPoint(day, value))
    return points


def test_a_monday_is_judged_as_a_monday() -> None:
    judged = [judge("anomaly_seasonal", value, weeks()).passed for value in (1000, 1050, 100, 0, 2000)]
    assert judged == [True, True, False, False, False]


def test_missing_days_shift_no_weekday() -> None:
    gaps = frozenset({1, 3, 4, 20, *range(40, 47), 60, 61, 62})
    assert [judge("anomaly_seasonal", value, weeks(gaps=gaps)).passed for value in (1000, 100)] == [True, False]


def test_the_zone_says_which_weekday_it_is() -> None:
    """Midnights of Auckland are noons of the day before in UTC."""
    shifted = [HistoryPoint(point.time_period - timedelta(hours=12), point.value) for point in weeks()]
    context = RuleContext(NOW - timedelta(hours=12), history=shifted)
    assert apply(RULE_REGISTRY.get("anomaly_seasonal"), 1000, {}, context).passed


def test_a_few_anomalies_in_the_past_hide_no_new_one() -> None:
    points = [
        HistoryPoint(point.time_period, 5000) if index % 25 == 3 else point for index, point in enumerate(weeks())
    ]
    assert [judge("anomaly_seasonal", value, points).passed for value in (1000, 300, 3000)] == [True, False, False]


def test_a_delay_may_be_shorter() -> None:
    rng = random.Random(2)
    delays = [1 + abs(rng.gauss(0, 0.1)) for _ in range(60)]
    verdicts = [judge("anomaly_seasonal_delay", value, delays) for value in (0.0, 1.1, 5)]
    assert [verdict.passed for verdict in verdicts] == [True, True, False]
    assert verdicts[0].bounds.lower is None


@pytest.mark.parametrize("name", ["anomaly_seasonal", "anomaly_seasonal_delay"])
@pytest.mark.parametrize("constant", [7, 0, Decimal("0.1"), 0.3])
def test_values_that_never_varied_decide_only_about_others(name: str, constant: Any) -> None:
    verdicts = [judge(name, value, [constant] * 40) for value in (constant, constant + 1)]
    assert [verdict.passed for verdict in verdicts] == [None, False]
    assert "exactly as ever" in verdicts[0].reason
    assert verdicts[1].bounds.upper == pytest.approx(float(constant))


def test_exact_growth_decides_only_about_other_values() -> None:
    grown = [10 * day for day in range(60)]
    assert [judge("anomaly_seasonal", value, grown).passed for value in (600, 590)] == [None, False]


def test_there_must_be_as_many_values_as_are_asked_for() -> None:
    values = by_age({age: 100 + age % 7 for age in range(1, 21)})
    assert judge("anomaly_seasonal", 100, values).reason == (
        "The 180 days before have 20 values to learn from; 30 are needed."
    )
    assert judge("anomaly_seasonal", 103, values, min_points=20).passed is not None


def test_months_are_judged_too() -> None:
    months = [
        HistoryPoint(NOW.replace(year=2020 + index // 12, month=index % 12 + 1, day=1), 100) for index in range(40)
    ]
    points = [HistoryPoint(point.time_period, 100 + index % 5) for index, point in enumerate(months)]
    context = RuleContext(NOW.replace(year=2023, month=5, day=1), history=points, calendar=MONTHLY)
    rule = RULE_REGISTRY.get("anomaly_seasonal")
    assert [apply(rule, value, {}, context).passed for value in (102, 900)] == [True, False]
