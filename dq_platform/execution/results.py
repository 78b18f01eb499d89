"""All results of one run of one table's checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dq_platform.execution.grade import Execution, fail, grade
from dq_platform.execution.measure import Measurement
from dq_platform.execution.plan import Plan
from dq_platform.execution.reading import Reading
from dq_platform.models.check import Check
from dq_platform.models.result import HistoryPoint, Result

Histories = Mapping[tuple[str, str], Sequence[HistoryPoint]]
"""Earlier periods by (check id, data group), oldest first, one point a period."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What results note of the run, and what rules may look back at.

    `time_zone` (IANA) is the connection's, in which periods are days and months.
    """

    job_id: str
    executed_at: datetime
    histories: Histories = field(default_factory=dict)
    time_zone: str = "UTC"


def results(checks: Iterable[Check], plan: Plan, measurement: Measurement, run: RunFacts) -> list[Result]:
    """One result for each reading, and one for each check that failed, in the order of the checks.

    A partition's history has the partitions before it as this run found them, and stored points for older ones.
    """
    return [result for check in checks for result in _of_check(check, plan, measurement, run)]


def _of_check(check: Check, plan: Plan, measurement: Measurement, run: RunFacts) -> Iterator[Result]:
    cost = measurement.milliseconds.get(check.id, 0.0)
    if check.id in measurement.failures:
        execution = Execution.of(check, run.job_id, run.executed_at, cost)
        yield fail(execution, measurement.failures[check.id], plan.periods[check.id])
        return
    readings = measurement.readings[check.id]
    execution = Execution.of(check, run.job_id, run.executed_at, cost / len(readings))
    execution = replace(execution, time_zone=run.time_zone)
    histories = _histories(check.id, readings, run.histories)
    for reading in readings:
        yield grade(execution, reading, histories[reading.data_group])


def _histories(check_id: str, readings: Iterable[Reading], stored: Histories) -> Mapping[str, Sequence[HistoryPoint]]:
    """By data group; what was just measured takes the place of what was stored for the same period."""
    values: dict[str, dict[datetime, HistoryPoint]] = {}
    for reading in readings:
        if reading.data_group not in values:
            points = stored.get((check_id, reading.data_group), ())
            values[reading.data_group] = {point.time_period: point for point in points}
        values[reading.data_group].pop(reading.time_period, None)
        if reading.value is not None:
            values[reading.data_group][reading.time_period] = HistoryPoint(reading.time_period, reading.value)
    return {group: [points[period] for period in sorted(points)] for group, points in values.items()}
