from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from dq_platform.checks.rules.history import Past, Window, earlier, learnt, newest, noise
from dq_platform.checks.rules.verdict import RuleContext, Undecided
from dq_platform.models.result import HistoryPoint
from tests.unit.checks.rules.builders import NOW, by_age, history


def test_the_judged_period_and_later_ones_are_no_history() -> None:
    context = RuleContext(NOW, history=by_age({2: 5, 0: 7, -1: 9}))
    assert earlier(context) == (Past(2, 5),)


def test_a_period_without_a_number_is_a_gap() -> None:
    points = by_age({4: 1, 3: float("nan"), 2: float("inf"), 1: Decimal("NaN")})
    assert earlier(RuleContext(NOW, history=points)) == (Past(4, 1),)
    assert newest(RuleContext(NOW, history=points)) == 1


def test_a_whole_number_larger_than_any_float_is_a_number() -> None:
    assert earlier(RuleContext(NOW, history=by_age({1: 10**400}))) == (Past(1, 10**400),)


def test_a_window_is_counted_in_days_and_not_in_runs() -> None:
    context = RuleContext(NOW, history=by_age({9: 1, 8: 2, 7: 3, 2: 4}))
    assert learnt(context, Window(7, 2)) == (Past(7, 3), Past(2, 4))
    with pytest.raises(Undecided, match=r"The 7 days before have 2 values to learn from; 3 are needed\."):
        learnt(context, Window(7, 3))


def test_two_runs_of_a_day_are_one_value() -> None:
    morning = HistoryPoint(NOW - timedelta(hours=20), 3)
    noon = replace(morning, time_period=NOW - timedelta(hours=12), value=4)
    assert earlier(RuleContext(NOW, history=[*history([2, None]), morning, noon])) == (Past(2, 2), Past(1, 4))


def test_what_cannot_be_squared_is_not_learnt_from() -> None:
    context = RuleContext(NOW, history=history([1, 1e200, 10**400, Decimal("-1e160"), 2]))
    assert learnt(context, Window(7, 2)) == (Past(5, 1), Past(1, 2))


def test_floats_are_noisier_than_whole_numbers_and_decimals() -> None:
    assert noise([-5, 1000]) == pytest.approx(1e-9)
    assert noise([Decimal(1000), 1.0]) == pytest.approx(1e-6)
