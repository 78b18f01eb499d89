"""Running checks of one table on their source: plan, measure, judge. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dq_platform.app.deps import Deps
from dq_platform.app.metadata import read_snapshot
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import DomainError, SourceError
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.grade import Execution, fail, grade
from dq_platform.execution.measure import Measurement, measure
from dq_platform.execution.periods import run_period
from dq_platform.execution.plan import Plan, plan
from dq_platform.execution.reading import Reading
from dq_platform.models.check import Check, PeriodWindow
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import TableSnapshot
from dq_platform.models.result import HistoryPoint, Result

Key = tuple[str, str]
"""A check's id and one of its data groups."""
History = Mapping[Key, Sequence[HistoryPoint]]


@dataclass(frozen=True, slots=True)
class Run:
    """What to measure: checks of one table of one connection, and in whose name."""

    job_id: str
    connection: Connection
    checks: Sequence[Check]
    table_filter: str = ""
    window: PeriodWindow | None = None

    @property
    def tag(self) -> str:
        return f"workspace={self.connection.workspace_id} job={self.job_id}"


@dataclass(frozen=True, slots=True)
class Measured:
    """Results of every check of a run: one for each group and period, or one that says why there is none.

    `snapshot` is the table as it was, None if it was not there. `stopped_by` is set if the source failed on the way:
    the results of what was not measured before say so.
    """

    results: Sequence[Result]
    statements: Sequence[str]
    snapshot: TableSnapshot | None
    stopped_by: SourceError | None = None


async def measure_checks(deps: Deps, run: Run) -> Measured:
    """Everything that the checks say of the table now. Raises SourceError if the source fails before the first one."""
    target = run.checks[0].target
    now = deps.clock.now()
    async with deps.sources.session(run.connection) as session:
        snapshot = await read_snapshot(deps, session, run.connection, target.schema_name, target.table_name)
        planned = plan(run.checks, _context(run, snapshot, now))
        measurement = await measure(session, planned, tag=run.tag)
    history = await _history(deps, run.checks, measurement)
    results = [
        result
        for check in run.checks
        for result in _results(_execution(run, check, measurement, now), planned, measurement, history)
    ]
    sent = tuple(statement.sql for statement in planned.statements)
    return Measured(results, sent, snapshot, measurement.stopped_by)


def failed_checks(run: Run, error: DomainError, now: datetime) -> list[Result]:
    """The execution errors of checks of which none could be measured."""
    zone = run.connection.time_zone
    return [
        fail(Execution.of(check, run.job_id, now), error, run_period(check, now, zone, run.window))
        for check in run.checks
    ]


def _context(run: Run, snapshot: TableSnapshot | None, now: datetime) -> PlanContext:
    return PlanContext(
        dialect=ConnectorFactory.get(run.connection.type).dialect,
        snapshot=snapshot,
        time_zone=run.connection.time_zone,
        now=now,
        table_filter=run.table_filter,
        window=run.window,
    )


def _execution(run: Run, check: Check, measurement: Measurement, now: datetime) -> Execution:
    """A check's share of the source's time is divided among its results."""
    milliseconds = measurement.milliseconds.get(check.id, 0.0)
    return Execution.of(check, run.job_id, now, milliseconds / max(1, len(measurement.readings.get(check.id, ()))))


def _results(execution: Execution, planned: Plan, measurement: Measurement, history: History) -> list[Result]:
    check = execution.check
    error = measurement.failures.get(check.id)
    if error is not None:
        return [fail(execution, error, planned.periods[check.id])]
    points = _history_points(check)
    return [
        grade(execution, reading, _before(history.get((check.id, reading.data_group), ()), reading, points))
        for reading in measurement.readings[check.id]
    ]


def _before(points: Sequence[HistoryPoint], reading: Reading, count: int) -> Sequence[HistoryPoint]:
    """The newest earlier periods, as many as the rule looks at, oldest first."""
    earlier = [point for point in points if point.time_period < reading.time_period]
    return earlier[len(earlier) - min(count, len(earlier)) :]


async def _history(deps: Deps, checks: Iterable[Check], measurement: Measurement) -> History:
    """Earlier periods of the checks whose rules look at any; enough of them for each period that was read."""
    wanted: dict[tuple[datetime, int], list[str]] = {}
    for check in checks:
        periods = {reading.time_period for reading in measurement.readings.get(check.id, ())}
        points = _history_points(check)
        if periods and points:
            wanted.setdefault((max(periods), points + len(periods)), []).append(check.id)
    if not wanted:
        return {}
    found: dict[Key, Sequence[HistoryPoint]] = {}
    async with deps.uow() as tx:
        for (before, points), ids in wanted.items():
            found |= await tx.results.history(ids, before, points)
    return found


def _history_points(check: Check) -> int:
    check_type = CHECK_REGISTRY.find(check.check_type)
    rule = RULE_REGISTRY.find(check_type.rule) if check_type else None
    return rule.history_points if rule else 0
