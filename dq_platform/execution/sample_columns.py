"""Which columns an error sample shows: those that tell rows apart, and what the check judges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dq_platform.execution.precheck import OWN_COLUMNS, Bound
from dq_platform.execution.problems import ColumnMissing, NothingToShow
from dq_platform.models.metadata import ColumnInfo, TableSettings, TableSnapshot
from dq_platform.models.sample import SampleColumn

MAX_VALUE_COLUMNS = 20
"""Of a record, the first so many columns are shown."""


def sample_columns(bound: Bound, snapshot: TableSnapshot, settings: TableSettings) -> tuple[SampleColumn, ...]:
    """The columns in the order in which they are shown. `snapshot` is the table as it is now.

    What a check with SQL of its author's judges is not known: it shows id columns only. Raises ColumnMissing if the
    settings name an id column that is gone, NothingToShow if no column is left whose values may be read.
    """
    ids = id_columns(snapshot, settings)
    values = [name for name in _judged(bound, snapshot) if name not in ids]
    columns = tuple(
        SampleColumn(name, identifies=name in ids, masked=name in settings.pii_columns)
        for name in (*ids, *values[:MAX_VALUE_COLUMNS])
    )
    if all(column.masked for column in columns):
        raise NothingToShow(str(snapshot.table.table_name))
    return columns


def id_columns(snapshot: TableSnapshot, settings: TableSettings) -> tuple[str, ...]:
    """The columns that tell rows apart, chosen by users or else the primary key. Raises ColumnMissing."""
    for name in settings.id_columns:
        if snapshot.column(name) is None:
            table = f"{snapshot.table.schema_name}.{snapshot.table.table_name}"
            raise ColumnMissing(name, table, [known.name for known in snapshot.columns])
    return settings.id_columns or tuple(column.name for column in snapshot.columns if column.primary_key)


def _judged(bound: Bound, snapshot: TableSnapshot) -> Sequence[str]:
    if bound.sensor.runs_users_sql:
        return ()
    if bound.check.target.column_name:
        return (bound.check.target.column_name,)
    specs = [spec for spec in bound.sensor.params if spec.kind in OWN_COLUMNS]
    given = [bound.params[spec.name] for spec in specs if spec.name in bound.params]
    return list(_names(given)) if given or not specs else _all(snapshot.columns)


def _names(given: Iterable[object]) -> Iterable[str]:
    for value in given:
        yield from map(str, value) if isinstance(value, tuple) else (str(value),)


def _all(columns: Iterable[ColumnInfo]) -> list[str]:
    return [column.name for column in columns]
