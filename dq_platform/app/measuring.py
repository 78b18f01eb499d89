"""Running checks of one table on their source: plan, measure, judge. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dq_platform.app.baselines import BY_A_RUN, first_baseline
from dq_platform.app.comparing import Side, spare, with_references
from dq_platform.app.deps import Deps
from dq_platform.app.job_catalogue import JobCatalogue
from dq_platform.app.metadata import Looked, look_up
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.other_tables import OtherTable
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.shared_session import SharedSession
from dq_platform.errors import DomainError, SourceError
from dq_platform.execution.budget import Allowance
from dq_platform.execution.drift import drift_of
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.grade import Execution, fail
from dq_platform.execution.measure import Measurement, measure
from dq_platform.execution.periods import run_period
from dq_platform.execution.plan import plan
from dq_platform.execution.results import Histories, RunFacts, Untrained, results
from dq_platform.execution.withhold import withheld
from dq_platform.incidents.step import Act
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check, PeriodWindow
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import Estimates, KnownTable, TableSize, TableSnapshot
from dq_platform.models.result import HistoryPoint, Result


@dataclass(frozen=True, slots=True)
class Run:
    """What to measure: checks of one table of one connection, and in whose name.

    `known` is what our store has of the table, `baselines` what the checks compare it with, by check id, and `others`
    how large the tables are that they read besides. `unit_count` is in how many pieces the job is done. It may use so
    many `sessions` with the source at once; None: as many as the process has.
    """

    job_id: str
    connection: Connection
    checks: Sequence[Check]
    known: KnownTable
    window: PeriodWindow | None = None
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    others: Mapping[OtherTable, TableSize] = field(default_factory=dict)
    unit_count: int = 1
    sessions: int | None = None

    @property
    def tag(self) -> str:
        return f"workspace={self.connection.workspace_id} job={self.job_id}"


@dataclass(frozen=True, slots=True)
class Measured:
    """Results of every check of a run: one for each group and period, or one that says why there is none.

    `context` has what was known of the table then. `stopped_by` is set if the source failed on the way: the results of
    what was not measured before say so. `baselines` are the first ones of checks that had none. `learned` are sizes of
    the table that were not known before, `allowance` is what the run may still read of it.
    """

    results: Sequence[Result]
    statements: Sequence[str]
    context: PlanContext
    stopped_by: SourceError | None = None
    baselines: Sequence[Baseline] = ()
    learned: Estimates = field(default_factory=Estimates)
    allowance: Allowance = field(default_factory=Allowance)

    @property
    def snapshot(self) -> TableSnapshot | None:
        """The table as it was, None if it was not there."""
        return self.context.snapshot


async def measure_checks(deps: Deps, run: Run, shared: SharedSession | None = None) -> Measured:
    """Everything that the checks say of the table now, and what came in the way where they cannot.

    The table is asked through a session of its own, or through the one that is `shared` with others.
    """
    now = deps.clock.now()
    async with shared or deps.sources.session(run.connection) as session:
        catalogue = JobCatalogue(deps, session, run.connection, run.job_id, run.unit_count)
        target = run.checks[0].target
        reading = catalogue.snapshot(target.schema_name, target.table_name, run.known.snapshot)
        looked = await look_up(session, reading)
        context = _context(run, looked, session.dialect, now)
        planned = plan(run.checks, context)
        own = await measure(
            session, planned, tag=run.tag, spare=None if shared else spare(deps, run.connection, run.sessions)
        )
        own = own.costing([check.id for check in run.checks], looked.cost)
    # Our session is given back first: two tables that are each other's reference must not wait for each other.
    both = await with_references(deps, run.checks, Side(run.connection, context, planned, own), tag=run.tag)
    histories, untrained = await _lookback(deps, run.checks, both.measurement)
    facts = RunFacts(run.job_id, now, histories, run.connection.time_zone, untrained)
    personal = run.known.settings.pii_columns
    return Measured(
        results=[
            withheld(result, personal, reference=result.check_id in both.personal)
            for result in results(run.checks, planned, both.measurement, facts)
        ],
        statements=both.statements,
        context=context,
        stopped_by=own.stopped_by or context.problem,
        baselines=_first_baselines(run, context),
        learned=run.known.learned.news(own.learned),
        allowance=own.allowance,
    )


def failed_checks(run: Run, error: DomainError, now: datetime) -> list[Result]:
    """The execution errors of checks of which none could be measured."""
    zone = run.connection.time_zone
    return [
        fail(Execution.of(check, run.job_id, now), error, run_period(check, now, zone, run.window))
        for check in run.checks
    ]


def _context(run: Run, looked: Looked, dialect: Dialect, now: datetime) -> PlanContext:
    return PlanContext(
        dialect=dialect,
        snapshot=looked.snapshot,
        time_zone=run.connection.time_zone,
        now=now,
        table_filter=run.known.settings.filter,
        window=run.window,
        problem=looked.problem,
        baselines=run.baselines,
        learned=run.known.learned,
        budget=run.connection.budget,
        others=run.others,
    )


def _first_baselines(run: Run, context: PlanContext) -> list[Baseline]:
    """For checks whose table or column is not there, there is nothing to take."""
    snapshot, act = context.snapshot, Act(context.now, note=BY_A_RUN)
    if snapshot is None:
        return []
    lacking = [check for check in run.checks if drift_of(check.check_type) and check.id not in run.baselines]
    found = (first_baseline(check, snapshot, act) for check in lacking)
    return [baseline for baseline in found if baseline.columns]


async def _lookback(deps: Deps, checks: Iterable[Check], measurement: Measurement) -> tuple[Histories, Untrained]:
    """Earlier periods of the checks whose rules look at any, enough of them for each period that was read.

    The second are those that rules must not learn from.
    """
    wanted: dict[tuple[datetime, int, bool], list[str]] = {}
    for check in checks:
        periods = {reading.time_period for reading in measurement.readings.get(check.id, ())}
        rule = _rule(check)
        if periods and rule and rule.history_points:
            newest = max(periods), rule.history_points + len(periods), not rule.learns
            wanted.setdefault(newest, []).append(check.id)
    found: dict[tuple[str, str], Sequence[HistoryPoint]] = {}
    if not wanted:
        return found, {}
    async with deps.uow() as tx:
        for (before, points, everything), ids in wanted.items():
            found |= await tx.results.history(ids, before, points, everything=everything)
        learning = [check_id for (*_, everything), ids in wanted.items() if not everything for check_id in ids]
        return found, await tx.results.untrained(learning)


def _rule(check: Check) -> RuleType | None:
    check_type = CHECK_REGISTRY.find(check.check_type)
    return RULE_REGISTRY.find(check_type.rule_of(check.mode)) if check_type else None
