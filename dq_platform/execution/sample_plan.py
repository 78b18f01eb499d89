"""What to send for error samples of one table's results: a part for each check, parts to be joined in one statement.

Pure, like the plan that measures.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.params import ParamKind
from dq_platform.checks.sensors.context import SensorContext, TargetInfo, Wanted
from dq_platform.checks.sensors.render import render_offending
from dq_platform.checks.user_sql import returned_columns
from dq_platform.connectors.dialect import Dialect
from dq_platform.errors import DomainError
from dq_platform.execution.budget import Allowance, Reads
from dq_platform.execution.frame import Frame, PlanContext, frame_of
from dq_platform.execution.group_filter import group_filter
from dq_platform.execution.periods import local_date, next_first_day
from dq_platform.execution.precheck import Bound, bind, require_possible
from dq_platform.execution.problems import IdsNotReturned, SensorFailed, TableMissing
from dq_platform.execution.sample_columns import id_columns, sample_columns
from dq_platform.execution.statement import passes_over
from dq_platform.models.check import Check
from dq_platform.models.metadata import ColumnInfo, DataType, TableSettings, TableSnapshot
from dq_platform.models.result import Result
from dq_platform.models.sample import SampleColumn

MAX_ROWS = 50
"""How many rows a result has at most."""
MAX_RESULTS = 20
"""How many of a check's results are sampled: the worst, and among equals those of the newest periods."""
MAX_CHARACTERS = 500
"""How much of a value is kept."""


@dataclass(frozen=True, slots=True)
class Part:
    """One check's rows: a SELECT of at most MAX_ROWS + 1 for each of the results.

    It has the number of the result among them first, unless there is only one, then what is shown of a row: `types`
    are those of the columns that are not masked. `reads` is what it reads, as with statements.
    """

    select: str
    results: tuple[Result, ...]
    columns: tuple[SampleColumn, ...]
    types: tuple[DataType, ...]
    reads: Reads = field(default_factory=Reads)

    @property
    def check_id(self) -> str:
        return self.results[0].check_id

    @property
    def numbered(self) -> bool:
        return len(self.results) > 1

    @property
    def most_rows(self) -> int:
        return len(self.results) * (MAX_ROWS + 1)

    @property
    def most_characters(self) -> int:
        """How much its rows hold if every value is as long as it can be."""
        return self.most_rows * len(self.types) * (MAX_CHARACTERS + 1)


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """The parts to send, and why other results cannot be sampled; `allowance` is what the parts may read together."""

    parts: tuple[Part, ...]
    failures: tuple[tuple[Result, DomainError], ...]
    allowance: Allowance = field(default_factory=Allowance)


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """Results of checks of one table, measured in that context, of which rows are wanted.

    `allowance` is what the measuring left of the connection's budget.
    """

    checks: Sequence[Check]
    results: Sequence[Result]
    context: PlanContext
    settings: TableSettings
    allowance: Allowance = field(default_factory=Allowance)


def has_samples(check: Check) -> bool:
    """Whether the check's type has error samples; not if that type is gone."""
    check_type = CHECK_REGISTRY.find(check.check_type)
    return check_type is not None and check_type.has_error_samples


def plan_samples(request: SampleRequest) -> SamplePlan:
    """Never raises for a check that is wrong: its results become failures."""
    parts: list[Part] = []
    failures: list[tuple[Result, DomainError]] = []
    for check in request.checks:
        results = sorted((one for one in request.results if one.check_id == check.id), key=_urgency)[:MAX_RESULTS]
        try:
            parts += [_part(check, results, request)] if results else []
        except DomainError as error:
            failures += [(result, error) for result in results]
    return SamplePlan(tuple(parts), tuple(failures), request.allowance)


def statement(parts: Sequence[Part], dialect: Dialect) -> str:
    """One SELECT of all parts: the number of the result among all of theirs, then texts; a part may have fewer."""
    width = max(len(part.types) for part in parts)
    selects, first = [], 0
    for number, part in enumerate(parts):
        cells = [f"s{place}" if place < len(part.types) else dialect.as_text("NULL") for place in range(width)]
        shown = ", ".join(f"{cell} AS s{place}" for place, cell in enumerate(cells))
        result = f"{first} + k0" if part.numbered else str(first)
        selects.append(f"SELECT {result} AS dq_result, {shown} FROM ({part.select}) dq_part{number}")  # noqa: S608
        first += len(part.results)
    return "\nUNION ALL\n".join(selects)


@dataclass(frozen=True, slots=True)
class _Subject:
    """A check that can be measured on the table as it is."""

    bound: Bound
    snapshot: TableSnapshot
    context: PlanContext

    def column(self, name: str) -> ColumnInfo:
        column = self.snapshot.column(name)
        if column is None:
            message = f"the column {name!r} was not checked against the catalogue first"
            raise LookupError(message)
        return column


def _urgency(result: Result) -> tuple[int, float]:
    return -(result.outcome.severity or 0), -result.time_period.timestamp()


def _part(check: Check, results: Sequence[Result], request: SampleRequest) -> Part:
    subject = _subject(check, request.context)
    dialect = request.context.dialect
    ids = id_columns(subject.snapshot, request.settings)
    columns = sample_columns(subject.bound, subject.snapshot, request.settings)
    _require_ids(subject.bound, ids, dialect)
    shown = [subject.column(column.name) for column in columns if not column.masked]
    texts = (dialect.shown(dialect.ident(one.name), one.data_type, MAX_CHARACTERS + 1) for one in shown)
    wanted = Wanted(tuple(texts), tuple(map(dialect.ident, ids)))
    select = _select(subject, results, wanted)
    table = dialect.table(check.target.schema_name, check.target.table_name)
    reads = Reads(passes_over(table, select), request.context.others_of(check))
    return Part(select, tuple(results), columns, tuple(one.data_type for one in shown), reads)


def _subject(check: Check, context: PlanContext) -> _Subject:
    """Raises what keeps the check from being measured."""
    bound = bind(check)
    require_possible(bound, context.snapshot, context.dialect)
    if context.snapshot is None:
        raise TableMissing(check.target.schema_name, check.target.table_name)
    return _Subject(bound, context.snapshot, context)


def _select(subject: _Subject, results: Sequence[Result], wanted: Wanted) -> str:
    """The offending rows of the results' groups and periods, few of each."""
    dialect = subject.context.dialect
    conditions = [_condition(subject, result) for result in results]
    keys = (_number(conditions),) if len(results) > 1 else ()
    frame = frame_of(subject.bound, subject.context)
    frame = replace(frame, where=" AND ".join(filter(None, (frame.where, _any_of(conditions)))))
    offending = _offending(subject, frame, keys, wanted)
    if not keys:
        return str(dialect.limited(offending, MAX_ROWS + 1))
    cells = "".join(f", s{number}" for number in range(len(wanted.shown)))
    place = "ROW_NUMBER() OVER (PARTITION BY k0 ORDER BY k0)"
    counted = f"SELECT k0{cells}, {place} AS dq_place FROM ({offending}) dq_rows"  # noqa: S608
    return f"SELECT k0{cells} FROM ({counted}) dq_counted WHERE dq_place <= {MAX_ROWS + 1}"  # noqa: S608


def _offending(subject: _Subject, frame: Frame, keys: tuple[str, ...], wanted: Wanted) -> str:
    target = subject.bound.check.target
    columns = {one.name: one for one in subject.snapshot.columns}
    sensor_context = SensorContext(
        dialect=subject.context.dialect,
        table=TargetInfo(target.schema_name, target.table_name, columns),
        column=columns.get(target.column_name),
        params=subject.bound.params,
        where=frame.where,
        keys=keys,
        wanted=wanted,
        sampled=frame.table if frame.sample else "",
    )
    try:
        return render_offending(subject.bound.sensor, sensor_context)
    except ValueError as error:
        raise SensorFailed(subject.bound.sensor.name) from error


def _condition(subject: _Subject, result: Result) -> str:
    """Which rows the result is about, among those that its check reads; empty for all of them."""
    found = [_in_period(subject, result)] if subject.bound.partitioned else []
    levels = json.loads(result.data_group) if result.data_group else []
    for level, text in zip(subject.bound.group_by, levels, strict=True):
        if level.column:
            found.append(group_filter(subject.context.dialect, subject.column(level.column), text))
    return " AND ".join(found)


def _in_period(subject: _Subject, result: Result) -> str:
    check, context = subject.bound.check, subject.context
    column = subject.column(check.partition_column)
    start = local_date(result.time_period, context.time_zone)
    end = next_first_day(start, check.time_scale)
    name = context.dialect.ident(column.name)
    return context.dialect.period_filter(name, column.data_type, start, end, context.time_zone)


def _number(conditions: Sequence[str]) -> str:
    cases = " ".join(f"WHEN {condition} THEN {number}" for number, condition in enumerate(conditions))
    return f"CASE {cases} END"


def _any_of(conditions: Sequence[str]) -> str:
    return f"({' OR '.join(f'({condition})' for condition in conditions)})" if any(conditions) else ""


def _require_ids(bound: Bound, ids: Iterable[str], dialect: Dialect) -> None:
    """Rows that a user's query returns are found again by their ids. Raises IdsNotReturned if it has others."""
    queries = [spec.name for spec in bound.sensor.params if spec.kind is ParamKind.SQL_QUERY]
    for query in (str(bound.params[name]) for name in queries if name in bound.params):
        names = returned_columns(query, dialect.sqlglot)
        lacking = [name for name in ids if names is not None and name.lower() not in names]
        if lacking:
            raise IdsNotReturned(lacking)
