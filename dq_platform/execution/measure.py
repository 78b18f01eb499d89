"""Running a plan on a source: every check gets readings or one reason why it has none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from dq_platform import log
from dq_platform.connectors.base import Rows
from dq_platform.connectors.dialect import Dialect
from dq_platform.errors import DomainError, SourceError
from dq_platform.execution.budget import Allowance
from dq_platform.execution.frame import Frame
from dq_platform.execution.imported import imported
from dq_platform.execution.ledger import Ledger, merged
from dq_platform.execution.plan import Plan
from dq_platform.execution.problems import (
    ImportFailed,
    RowsMultiplied,
    ScanBudgetExceeded,
    ScanSizeUnknown,
    SearchRefused,
    TooManyGroups,
)
from dq_platform.execution.reading import NO_DATA, Reading
from dq_platform.execution.scan import in_place_of_failure, readings
from dq_platform.execution.statement import Statement
from dq_platform.models.cost import Cost
from dq_platform.models.metadata import Estimates

REFUSALS = (ScanBudgetExceeded, ScanSizeUnknown)
"""Why the connection's budget keeps a statement from being sent."""


class Session(Protocol):
    """One session with a source. `execute` raises SourceError and nothing else for the source's failures."""

    @property
    def dialect(self) -> Dialect: ...

    async def execute(self, sql: str, *, tag: str = "") -> Rows: ...


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a plan's checks gave: each has readings (one per group and period) or a failure, never both.

    `costs` has each check's share of what the source did: a statement's cost is divided equally among the checks that
    it serves. `stopped_by` is set if the source itself failed, so that the rest of the plan was not sent. `statements`
    and `rows` count what was sent and what came back. `learned` has the sizes that came along, `allowance` what is left
    to read of the table.
    """

    readings: Mapping[str, tuple[Reading, ...]]
    failures: Mapping[str, DomainError]
    costs: Mapping[str, Cost]
    statements: int
    rows: int
    stopped_by: SourceError | None = None
    learned: Estimates = field(default_factory=Estimates)
    allowance: Allowance = field(default_factory=Allowance)

    def costing(self, check_ids: Collection[str], cost: Cost) -> Measurement:
        """The same with a further cost that these checks share."""
        ledger = Ledger()
        ledger.charge(check_ids, cost)
        return replace(self, costs=merged(self.costs, ledger.costs))


async def measure(session: Session, plan: Plan, *, tag: str = "") -> Measurement:
    """Send the plan's statements, one after the other; `tag` goes with each of them as a comment.

    A failure of the source (gone, too slow, cancelled) stops everything at once with that one error. Any other failure
    of a statement is traced to the checks that cause it by asking for less: with one culprit among n measures that
    takes at most 2 × log2(n) + 1 further statements, and only it fails. They count against the connection's budget too:
    where it has no room for them, all checks of the statement fail.
    """
    run = _Run(session, plan, tag, plan.allowance)
    for statement in plan.statements:
        await run.serve(statement)
    return run.measurement()


@dataclass(slots=True)
class _Run:
    session: Session
    plan: Plan
    tag: str
    allowance: Allowance
    readings: dict[str, list[Reading]] = field(default_factory=dict)
    failures: dict[str, DomainError] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    sound: set[Frame] = field(default_factory=set)
    statements: int = 0
    rows: int = 0
    stopped_by: SourceError | None = None
    sizes: dict[str, int] = field(default_factory=dict)

    async def serve(self, statement: Statement) -> None:
        error = await self.attempt(statement)
        if error is not None:
            await self.isolate(statement, error)

    async def attempt(self, statement: Statement) -> DomainError | None:
        """Take the statement's readings; the error if it gives none. Once stopped, nothing is sent."""
        kept_from = self.stopped_by or self.allowance.refusal(statement.reads)
        if kept_from is not None:
            return kept_from
        try:
            answer = await self.send(statement.sql, statement)
            found = imported(statement, answer) if statement.imports else self.scanned(statement, answer)
        except (ImportFailed, SourceError, RowsMultiplied) as error:
            return error
        except TooManyGroups as error:
            self.fail(statement, error)
            return None
        self.sound.add(statement.frame)
        self.sizes |= {column: int(answer.rows[0][place]) for column, place in statement.lessons.items()}
        for reading in found:
            self.readings.setdefault(reading.check_id, []).append(reading)
        return None

    def scanned(self, statement: Statement, answer: Rows) -> list[Reading]:
        return readings(statement, answer, self.plan.time_zone)

    async def send(self, sql: str, serving: Statement) -> Rows:
        """The answer; its cost is shared by the checks. An error of the whole source is remembered."""
        self.statements += 1
        self.allowance = self.allowance.less(serving.reads)
        try:
            with self.ledger.statement(serving.check_ids), log.context(check_ids=serving.check_ids):
                answer = await self.session.execute(sql, tag=self.tag)
        except SourceError as error:
            if error.concerns_whole_source:
                self.stopped_by = error
            raise
        # How far a statement got that failed nobody knows: its rows are not counted.
        scanned = self.allowance.wanted(serving.reads).rows
        self.ledger.charge(serving.check_ids, Cost(scanned_rows=scanned))
        self.rows += len(answer.rows)
        return answer

    def fail(self, statement: Statement, error: DomainError) -> None:
        for demand in statement.demands:
            reading = in_place_of_failure(demand, error)
            if reading is None:
                self.failures[demand.check_id] = error
            else:
                self.readings[demand.check_id] = [reading]

    async def isolate(self, failing: Statement, error: DomainError | None) -> None:
        """Fail what is wrong in a statement that does not work, and measure the rest.

        `error` None: it was never sent as such, but what it is a half of failed while the other half works.
        """
        if self.stopped_by is not None or isinstance(error, REFUSALS) or not failing.divisible:
            error = error or await self.attempt(failing)
            if error is not None:
                self.fail(failing, self.stopped_by or error)
            return
        left, right = failing.halves(self.session.dialect)
        left_error = await self.attempt(left)
        right_error = await self.attempt(right) if left_error else None
        if left_error is None:
            await self.isolate(right, None)
        elif right_error is None:
            await self.isolate(left, left_error)
        else:
            common = await self.common_cause(failing, error or left_error)
            await self.isolate_or_fail(left, common, left_error)
            await self.isolate_or_fail(right, common, right_error)

    async def isolate_or_fail(self, half: Statement, common: DomainError | None, error: DomainError) -> None:
        if common is not None:
            self.fail(half, common)
        else:
            await self.isolate(half, error)

    async def common_cause(self, failing: Statement, seen: DomainError) -> DomainError | None:
        """Why nothing can be asked of the rows at all, such as a wrong filter; None if something can."""
        if self.stopped_by is not None:
            return self.stopped_by
        if failing.frame in self.sound:
            return None
        refusal = self.allowance.refusal(failing.reads)
        if refusal is not None:
            return SearchRefused(refusal, seen)
        try:
            await self.send(failing.frame.select([self.session.dialect.count()], self.session.dialect), failing)
        except SourceError as error:
            return error
        self.sound.add(failing.frame)
        return None

    def measurement(self) -> Measurement:
        """Checks without rows to read get one reading that says so."""
        for answer in self.plan.answers:
            self.readings[answer.check_id] = [answer]
        failures = {**self.plan.failures, **self.failures}
        for check_id, period in self.plan.periods.items():
            if check_id not in failures:
                self.readings.setdefault(check_id, [Reading(check_id, "", period, None, reason=NO_DATA)])
        return Measurement(
            readings={check_id: tuple(found) for check_id, found in self.readings.items()},
            failures=failures,
            costs=self.ledger.costs,
            statements=self.statements,
            rows=self.rows,
            stopped_by=self.stopped_by,
            learned=Estimates(self.sizes.pop("", None), self.sizes),
            allowance=self.allowance,
        )
