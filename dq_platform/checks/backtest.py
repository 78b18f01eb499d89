"""What a rule would have said of the past."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RuleType, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict, decided
from dq_platform.models.job import OutcomeCounts
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import HistoryPoint
from dq_platform.models.values import Params


@dataclass(frozen=True, slots=True)
class Past:
    """A series with one point a period, in any order, and the periods that are judged but not learnt from."""

    points: Sequence[HistoryPoint]
    calendar: Calendar
    excluded: Collection[datetime] = frozenset()


@dataclass(frozen=True, slots=True)
class BacktestPoint:
    """One period as it would have been judged at its time; the verdicts have its bounds."""

    point: HistoryPoint
    outcome: Outcome
    verdicts: Mapping[Severity, Verdict]


@dataclass(frozen=True, slots=True)
class Backtest:
    """All periods in order of time, and how often each outcome would have been."""

    points: tuple[BacktestPoint, ...]
    outcomes: OutcomeCounts


def backtest(rule: RuleType, thresholds: Mapping[Severity, Params], past: Past) -> Backtest:
    """Every period of the past, judged by what was known before it. `thresholds` has at least one severity.

    The points are the values that count today: what a period's first run measured before a later one mended it is
    forgotten.
    """
    known: list[HistoryPoint] = []
    judged: list[BacktestPoint] = []
    outcomes = OutcomeCounts()
    for point in sorted(past.points, key=lambda point: point.time_period):
        newest = known[max(0, len(known) - rule.history_points) :]
        context = RuleContext(point.time_period, history=newest, calendar=past.calendar)
        verdicts = {severity: apply(rule, point.value, params, context) for severity, params in thresholds.items()}
        outcome, _ = decided(verdicts)
        judged.append(BacktestPoint(point, outcome, verdicts))
        outcomes = outcomes.plus(outcome)
        if point.time_period not in past.excluded:
            known.append(point)
    return Backtest(tuple(judged), outcomes)
