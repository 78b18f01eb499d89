"""Running a plan on a source: every check gets readings or one reason why it has none."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from dq_platform.connectors.base import Rows
from dq_platform.connectors.dialect import Dialect
from dq_platform.errors import DomainError, SourceError
from dq_platform.execution.budget import Allowance
from dq_platform.execution.frame import Frame
from dq_platform.execution.imported import imported
from dq_platform.execution.ledger import Ledger, Spending, merged
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


class Session(Spending, Protocol):
    """One session with a source. `execute` raises SourceError and nothing else for the source's failures.

    `numbers` tells of a SELECT that its one row has so many.
    """

    @property
    def dialect(self) -> Dialect: ...

    async def execute(self, sql: str, *, tag: str = "", numbers: int = 0) -> Rows: ...


Spare = Callable[[], AbstractAsyncContextManager[Session | None]]
"""Another session with the same source, if one is to be had at once."""
PATIENCE = timedelta(seconds=0.1)
"""After that a further session is worth opening for statements that still wait."""


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


async def measure(session: Session, plan: Plan, *, tag: str = "", spare: Spare | None = None) -> Measurement:
    """Send the plan's statements; `tag` goes with each of them as a comment.

    They are sent one after the other, or, once they have taken a while, through `spare` sessions too. What asks whether
    the table can be read goes before all others. A failure of the source (gone, too slow, cancelled) stops everything
    at once with that one error. Any other failure of a statement is traced to the checks that cause it by asking for
    less: with one culprit among n measures that takes at most 2 × log2(n) + 1 further statements, and only it fails.
    They count against the connection's budget too: where it has no room for them, all checks of the statement fail.
    """
    run = _Run(plan, tag, plan.allowance)
    waiting = deque(plan.statements)
    while waiting and waiting[0].probes:
        await run.serve(waiting.popleft(), session)
    if spare is None or len(waiting) < 2:
        await run.serve_all(waiting, session)
    else:
        await _side_by_side(run, waiting, session, spare)
    return run.measurement()


async def _side_by_side(run: _Run, waiting: deque[Statement], session: Session, spare: Spare) -> None:
    """Serve all that wait; when the source fails, what is still under way is stopped, and fails with it."""
    everything, places = tuple(waiting), {id(statement) for statement in waiting}
    async with asyncio.TaskGroup() as group:
        tasks = {group.create_task(run.serve_all(waiting, session))}
        tasks |= {group.create_task(_help(run, waiting, spare)) for _ in everything[1:]}
        while tasks and run.stopped_by is None and not run.served >= places:
            _, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
    if run.stopped_by is not None:
        for statement in everything:
            run.give_up(statement, run.stopped_by)


async def _help(run: _Run, waiting: deque[Statement], spare: Spare) -> None:
    await asyncio.sleep(PATIENCE.total_seconds())
    if waiting:
        async with spare() as session:
            if session is not None:
                await run.serve_all(waiting, session)


@dataclass(slots=True)
class _Run:
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
    sizes: dict[str, Mapping[str, int]] = field(default_factory=dict)
    served: set[int] = field(default_factory=set)

    async def serve_all(self, waiting: deque[Statement], session: Session) -> None:
        while waiting:
            await self.serve(waiting.popleft(), session)

    async def serve(self, statement: Statement, session: Session) -> None:
        error = await self.attempt(statement, session)
        if error is not None:
            await self.isolate(statement, error, session)
        self.served.add(id(statement))

    def give_up(self, statement: Statement, error: DomainError) -> None:
        """Fail what a statement that was stopped on its way had not found yet."""
        if id(statement) not in self.served:
            self.fail(statement, error)

    async def attempt(self, statement: Statement, session: Session) -> DomainError | None:
        """Take the statement's readings; the error if it gives none. Once stopped, nothing is sent."""
        kept_from = self.stopped_by or self.allowance.refusal(statement.reads)
        if kept_from is not None:
            return kept_from
        try:
            answer = await self.send(statement.sql, statement, session, statement.numbers)
            found = imported(statement, answer) if statement.imports else self.scanned(statement, answer)
        except (ImportFailed, SourceError, RowsMultiplied) as error:
            return error
        except TooManyGroups as error:
            self.fail(statement, error)
            return None
        self.sound.add(statement.frame)
        self.sizes[statement.sql] = {name: int(answer.rows[0][place]) for name, place in statement.lessons.items()}
        for reading in found:
            self.readings.setdefault(reading.check_id, []).append(reading)
        return None

    def scanned(self, statement: Statement, answer: Rows) -> list[Reading]:
        return readings(statement, answer, self.plan.time_zone)

    async def send(self, sql: str, serving: Statement, session: Session, numbers: int = 0) -> Rows:
        """The answer; its cost is shared by the checks. An error of the whole source is remembered."""
        self.statements += 1
        self.allowance = self.allowance.less(serving.reads)
        try:
            with self.ledger.statement(serving.check_ids, session):
                answer = await session.execute(sql, tag=self.tag, numbers=numbers)
        except SourceError as error:
            if error.concerns_whole_source:
                self.stopped_by = self.stopped_by or error
            raise
        # How far a statement got that failed nobody knows: its rows are not counted.
        scanned = self.allowance.wanted(serving.reads).rows
        self.ledger.charge(serving.check_ids, Cost(scanned_rows=scanned))
        self.rows += len(answer.rows)
        return answer

    def fail(self, statement: Statement, error: DomainError) -> None:
        for demand in statement.demands:
            if demand.check_id in self.readings:
                continue
            reading = in_place_of_failure(demand, error)
            if reading is None:
                self.failures[demand.check_id] = error
            else:
                self.readings[demand.check_id] = [reading]

    async def isolate(self, failing: Statement, error: DomainError | None, session: Session) -> None:
        """Fail what is wrong in a statement that does not work, and measure the rest.

        `error` None: it was never sent as such, but what it is a half of failed while the other half works.
        """
        if self.stopped_by is not None or isinstance(error, REFUSALS) or not failing.divisible:
            error = error or await self.attempt(failing, session)
            if error is not None:
                self.fail(failing, self.stopped_by or error)
            return
        left, right = failing.halves(session.dialect)
        left_error = await self.attempt(left, session)
        right_error = await self.attempt(right, session) if left_error else None
        if left_error is None:
            await self.isolate(right, None, session)
        elif right_error is None:
            await self.isolate(left, left_error, session)
        else:
            common = await self.common_cause(failing, error or left_error, session)
            for half, its in ((left, left_error), (right, right_error)):
                if common is not None:
                    self.fail(half, common)
                else:
                    await self.isolate(half, its, session)

    async def common_cause(self, failing: Statement, seen: DomainError, session: Session) -> DomainError | None:
        """Why nothing can be asked of the rows at all, such as a wrong filter; None if something can."""
        if self.stopped_by is not None:
            return self.stopped_by
        if failing.frame in self.sound:
            return None
        refusal = self.allowance.refusal(failing.reads)
        if refusal is not None:
            return SearchRefused(refusal, seen)
        try:
            await self.send(failing.frame.select([session.dialect.count()], session.dialect), failing, session)
        except SourceError as error:
            return error
        self.sound.add(failing.frame)
        return None

    def learned(self) -> Estimates:
        """What the statements say, whichever answered first: the later ones of the plan count the values."""
        found: dict[str, int] = {}
        for statement in self.plan.statements:
            found |= self.sizes.get(statement.sql, {})
        return Estimates(found.pop("", None), found)

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
            learned=self.learned(),
            allowance=self.allowance,
        )
