"""Taking error samples from a source: one statement for all checks of a table, if nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dq_platform.connectors.base import Rows
from dq_platform.errors import DomainError, SourceError
from dq_platform.execution.budget import Allowance, Reads
from dq_platform.execution.groups import text_of
from dq_platform.execution.ledger import Ledger
from dq_platform.execution.measure import Session
from dq_platform.execution.problems import TooManySamples
from dq_platform.execution.sample_plan import MAX_CHARACTERS, MAX_ROWS, Part, SamplePlan, statement
from dq_platform.models.cost import Cost
from dq_platform.models.metadata import DataType
from dq_platform.models.result import Result
from dq_platform.models.sample import ErrorSamples, SampleRow, SampleValue

MAX_PARTS = 50
"""How many checks share a statement."""
PART_BYTES = 4000
"""What joining a part to others adds to its text, at most."""
ANSWER_CHARACTERS = 32_000_000
"""What a statement of several parts may answer, if every value is as long as it can be."""
ANSWER_ROWS = 50_000
"""How many rows a statement of several parts may answer; below what sessions allow."""
KEPT_CHARACTERS = 32_000_000
"""What the samples of one run may hold together."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The samples, and each check's share of what taking them cost, by check id."""

    samples: Sequence[ErrorSamples] = ()
    costs: Mapping[str, Cost] = field(default_factory=dict)


async def take(session: Session, plan: SamplePlan, *, tag: str = "") -> Taken:
    """Samples for every result of the plan, or why it has none; never raises for what the source cannot do.

    A failure of the source stops everything at once. Any other failure of a statement is traced to the checks that
    cause it by asking for less, which is how as many parts are sent as the connection's budget has room for, too. Once
    the samples hold KEPT_CHARACTERS, the rest is not asked for.
    """
    run = _Run(session, tag, plan.allowance)
    for parts in _statements(plan.parts, session.dialect.limits.statement_bytes):
        await run.serve(parts)
    samples = [*run.found, *(failed(result, error) for result, error in plan.failures)]
    return Taken(samples, run.ledger.costs)


def failed(result: Result, error: DomainError) -> ErrorSamples:
    """Why a result has no samples."""
    return replace(_blank(result), **_why(error))


def _why(error: DomainError) -> dict[str, Any]:
    return {"error_reason": error.reason, "message": error.message}


@dataclass(slots=True)
class _Run:
    session: Session
    tag: str
    allowance: Allowance
    ledger: Ledger = field(default_factory=Ledger)
    found: list[ErrorSamples] = field(default_factory=list)
    stopped_by: DomainError | None = None
    characters: int = 0

    async def serve(self, parts: Sequence[Part]) -> None:
        error = self.stopped_by or await self.attempt(parts)
        if error is None:
            return
        if self.stopped_by is None and len(parts) > 1:
            await self.serve(parts[: len(parts) // 2])
            await self.serve(parts[len(parts) // 2 :])
        else:
            self.found += [failed(result, error) for part in parts for result in part.results]

    async def attempt(self, parts: Sequence[Part]) -> DomainError | None:
        reads = _reads(parts)
        refusal = self.allowance.refusal(reads)
        if refusal is not None:
            return refusal
        self.allowance = self.allowance.less(reads)
        served = [part.check_id for part in parts]
        try:
            with self.ledger.statement(served, self.session):
                answer = await self.session.execute(statement(parts, self.session.dialect), tag=self.tag)
        except SourceError as error:
            if error.concerns_whole_source:
                self.stopped_by = error
            return error
        self.ledger.charge(served, Cost(scanned_rows=self.allowance.wanted(reads).rows))
        for samples in _read(parts, answer):
            self.keep(samples)
        return None

    def keep(self, samples: ErrorSamples) -> None:
        """Its values count, unless there is no room for them any more: then nothing more is asked for."""
        own = sum(len(value.text or "") for row in samples.rows for value in row)
        if self.characters + own > KEPT_CHARACTERS:
            self.stopped_by = TooManySamples(KEPT_CHARACTERS)
            samples = replace(samples, columns=(), rows=(), more=False, **_why(self.stopped_by))
        else:
            self.characters += own
        self.found.append(samples)


def _reads(parts: Sequence[Part]) -> Reads:
    others = (other for part in parts for other in part.reads.others)
    return Reads(sum(part.reads.passes for part in parts), tuple(others))


def _statements(parts: Iterable[Part], limit: int) -> Iterator[list[Part]]:
    """Parts that fit into one statement each, and whose answers are not too large together."""
    chunk: list[Part] = []
    most = (limit, MAX_PARTS, ANSWER_ROWS, ANSWER_CHARACTERS)
    sizes = [0, 0, 0, 0]
    for part in parts:
        own = (len(part.select.encode()) + PART_BYTES, 1, part.most_rows, part.most_characters)
        if chunk and any(size + more > end for size, more, end in zip(sizes, own, most, strict=True)):
            yield chunk
            chunk, sizes = [], [0, 0, 0, 0]
        chunk.append(part)
        sizes = [size + more for size, more in zip(sizes, own, strict=True)]
    if chunk:
        yield chunk


def _read(parts: Sequence[Part], answer: Rows) -> Iterator[ErrorSamples]:
    rows: dict[int, list[Sequence[Any]]] = {}
    for number, *cells in answer.rows:
        rows.setdefault(int(number), []).append(cells)
    first = 0
    for part in parts:
        for place, result in enumerate(part.results, first):
            found = rows.get(place, [])
            shown = tuple(_row(part, cells) for cells in found[:MAX_ROWS])
            yield replace(_blank(result), columns=part.columns, rows=shown, more=len(found) > MAX_ROWS)
        first += len(part.results)


def _row(part: Part, cells: Sequence[object]) -> SampleRow:
    read = iter(zip(part.types, cells, strict=False))  # other parts of the statement may show more
    return tuple(SampleValue(None) if column.masked else _value(*next(read)) for column in part.columns)


def _value(data_type: DataType, cell: object) -> SampleValue:
    text = text_of(cell)
    if text is None:
        return SampleValue(None)
    if data_type is DataType.BINARY:
        text = rf"\x{text.lower()}"
    return SampleValue(text[:MAX_CHARACTERS], truncated=len(text) > MAX_CHARACTERS)


def _blank(result: Result) -> ErrorSamples:
    return ErrorSamples(
        workspace_id=result.workspace_id,
        result_id=result.id,
        check_id=result.check_id,
        data_group=result.data_group,
        time_period=result.time_period,
        taken_at=result.executed_at,
    )
