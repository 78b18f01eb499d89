"""What a rule would have said of the past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dq_platform.checks.rules.judge import Judgement, RuleFailed, judge
from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RuleType
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.job import OutcomeCounts
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import HistoryPoint, ResultBounds
from dq_platform.models.values import Number, Params


@dataclass(frozen=True, slots=True)
class Past:
    """A series with one point a period, in any order, and the periods that are judged but not learnt from.

    `earlier` are points before the series, which are learnt from but not judged.
    """

    points: Sequence[HistoryPoint]
    calendar: Calendar
    excluded: Collection[datetime] = frozenset()
    earlier: Sequence[HistoryPoint] = ()


@dataclass(frozen=True, slots=True)
class BacktestPoint:
    """One period as it would have been judged at its time; `telling` is the verdict that says why.

    `learnt` false: later periods were judged as if this one had no value.
    """

    point: HistoryPoint
    outcome: Outcome
    telling: Verdict
    verdicts: Mapping[Severity, Verdict] = field(default_factory=dict)
    learnt: bool = True

    @property
    def value(self) -> Number:
        """What was judged."""
        return self.point.value if self.telling.value is None else self.telling.value

    @property
    def bounds(self) -> ResultBounds:
        return Judgement(self.outcome, self.telling, self.verdicts).bounds


@dataclass(frozen=True, slots=True)
class Backtest:
    """All periods in order of time, and how often each outcome would have been."""

    points: tuple[BacktestPoint, ...]
    outcomes: OutcomeCounts

    @classmethod
    def of(cls, points: Iterable[BacktestPoint]) -> Backtest:
        kept, outcomes = tuple(points), OutcomeCounts()
        for point in kept:
            outcomes = outcomes.plus(point.outcome)
        return cls(kept, outcomes)

    @property
    def alert_percent(self) -> float | None:
        """100 × periods that would have failed / periods with a verdict; None without a verdict."""
        counts = self.outcomes
        alerts = counts.warning + counts.error + counts.fatal
        return 100.0 * alerts / (alerts + counts.passed) if alerts + counts.passed else None


def backtest(rule: RuleType, thresholds: Mapping[Severity, Params], past: Past) -> Backtest:
    """Every period of the past, judged by what was known before it. `thresholds` has at least one severity.

    The points are the values that count today: what a period's first run measured before a later one mended it is
    forgotten. Where a rule raises, the outcome is an execution error.
    """
    return Backtest.of(judged(rule, thresholds, past))


def judged(rule: RuleType, thresholds: Mapping[Severity, Params], past: Past) -> Iterator[BacktestPoint]:
    """The points of a back-test in order of time, each computed when it is asked for."""
    known = sorted(past.earlier, key=_period)
    for point in sorted(past.points, key=_period):
        newest = known[max(0, len(known) - rule.history_points) :]
        context = RuleContext(point.time_period, point.expected, newest, past.calendar)
        learnt = not rule.learns or point.time_period not in past.excluded
        yield _judged(rule, thresholds, point, context, learnt=learnt)
        if learnt:
            known.append(point)


def _judged(
    rule: RuleType, thresholds: Mapping[Severity, Params], point: HistoryPoint, context: RuleContext, *, learnt: bool
) -> BacktestPoint:
    try:
        found = judge(rule, point.value, thresholds, context)
    except RuleFailed as error:
        return BacktestPoint(point, Outcome.EXECUTION_ERROR, Verdict(None, reason=str(error)), learnt=learnt)
    return BacktestPoint(point, found.outcome, found.telling, found.verdicts, learnt)


def _period(point: HistoryPoint) -> datetime:
    return point.time_period
