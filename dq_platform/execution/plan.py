"""What to send for the checks of one table: as few statements as serve them all. Pure, so a plan can be shown unrun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from dq_platform.checks.sensors.context import SensorContext, TargetInfo
from dq_platform.checks.sensors.measure import Measure, MetadataMeasure, QueryMeasure
from dq_platform.errors import DomainError
from dq_platform.execution.budget import Allowance
from dq_platform.execution.drift import Compared, compare, telling
from dq_platform.execution.frame import Frame, PlanContext, frame_of
from dq_platform.execution.layout import lay_out
from dq_platform.execution.periods import run_period
from dq_platform.execution.precheck import Bound, bind, require_possible
from dq_platform.execution.problems import SensorFailed
from dq_platform.execution.reading import Reading
from dq_platform.execution.renderings import Renderings
from dq_platform.execution.scan import in_place_of_failure, known
from dq_platform.execution.statement import Demand, QueryWant, ScanWant, Statement, queries, scans
from dq_platform.models.check import Check
from dq_platform.models.metadata import ColumnInfo


@dataclass(frozen=True, slots=True)
class Plan:
    """Statements to send, in order; answers known without any; and why the remaining checks cannot be measured.

    `periods` has every check's own period: where an outcome belongs that no row of the source dates. `allowance` is
    what the statements may read of the table together; they do not exceed it.
    """

    statements: tuple[Statement, ...]
    answers: tuple[Reading, ...]
    failures: Mapping[str, DomainError]
    periods: Mapping[str, datetime]
    time_zone: str
    allowance: Allowance = field(default_factory=Allowance)


def plan(checks: Iterable[Check], context: PlanContext) -> Plan:
    """The plan for checks of one table; never raises for a check that is wrong, which becomes a failure instead.

    Whether the table can be read is asked first, so that nothing slower can be taken for the answer. Scans come before
    queries, because one pass over the rows serves most checks. A statement that the connection's budget has no room for
    is left out, and its checks fail for that; where the budget is tight, few passes are preferred to fast ones.
    """
    draft = _Draft(context)
    for check in checks:
        draft.add(check)
    return draft.plan()


@dataclass(slots=True)
class _Draft:
    context: PlanContext
    scans: dict[Frame, list[ScanWant]] = field(default_factory=dict)
    queries: dict[Frame, list[QueryWant]] = field(default_factory=dict)
    answers: list[Reading] = field(default_factory=list)
    failures: dict[str, DomainError] = field(default_factory=dict)
    periods: dict[str, datetime] = field(default_factory=dict)
    columns: Mapping[str, ColumnInfo] = field(init=False)
    renderings: Renderings = field(init=False)

    def __post_init__(self) -> None:
        self.renderings = Renderings(self.context.dialect)
        self.columns = self.context.snapshot.by_name if self.context.snapshot else {}

    def add(self, check: Check) -> None:
        context = self.context
        self.periods[check.id] = run_period(check, context.now, context.time_zone, context.window)
        try:
            bound = bind(check)
        except DomainError as error:
            self.failures[check.id] = error
            return
        demand = Demand(
            check.id,
            self.periods[check.id],
            bound.group_by,
            bound.sensor.on_failure,
            bound.on_no_rows,
            context.others_of(check),
        )
        try:
            if context.problem is not None:
                raise context.problem
            require_possible(bound, context.snapshot, context.dialect)
            frame = frame_of(bound, context)
            compared = compare(check, self.columns.values(), context.baselines.get(check.id))
            measure = self.measure(bound, self.sensor_context(bound, frame, compared))
        except DomainError as error:
            self.fail(demand, error)
            return
        self.place(bound, demand, frame, measure, compared)

    def sensor_context(self, bound: Bound, frame: Frame, compared: Compared | None) -> SensorContext:
        target = bound.check.target
        return SensorContext(
            dialect=self.context.dialect,
            table=TargetInfo(target.schema_name, target.table_name, self.columns),
            column=self.columns.get(target.column_name),
            params=bound.params,
            where=frame.where,
            keys=frame.keys,
            changed_columns=compared.changed_columns if compared else None,
            sampled=frame.table if frame.sample else "",
        )

    def measure(self, bound: Bound, context: SensorContext) -> Measure:
        try:
            return self.renderings.measure(bound.sensor, context)
        except ValueError as error:  # a plug-in's broken template is no reason to lose the other checks
            raise SensorFailed(bound.sensor.name) from error

    def fail(self, demand: Demand, error: DomainError) -> None:
        reading = in_place_of_failure(demand, error)
        if reading is None:
            self.failures[demand.check_id] = error
        else:
            self.answers.append(reading)

    def place(self, bound: Bound, demand: Demand, frame: Frame, measure: Measure, compared: Compared | None) -> None:
        if isinstance(measure, MetadataMeasure):
            reading = known(demand, measure.value)
            self.answers.append(telling(reading, compared) if compared else reading)
        elif isinstance(measure, QueryMeasure):
            self.queries.setdefault(frame, []).append((demand, measure))
        else:
            self.scans.setdefault(frame, []).append(ScanWant(demand, measure, self.columns.get(bound.own_column)))

    def plan(self) -> Plan:
        statements, refused = self.within_budget()
        for statement, error in refused:
            for demand in statement.demands:
                self.fail(demand, error)
        return Plan(
            statements,
            tuple(self.answers),
            MappingProxyType(self.failures),
            MappingProxyType(self.periods),
            self.context.time_zone,
            self.context.allowance,
        )

    def within_budget(self) -> _Affordable:
        """The fastest layout if all of it may be sent, otherwise the one that leaves out the fewest checks."""
        fast = _affordable(self.laid_out(), self.context.allowance)
        if not fast.refused:
            return fast
        frugal = _affordable(self.laid_out(frugally=True), self.context.allowance)
        return min(fast, frugal, key=lambda layout: layout.refused_checks)

    def laid_out(self, *, frugally: bool = False) -> list[Statement]:
        """All statements in the order to send them; frugally: with as few passes over the table as can be."""
        dialect, estimates = self.context.dialect, self.context.estimates
        fused = [
            one
            for frame, wants in self.scans.items()
            for some in self.separable(wants)
            for one in (scans(frame, some, dialect) if frugally else lay_out(frame, some, estimates, dialect))
        ]
        alone = [one for frame, wants in self.queries.items() for one in queries(frame, wants, dialect)]
        return sorted((*fused, *alone), key=lambda statement: not statement.probes)

    def separable(self, wants: list[ScanWant]) -> list[list[ScanWant]]:
        """Under a budget, a check that reads other tables too must not take others along."""
        if not self.context.budget.limits_scans:
            return [wants]
        here = [want for want in wants if not want.demand.others]
        return [some for some in (here, [want for want in wants if want.demand.others]) if some]


class _Affordable(NamedTuple):
    """A layout under a budget: what may be sent, and what may not, with the reason."""

    statements: tuple[Statement, ...]
    refused: tuple[tuple[Statement, DomainError], ...]

    @property
    def refused_checks(self) -> int:
        return sum(len(statement.demands) for statement, _ in self.refused)


def _affordable(layout: Iterable[Statement], allowance: Allowance) -> _Affordable:
    """In their order, statements take what they need for as long as it is there."""
    sent: list[Statement] = []
    refused: list[tuple[Statement, DomainError]] = []
    for statement in layout:
        error = allowance.refusal(statement.reads)
        if error is None:
            allowance = allowance.less(statement.reads)
            sent.append(statement)
        else:
            refused.append((statement, error))
    return _Affordable(tuple(sent), tuple(refused))
