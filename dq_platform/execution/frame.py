"""The rows that a statement reads and how it divides them: all that fused checks must have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from dq_platform.checks.other_tables import OtherTable, tables_besides
from dq_platform.connectors.dialect import Dialect
from dq_platform.errors import SourceError
from dq_platform.execution.budget import Allowance
from dq_platform.execution.periods import partition_dates, period_starts
from dq_platform.execution.precheck import Bound
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check, PeriodWindow, TimeScale
from dq_platform.models.cost import Budget
from dq_platform.models.metadata import ColumnInfo, DataType, Estimates, TableSize, TableSnapshot, table_size
from dq_platform.models.table_sample import TableSample

SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What is known when checks of one table are planned.

    `snapshot` is the table as the source's catalogue has it now, None if it is not there, or if the catalogue could not
    be read: `problem` says why. `table_filter` is the SQL condition that users set for all checks of the table, empty
    for none. `window` is what partitioned checks read,
    None for their default. A check has at most `max_groups` data groups. `baselines` has by check id what checks
    compare the columns with. `learned` is what earlier runs found. `budget` is the connection's.
    `others` are the sizes of tables that checks read besides.
    """

    dialect: Dialect
    snapshot: TableSnapshot | None
    time_zone: str
    now: datetime
    table_filter: str = ""
    window: PeriodWindow | None = None
    max_groups: int = 1000
    problem: SourceError | None = None
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    learned: Estimates = field(default_factory=Estimates)
    budget: Budget = field(default_factory=Budget)
    others: Mapping[OtherTable, TableSize] = field(default_factory=dict)

    @property
    def allowance(self) -> Allowance:
        """What a run may read of the table."""
        return Allowance(self.budget, table_size(self.snapshot, self.learned))

    def others_of(self, check: Check) -> tuple[TableSize, ...]:
        """The sizes of the tables that the check reads beside its own."""
        return tuple(self.others.get(table, TableSize()) for table in tables_besides(check))

    @property
    def seed(self) -> int:
        """What all samples of the run are drawn by, so that its statements see the same rows, and each run others."""
        return int(self.now.timestamp()) % SEEDS

    @property
    def estimates(self) -> Estimates:
        """The engine's own where it has any, otherwise what earlier runs found."""
        if self.snapshot is None:
            return self.learned
        rows = self.snapshot.table.estimated_rows
        found = {
            one.name: one.estimated_distinct for one in self.snapshot.columns if one.estimated_distinct is not None
        }
        return Estimates(self.learned.rows if rows is None else rows, {**self.learned.distinct, **found})


@dataclass(frozen=True, slots=True)
class Frame:
    """FROM, WHERE and GROUP BY as text; checks with equal frames can share a statement.

    `period` is the expression of a row's period, empty unless partitioned; `groups` are those of the grouping columns.
    `begins` are the first days of all periods that it reads, empty unless partitioned. `text_end` stands behind every
    text of a grouping column, and is no part of it. `sample` is the part of the table that is read, None for all of it;
    `table` then asks for it, and `row_count` is the aggregate that counts the rows of it that take part.
    """

    table: str
    where: str = ""
    period: str = ""
    groups: tuple[str, ...] = ()
    begins: tuple[date, ...] = ()
    max_groups: int = 1000
    text_end: str = ""
    sample: TableSample | None = None
    row_count: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether it reads every row of the table, so that what it counts is true of the table."""
        return not self.where and self.sample is None

    @property
    def keys(self) -> tuple[str, ...]:
        """The expressions that come first in every row: the period, then the groups."""
        return (*([self.period] if self.period else []), *self.groups)

    def select(self, aggregates: Iterable[str], dialect: Dialect) -> str:
        """One SELECT of the keys and the aggregates, in order; at most one row more than the groups allowed."""
        columns = [f"{key} AS dq_key{number}" for number, key in enumerate(self.keys)]
        columns += [f"{aggregate} AS dq{number}" for number, aggregate in enumerate(aggregates)]
        parts = ["SELECT " + ",\n  ".join(columns), f"FROM {self.table}"]
        if self.where:
            parts.append(f"WHERE {self.where}")
        if self.keys:
            parts.append(f"GROUP BY {', '.join(self.keys)}")
        return self.bounded("\n".join(parts), dialect)

    def bounded(self, select: str, dialect: Dialect) -> str:
        """The SELECT, ended at one row more than the groups allowed, which shows that there are too many."""
        return str(dialect.limited(select, self.max_groups * (len(self.begins) or 1) + 1)) if self.groups else select


def frame_of(bound: Bound, context: PlanContext) -> Frame:
    """The frame of a check whose columns are all there. Raises Unsupported if its partition column holds no date."""
    check, dialect = bound.check, context.dialect
    period = _period(bound, context) if bound.partitioned else None
    conditions = [f"({condition})" for condition in (context.table_filter, check.filter) if condition]
    table, sample = dialect.table(check.target.schema_name, check.target.table_name), check.table_sample
    return Frame(
        table=dialect.sampled(table, sample, context.seed) if sample else table,
        where=" AND ".join([*conditions, *([period.condition] if period else [])]),
        period=period.key if period else "",
        groups=tuple(_group(_known(context.snapshot, name), dialect) for name in bound.group_columns),
        begins=period.begins if period else (),
        max_groups=context.max_groups,
        text_end=dialect.exact_end,
        sample=sample,
        row_count=dialect.count() if sample else "",
    )


@dataclass(frozen=True, slots=True)
class _Period:
    condition: str
    key: str
    begins: tuple[date, ...]


def _period(bound: Bound, context: PlanContext) -> _Period:
    scale, zone, dialect = bound.check.time_scale, context.time_zone, context.dialect
    column = _known(context.snapshot, bound.check.partition_column)
    name, monthly = dialect.ident(column.name), scale is TimeScale.MONTHLY
    start, end = partition_dates(scale, context.now, zone, context.window)
    return _Period(
        dialect.period_filter(name, column.data_type, start, end, zone),
        dialect.period_start(name, column.data_type, monthly=monthly, time_zone=zone, start=start, end=end),
        tuple(period_starts(start, end, scale)),
    )


def _group(column: ColumnInfo, dialect: Dialect) -> str:
    """Texts that differ by any character are groups of their own, whatever the column's collation."""
    name = dialect.ident(column.name)
    return dialect.exact(name) if column.data_type is DataType.TEXT else name


def _known(snapshot: TableSnapshot | None, name: str) -> ColumnInfo:
    column = snapshot.column(name) if snapshot else None
    if column is None:
        message = f"the column {name!r} was not checked against the catalogue first"
        raise LookupError(message)
    return column
