from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dq_platform.checks.rules.registry import RULE_REGISTRY, apply
from dq_platform.checks.rules.verdict import RuleContext
from dq_platform.models.result import Bounds, HistoryPoint
from tests.unit.checks.rules.builders import MONTHLY, NOW, by_age, judge


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


def test_the_newest_earlier_value_counts_however_old_it_is() -> None:
    assert judge("change_percent", 100, by_age({500: 100})).passed


@pytest.mark.parametrize(
    ("name", "params", "bounds", "expected"),
    [
        ("change_percent", {"max_percent": 10.0}, Bounds(180, 220), 200),
        ("change_difference", {"max_difference": 5}, Bounds(195, 205), 200),
        ("between_change", {"from": -10, "to": 30}, Bounds(190, 230), 210),
        ("between_change", {"to": 30}, Bounds(None, 230), 200),
        ("between_percent_change", {"from_percent": 0, "to_percent": 10}, Bounds(200, 220), 210),
        ("between_percent_change", {"from_percent": -1.5}, Bounds(197, None), 200),
    ],
)
@pytest.mark.parametrize(("span", "days"), [("", 3), ("_1_day", 1), ("_7_days", 7), ("_30_days", 30)])
def test_changes_are_counted_from_the_value_so_long_ago(
    name: str, params: dict[str, Any], bounds: Bounds, expected: int, span: str, days: int
) -> None:
    points = by_age({days: 200} | ({days - 1: 7, days + 1: 9} if span in ("_7_days", "_30_days") else {}))
    verdict = judge(f"{name}{span}", 200, points, **params)
    assert (verdict.passed, verdict.bounds, verdict.expected_value) == (True, bounds, expected)


def test_percents_of_a_value_below_0_are_of_its_size() -> None:
    assert judge("between_percent_change", -90, [-100], from_percent=0, to_percent=20).bounds == Bounds(-100, -80)


@pytest.mark.parametrize(("days", "found"), [(7, True), (6, False), (60, True), (61, False)])
def test_a_value_that_is_older_than_asked_counts_up_to_60_days(days: int, found: bool) -> None:
    verdict = judge("change_percent_7_days", 100, by_age({days: 100}))
    assert verdict.passed is (True if found else None)


def test_an_exact_day_that_is_missing_is_named() -> None:
    verdict = judge("change_percent_7_days", 100, by_age({8: 100}), exact_day=True)
    assert (verdict.passed, verdict.reason) == (None, "There is no value of 2024-06-03.")
    assert judge("change_percent_1_day", 100, by_age({2: 100})).passed is None
    assert judge("change_percent_1_day", 100, by_age({2: 100}), exact_day=False).passed is True
    assert judge("change_percent_30_days", 1, by_age({1: 1})).reason == (
        "There is no value of 2024-05-11 or up to 60 days before."
    )


@pytest.mark.parametrize("name", ["change_percent_1_day", "change_percent_7_days", "change_percent_30_days"])
def test_where_months_are_kept_days_before_are_the_month_before(name: str) -> None:
    june, may, april = (NOW.replace(month=month, day=1) for month in (6, 5, 4))
    points = [HistoryPoint(april, 50), HistoryPoint(may, 100)]
    verdicts = [
        apply(RULE_REGISTRY.get(name), 100, {"exact_day": True}, RuleContext(june, history=known, calendar=MONTHLY))
        for known in (points, points[:1])
    ]
    assert [verdict.passed for verdict in verdicts] == [True, None]


def test_no_digit_of_a_long_number_is_lost() -> None:
    long = Decimal("12345678901234567890123456789012345678.9")
    assert judge("change_percent", long, [long], max_percent=0.0).passed
    assert not judge("change_difference", long + Decimal("0.1"), [long], max_difference=0.05).passed
    assert judge("value_changed", 10**400, [10**400]).passed
