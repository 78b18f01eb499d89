"""Statements that each serve many checks, laid out below the engine's limits, and divisible when one fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from dq_platform.checks.sensors.measure import QueryMeasure, ScanMeasure
from dq_platform.connectors.dialect import Dialect
from dq_platform.execution.budget import Reads
from dq_platform.execution.frame import Frame
from dq_platform.models.check import GroupBy
from dq_platform.models.metadata import ColumnInfo, TableSize

ALIAS_BYTES = 16
"""What a column's separator, alias and line break add to its expression."""


class StatementKind(StrEnum):
    """How a statement finds its numbers.

    SCAN: in one pass over the table's rows. VALUES: over the distinct values of some columns. QUERY: as it likes.
    """

    SCAN = "scan"
    VALUES = "values"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Demand:
    """A check that wants numbers. `time_period` holds for rows that carry no period themselves.

    `on_failure` is the number if the table cannot be read, `on_no_rows` that of a partition without rows; None: then
    there is none. `others` are the sizes of the tables that it reads beside the checked one.
    """

    check_id: str
    time_period: datetime
    group_by: tuple[GroupBy, ...] = ()
    on_failure: int | None = None
    on_no_rows: int | None = None
    others: tuple[TableSize, ...] = ()


@dataclass(frozen=True, slots=True)
class Cells:
    """Where a demand's numbers, and the rows of a sample that they speak of, stand in each row; None: nowhere."""

    value: int
    of: int | None = None
    expected: int | None = None
    rows: int | None = None


class Lesson(NamedTuple):
    """A size that nobody asked for: of the column's distinct values, or, without a column, of the table's rows."""

    expression: str
    column: str = ""


class ScanWant(NamedTuple):
    """`column` is the one that alone decides what is measured; None if there is no such column."""

    demand: Demand
    measure: ScanMeasure
    column: ColumnInfo | None = None


QueryWant = tuple[Demand, QueryMeasure]


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT and the demands it serves; the n-th finds its numbers at the n-th of `cells`.

    `measures` are what a scan was laid out from, in the same order; a query cannot be divided and has none. With
    `imports` the numbers are found by the names of their columns. `lessons` has the places of sizes that are of use to
    the next plan, by column, under an empty name that of the rows.
    """

    kind: StatementKind
    sql: str
    frame: Frame
    demands: tuple[Demand, ...]
    cells: tuple[Cells, ...]
    measures: tuple[ScanMeasure, ...] = ()
    imports: bool = False
    lessons: Mapping[str, int] = field(default_factory=dict)

    @property
    def check_ids(self) -> tuple[str, ...]:
        return tuple(demand.check_id for demand in self.demands)

    @property
    def numbers(self) -> int:
        """How many columns the one row of a scan without periods and groups has; 0 for other statements."""
        if self.kind is not StatementKind.SCAN or self.frame.keys:
            return 0
        cells = (
            place for one in self.cells for place in (one.value, one.of, one.expected, one.rows) if place is not None
        )
        return 1 + max([*cells, *self.lessons.values()])

    @property
    def probes(self) -> bool:
        """Whether it asks if the table can be read at all."""
        return any(demand.on_failure is not None for demand in self.demands)

    @property
    def reads(self) -> Reads:
        """How often it reads the rows of its table, and what else; to ask if the table can be read, one row will do."""
        if self.kind is StatementKind.QUERY:
            passes = 0 if self.probes else passes_over(self.frame.table, self.sql)
            return Reads(passes, self.demands[0].others)
        elsewhere = [pair for pair in zip(self.measures, self.demands, strict=True) if pair[1].others]
        return Reads(1, tuple(other for demand in dict(elsewhere).values() for other in demand.others))

    @property
    def divisible(self) -> bool:
        """Whether it asks for different things, so that asking for less can tell which of them is wrong."""
        return len(set(self.measures)) > 1

    def learning(self, lessons: Sequence[Lesson], dialect: Dialect) -> Statement:
        """The same scan, which answers the lessons too, as far as there is room for them."""
        room = _Room(self.frame, dialect)
        for measure in self.measures:
            room.take(measure)
        answered = [lesson for lesson in lessons if room.take(ScanMeasure(lesson.expression))]
        wants = [ScanWant(*want) for want in zip(self.demands, self.measures, strict=True)]
        return replace(scan(self.frame, wants, dialect, answered), kind=self.kind)

    def halves(self, dialect: Dialect) -> tuple[Statement, Statement]:
        """Two statements for half of the distinct measures each; only for a divisible one."""
        distinct = list(dict.fromkeys(self.measures))
        left = frozenset(distinct[: len(distinct) // 2])
        wants = [ScanWant(*want) for want in zip(self.demands, self.measures, strict=True)]
        parts = [want for want in wants if want.measure in left], [want for want in wants if want.measure not in left]
        first, second = (replace(scan(self.frame, part, dialect), kind=self.kind) for part in parts)
        return first, second


def passes_over(table: str, sql: str) -> int:
    """How often SQL of ours reads a table: as often as it names it, and once at least."""
    return max(1, sql.count(table))


def scans(frame: Frame, wants: Iterable[ScanWant], dialect: Dialect) -> list[Statement]:
    """As few fused statements as the engine's limits allow; what one check needs is never torn apart."""
    room = _Room(frame, dialect)
    chunks: list[list[ScanWant]] = [[]]
    for want in wants:
        if not room.take(want.measure):
            room = _Room(frame, dialect)
            room.take(want.measure)
            chunks.append([])
        chunks[-1].append(want)
    return [scan(frame, chunk, dialect) for chunk in chunks if chunk]


def scan(frame: Frame, wants: Sequence[ScanWant], dialect: Dialect, lessons: Sequence[Lesson] = ()) -> Statement:
    """All wants in one SELECT, equal expressions once."""
    measures = tuple(want.measure for want in wants)
    wanted = [expression for measure in measures for expression in _expressions(measure)]
    counted = [frame.row_count] if frame.row_count else []
    expressions = dict.fromkeys([*wanted, *counted, *(lesson.expression for lesson in lessons)])
    places = {expression: place for place, expression in enumerate(expressions, len(frame.keys))}
    return Statement(
        kind=StatementKind.SCAN,
        sql=frame.select(places, dialect),
        frame=frame,
        demands=tuple(want.demand for want in wants),
        cells=tuple(
            Cells(places[one.value], places.get(one.of), places.get(one.expected), places.get(frame.row_count))
            for one in measures
        ),
        measures=measures,
        lessons={lesson.column: places[lesson.expression] for lesson in lessons},
    )


def queries(frame: Frame, wants: Iterable[QueryWant], dialect: Dialect) -> list[Statement]:
    """One statement for each distinct SELECT."""
    demands: dict[QueryMeasure, list[Demand]] = {}
    for demand, measure in wants:
        demands.setdefault(measure, []).append(demand)
    return [_query(frame, measure, same, dialect) for measure, same in demands.items()]


def _query(frame: Frame, measure: QueryMeasure, demands: Sequence[Demand], dialect: Dialect) -> Statement:
    first = len(frame.keys)
    expected = first + 1 if measure.has_expected else None
    cells = Cells(first, None, expected, (expected or first) + 1 if measure.has_rows else None)
    # Two rows show that there are too many, and a user's query may return any number.
    bounded = str(dialect.limited(measure.select, 2)) if measure.imports else frame.bounded(measure.select, dialect)
    return Statement(
        kind=StatementKind.QUERY,
        sql=bounded,
        frame=frame,
        demands=tuple(demands),
        cells=(cells,) * len(demands),
        imports=measure.imports,
    )


def _expressions(measure: ScanMeasure) -> list[str]:
    return [part for part in (measure.value, measure.of, measure.expected) if part]


class _Room:
    """What one statement still can hold."""

    def __init__(self, frame: Frame, dialect: Dialect) -> None:
        counted = [frame.row_count] if frame.row_count else []
        self._columns = dialect.limits.select_columns - len(frame.keys) - len(counted)
        self._bytes = dialect.limits.statement_bytes - len(frame.select(counted, dialect).encode())
        self._taken = set(counted)
        self._untouched = True

    def take(self, measure: ScanMeasure) -> bool:
        """Whether the measure fits; it is in then. The first one always is, for there is no smaller statement."""
        fresh = set(_expressions(measure)) - self._taken
        size = sum(len(expression.encode()) + ALIAS_BYTES for expression in fresh)
        if not self._untouched and (len(fresh) > self._columns or size > self._bytes):
            return False
        self._untouched = False
        self._taken |= fresh
        self._columns -= len(fresh)
        self._bytes -= size
        return True
