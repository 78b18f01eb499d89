"""Which statements serve the measures of one frame: a pass over the rows, or over distinct values and their counts.

What an engine has to do for each row, such as matching a regular expression or telling values apart, it can do for
each distinct value instead, once it has counted how many rows have it. Which of the two costs less depends on how many
values there are, and on the engine: `Dialect.layout`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod

from dq_platform.checks.sensors.aggregates import all_rows
from dq_platform.checks.sensors.measure import WEIGHT, Effort
from dq_platform.connectors.dialect import Dialect, Layout
from dq_platform.execution.frame import Frame
from dq_platform.execution.statement import Lesson, ScanWant, Statement, StatementKind, scans
from dq_platform.models.metadata import ColumnInfo, DataType, Estimates

COUNTABLE = frozenset(
    {
        DataType.BOOLEAN,
        DataType.INTEGER,
        DataType.DECIMAL,
        DataType.TEXT,
        DataType.DATE,
        DataType.TIMESTAMP,
        DataType.TIMESTAMP_TZ,
        DataType.UUID,
    }
)
"""Types whose equal values are alike in all that a sensor asks. A float has two zeros."""


def lay_out(frame: Frame, wants: Sequence[ScanWant], estimates: Estimates, dialect: Dialect) -> list[Statement]:
    """The statements that cost the engine least, as far as its sizes are known; otherwise one pass over the rows.

    What one measure asks is never torn apart, so that its numbers are of one moment. Sizes that are not known and
    would matter are asked for beside.
    """
    habits = dialect.layout
    if frame.sample is not None:
        estimates = estimates.of_sample(frame.sample.percent)
    # With few rows a further statement costs more than it saves; by period or group one pass is all.
    small = estimates.rows is not None and estimates.rows < habits.least_rows
    if frame.keys or small:
        return scans(frame, wants, dialect)
    together = _together([want for want in wants if _pays(want, estimates, habits)], estimates, habits)
    of_rows: list[ScanWant] = []
    of_values: dict[tuple[str, ...], list[ScanWant]] = {}
    alone: dict[str, list[ScanWant]] = {}
    for want in wants:
        name = want.column.name if want.column else ""
        if name in together and want.measure.by_value:
            of_values.setdefault(together[name], []).append(want)
        elif habits.lone_distincts and estimates.rows is not None and want.measure.effort is Effort.DISTINCT:
            alone.setdefault(name, []).append(want)
        else:
            of_rows.append(want)
    return [
        *_over_rows(frame, of_rows, estimates, dialect),
        *(one for some in of_values.values() for one in _over_values(frame, some, dialect)),
        *(one for some in alone.values() for one in scans(frame, some, dialect)),
    ]


def _over_rows(frame: Frame, wants: Sequence[ScanWant], estimates: Estimates, dialect: Dialect) -> Iterator[Statement]:
    """Statements over the rows; the first asks for what is not known, if it sees all of them."""
    unknown = tuple(_unknown(wants, estimates, dialect)) if frame.sees_all else ()
    for number, one in enumerate(scans(frame, wants, dialect)):
        yield one.learning(unknown, dialect) if unknown and not number else one


def _unknown(wants: Iterable[ScanWant], estimates: Estimates, dialect: Dialect) -> Iterator[Lesson]:
    costly = {want.column.name: want.column for want in wants if want.column and want.measure.effort > Effort.PLAIN}
    asked = False
    for name, column in costly.items():
        roughly = dialect.roughly_distinct(dialect.ident(name))
        if roughly is not None and column.data_type in COUNTABLE and name not in estimates.distinct:
            asked = True
            yield Lesson(roughly, name)
    if asked or (costly and estimates.rows is None):
        yield Lesson(str(all_rows(dialect)))


def _pays(want: ScanWant, estimates: Estimates, habits: Layout) -> bool:
    """Whether counting the distinct values of its column spares the engine more than it costs."""
    if want.column is None or want.measure.by_value is None or want.measure.effort is Effort.PLAIN:
        return False
    few = min(habits.counted_values, (estimates.rows or 0) // habits.rows_per_value)
    name = want.column.name
    return want.column.data_type in COUNTABLE and name.lower() != WEIGHT and estimates.values(name) <= few


def _together(wants: Iterable[ScanWant], estimates: Estimates, habits: Layout) -> Mapping[str, tuple[str, ...]]:
    """For each column those that are counted with it in one pass, because their combinations are few."""
    names = dict.fromkeys(want.column.name for want in wants if want.column)
    groups: list[list[str]] = []
    for name in sorted(names, key=estimates.values):
        if groups and prod(map(estimates.values, [*groups[-1], name])) <= habits.joint_values:
            groups[-1].append(name)
        else:
            groups.append([name])
    return {name: tuple(group) for group in groups for name in group}


def _over_values(frame: Frame, wants: Sequence[ScanWant], dialect: Dialect) -> Iterator[Statement]:
    """Statements over a derived table of the columns' distinct values, each with the number of its rows."""
    columns = {want.column.name: want.column for want in wants if want.column}
    names = {name: dialect.ident(name) for name in columns}
    keys = dict.fromkeys(key for column in columns.values() for key in _keys(column, dialect))
    condition = f" WHERE {frame.where}" if frame.where else ""
    counted = f"SELECT {', '.join(names.values())}, {dialect.count()} AS {WEIGHT} FROM {frame.table}{condition}"  # noqa: S608
    values = replace(
        frame,
        table=f"({counted} GROUP BY {', '.join(keys)}) dq_values",
        where="",
        row_count=all_rows(dialect).by_value if frame.row_count else "",
    )
    asked = [want._replace(measure=want.measure.by_value) for want in wants if want.measure.by_value]
    distinct = (Lesson(dialect.count(f"DISTINCT {ident}"), name) for name, ident in names.items())
    known = tuple(distinct) if frame.sees_all else ()
    for number, one in enumerate(scans(values, asked, dialect)):
        of_values = replace(one, kind=StatementKind.VALUES)
        yield of_values.learning(known, dialect) if known and not number else of_values


def _keys(column: ColumnInfo, dialect: Dialect) -> list[str]:
    """What makes rows alike: of texts every character, so that any of the alike stands for all of them."""
    name = dialect.ident(column.name)
    return [name, dialect.exact(name)] if column.data_type is DataType.TEXT else [name]
