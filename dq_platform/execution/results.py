"""All results of one run of one table's checks."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from dq_platform.execution.grade import Execution, fail, grade
from dq_platform.execution.measure import Measurement
from dq_platform.execution.plan import Plan
from dq_platform.execution.reading import Reading
from dq_platform.models.check import Check
from dq_platform.models.cost import FREE
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import HistoryPoint, Result

Histories = Mapping[tuple[str, str], Sequence[HistoryPoint]]
"""Earlier periods by (check id, data group), oldest first, one point a period."""
Untrained = Mapping[tuple[str, str], Set[datetime]]
"""Periods by (check id, data group)."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What results note of the run, and what rules may look back at.

    `time_zone` (IANA) is the connection's, in which periods are days and months. `untrained` has the periods, by check
    and group, that failed in an incident which is excluded from training; `histories` leave them out.
    """

    job_id: str
    executed_at: datetime
    histories: Histories = field(default_factory=dict)
    time_zone: str = "UTC"
    untrained: Untrained = field(default_factory=dict)


def results(checks: Iterable[Check], plan: Plan, measurement: Measurement, run: RunFacts) -> list[Result]:
    """One result for each reading, and one for each check that failed, in the order of the checks.

    A partition's history has the partitions before it as this run found them, and stored points for older ones.
    """
    return [result for check in checks for result in _of_check(check, plan, measurement, run)]


def _of_check(check: Check, plan: Plan, measurement: Measurement, run: RunFacts) -> Iterator[Result]:
    cost = measurement.costs.get(check.id, FREE)
    if check.id in measurement.failures:
        execution = Execution.of(check, run.job_id, run.executed_at, cost)
        yield fail(execution, measurement.failures[check.id], plan.periods[check.id])
        return
    readings = measurement.readings[check.id]
    execution = Execution.of(check, run.job_id, run.executed_at, cost.share(len(readings)), run.time_zone)
    yield from _graded(execution, readings, run)


def _graded(execution: Execution, readings: Sequence[Reading], run: RunFacts) -> Sequence[Result]:
    """Results in the order of the readings. Each is judged by those of earlier periods, so these are judged first.

    A period that failed in an incident which is excluded from training is no example until it passes.
    """
    known = {group: _stored(execution.check, group, readings, run) for group in {one.data_group for one in readings}}
    found: dict[int, Result] = {}
    for place, reading in sorted(enumerate(readings), key=lambda one: one[1].time_period):
        points = known[reading.data_group]
        found[place] = grade(execution, reading, points)
        untrained = run.untrained.get((execution.check.id, reading.data_group), frozenset())
        trains = reading.time_period not in untrained or found[place].outcome is Outcome.PASSED
        if reading.value is not None and trains:
            insort(points, HistoryPoint(reading.time_period, reading.value), key=_period)
    return [found[place] for place in range(len(readings))]


def _stored(check: Check, group: str, readings: Sequence[Reading], run: RunFacts) -> list[HistoryPoint]:
    """Without the periods that were just measured, whose new values take their place."""
    fresh = {reading.time_period for reading in readings if reading.data_group == group}
    return [point for point in run.histories.get((check.id, group), ()) if point.time_period not in fresh]


def _period(point: HistoryPoint) -> datetime:
    return point.time_period
