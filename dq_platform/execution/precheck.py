"""What can be known to be wrong with a check before anything is sent: from the table's catalogue entry alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.engines import lacks
from dq_platform.checks.params import ParamKind
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.checks.table_sample import engine_refusal
from dq_platform.connectors.dialect import Dialect
from dq_platform.errors import Unsupported
from dq_platform.execution.problems import ColumnMissing, ColumnTypeUnsuitable, TableMissing
from dq_platform.models.check import Check, GroupBy, Mode
from dq_platform.models.metadata import DataType, TableSnapshot
from dq_platform.models.values import Params

OWN_COLUMNS = (ParamKind.COLUMN, ParamKind.COLUMN_LIST)
"""Parameters that name columns of the checked table."""
DATED = frozenset({DataType.DATE, DataType.TIMESTAMP, DataType.TIMESTAMP_TZ})
"""What a partition column may be."""
ANYTHING = frozenset(DataType)


@dataclass(frozen=True, slots=True)
class Bound:
    """A check with the catalogue's entries that it names."""

    check: Check
    check_type: CheckType
    sensor: SensorType

    @property
    def params(self) -> Params:
        """The sensor's parameters: the check's own, and those that its type decides."""
        return {**self.check.sensor_params, **self.check_type.fixed}

    @property
    def reads_rows(self) -> bool:
        """Whether rows can be told apart by period and group: not for a number that is one for the whole table."""
        return self.sensor.groupable and not self.sensor.metadata

    @property
    def own_column(self) -> str:
        """The column that alone decides what is measured, empty if there is no such column."""
        return self.check.target.column_name if self.sensor.column_alone else ""

    @property
    def on_no_rows(self) -> int | None:
        """What a partition without rows measures; for a comparison, where the other side may tell, None."""
        return None if self.check_type.compares else self.sensor.on_no_rows

    @property
    def partitioned(self) -> bool:
        return self.check.mode is Mode.PARTITIONED and self.reads_rows

    @property
    def group_by(self) -> tuple[GroupBy, ...]:
        """The grouping levels that apply: all of them, or the tags alone."""
        return tuple(level for level in self.check.group_by if self.reads_rows or not level.column)

    @property
    def group_columns(self) -> tuple[str, ...]:
        return tuple(level.column for level in self.group_by if level.column)


def bind(check: Check) -> Bound:
    """Raises UnknownName if the catalogue has no such check type, or no sensor for it, any more."""
    check_type = CHECK_REGISTRY.get(check.check_type)
    return Bound(check, check_type, SENSOR_REGISTRY.get(check_type.sensor))


def require_possible(bound: Bound, snapshot: TableSnapshot | None, dialect: Dialect) -> None:
    """Raises TableMissing, ColumnMissing, ColumnTypeUnsuitable or Unsupported if the check cannot be measured.

    Sensors that read the catalogue entry measure absent tables and columns too, unless a baseline is compared.
    """
    _require_honest_sample(bound)
    if bound.sensor.metadata and bound.check_type.drift is None:
        return
    lacking = lacks(bound.sensor, dialect)
    if lacking:
        message = f"The engine lacks what {bound.check.check_type!r} needs: {lacking}."
        raise Unsupported(message)
    target = bound.check.target
    if snapshot is None:
        raise TableMissing(target.schema_name, target.table_name)
    _require_sample(bound, snapshot, dialect)
    for name, accepted in _needed(bound):
        column = snapshot.column(name)
        if column is None:
            table = f"{target.schema_name}.{target.table_name}"
            raise ColumnMissing(name, table, [known.name for known in snapshot.columns])
        if column.data_type not in accepted:
            raise ColumnTypeUnsuitable(name, column.engine_type, bound.check.check_type)


def _require_honest_sample(bound: Bound) -> None:
    """A plug-in may have changed what a check type measures."""
    if bound.check.table_sample is not None and bound.check_type.sample_refusal:
        raise Unsupported(bound.check_type.sample_refusal)


def _require_sample(bound: Bound, snapshot: TableSnapshot, dialect: Dialect) -> None:
    """A table may have become a view."""
    sample = bound.check.table_sample
    refusal = engine_refusal(sample.method, dialect, snapshot.table.kind) if sample else ""
    if refusal:
        message = f"The engine {refusal}"
        raise Unsupported(message)


def _needed(bound: Bound) -> Iterator[tuple[str, frozenset[DataType]]]:
    """Every column of the table that the check names, and the types it may have."""
    if bound.check.target.column_name:
        yield bound.check.target.column_name, bound.sensor.accepted_by(bound.check_type.judges)
    if bound.partitioned:
        yield bound.check.partition_column, DATED
    for name in bound.group_columns:
        yield name, ANYTHING
    for spec in bound.sensor.params:
        given = bound.params.get(spec.name)
        if spec.kind in OWN_COLUMNS and given is not None:
            names = given if isinstance(given, tuple) else (given,)
            yield from ((str(name), frozenset(map(DataType, spec.accepts)) or ANYTHING) for name in names)
