"""One side of a check, the checked table or its reference, held against the table that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.level import Level
from dq_platform.checks.sensor_params import Scope, booleans_of
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, TYPE_GROUPS, SensorType
from dq_platform.checks.user_sql import SqlRefused, parse_condition
from dq_platform.errors import Violation
from dq_platform.models.check import GroupBy, Mode, Target, TimeScale
from dq_platform.models.metadata import DataType
from dq_platform.models.outcome import Severity
from dq_platform.models.table_sample import TableSample

MAX_GROUPS = 9
MAX_TAG = 200
PARTITION_TYPES = frozenset({DataType.DATE, DataType.TIMESTAMP, DataType.TIMESTAMP_TZ})


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """A check as a client sent it: nothing in it has been looked at.

    `time_scale` None: the mode's usual one (monthly for profiling, daily otherwise). `sensor_params` and each
    severity's parameters are plain JSON; a severity that is not a key is not checked, and no key at all means the
    check type's default.
    """

    target: Target
    check_type: str
    mode: Mode = Mode.MONITORING
    time_scale: TimeScale | None = None
    sensor_params: Mapping[str, object] = field(default_factory=dict)
    thresholds: Mapping[Severity, Mapping[str, object]] = field(default_factory=dict)
    filter: str = ""
    partition_column: str = ""
    group_by: tuple[GroupBy, ...] = ()
    table_sample: TableSample | None = None


def side_violations(draft: CheckDraft, check_type: CheckType, scope: Scope) -> tuple[str, list[Violation]]:
    """The filter in normal form, and what is wrong with the column, the partitions, the groups and the filter."""
    sensor = SENSOR_REGISTRY.get(check_type.sensor)
    filter_sql, bad_filter = _filter(draft, sensor, scope)
    violations = [
        *_column(draft, check_type, sensor, scope),
        *_partition(draft, scope),
        *_grouping(draft, sensor, scope),
    ]
    return filter_sql, [*violations, *bad_filter]


def _column(draft: CheckDraft, check_type: CheckType, sensor: SensorType, scope: Scope) -> Iterator[Violation]:
    path, name = "check.target.column_name", draft.target.column_name
    if sensor.level is Level.TABLE:
        if name:
            text = f"{draft.check_type} looks at a whole table; leave the column {name[:100]!r} out."
            yield Violation(path, text, "COLUMN_NOT_ALLOWED")
        return
    if not name:
        listed = ", ".join(repr(column) for column in scope.columns)
        yield Violation(path, f"{draft.check_type} looks at one column: name one of {listed}.", "COLUMN_REQUIRED")
        return
    column = scope.columns.get(name)
    if column is None and not sensor.metadata:
        yield Violation(path, scope.no_column(name), "COLUMN_NOT_FOUND")
    elif column is not None and column.data_type not in check_type.accepts:
        accepted = ", ".join(sorted(check_type.accepts))
        text = f"{name!r} is of type {column.engine_type}; {draft.check_type} takes columns of type {accepted}."
        text += _instead(check_type, column.data_type)
        yield Violation(path, text, "COLUMN_TYPE_NOT_ACCEPTED")


def _instead(check_type: CheckType, data_type: DataType) -> str:
    """Which check types measure the same of a column of that type."""
    others = [
        other.name
        for other in CHECK_REGISTRY.items()
        if other.sensor == check_type.sensor and data_type in other.accepts
    ]
    return f" For this column there are {', '.join(others)}." if others else ""


def _partition(draft: CheckDraft, scope: Scope) -> Iterator[Violation]:
    path, name = "check.partition_column", draft.partition_column
    if draft.mode is not Mode.PARTITIONED:
        if name:
            text = f"is used in partitioned mode only, not in {draft.mode}."
            yield Violation(path, text, "PARTITION_COLUMN_NOT_ALLOWED")
        return
    column = scope.columns.get(name)
    if column is not None and column.data_type in PARTITION_TYPES:
        return
    dated = [known for known, facts in scope.columns.items() if facts.data_type in PARTITION_TYPES]
    choice = f"of type date or timestamp ({', '.join(map(repr, dated)) or 'the table has none'})."
    if not name:
        yield Violation(path, f"partitioned mode needs a column {choice}", "PARTITION_COLUMN_REQUIRED")
    elif column is None:
        yield Violation(path, scope.no_column(name), "COLUMN_NOT_FOUND")
    else:
        text = f"{name!r} is of type {column.engine_type}; it must be a column {choice}"
        yield Violation(path, text, "COLUMN_TYPE_NOT_ACCEPTED")


def _grouping(draft: CheckDraft, sensor: SensorType, scope: Scope) -> Iterator[Violation]:
    levels = draft.group_by
    if levels and not sensor.groupable:
        text = f"{draft.check_type} measures one number for the whole table and cannot be grouped."
        yield Violation("check.group_by", text, "GROUPING_UNSUPPORTED")
    if len(levels) > MAX_GROUPS:
        yield Violation("check.group_by", f"at most {MAX_GROUPS} levels, not {len(levels)}.", "TOO_MANY_GROUPS")
    for index, level in enumerate(levels):
        if level in levels[:index]:
            text = f"{level.column or level.tag!r} is there twice."
            yield Violation(f"check.group_by[{index}]", text, "DUPLICATE_GROUP")
        yield from _level(f"check.group_by[{index}]", level, scope)


def _level(path: str, level: GroupBy, scope: Scope) -> Iterator[Violation]:
    if bool(level.column) == bool(level.tag):
        yield Violation(path, "must have a column or a tag, one of the two.", "INVALID_GROUP")
    elif level.tag and (len(level.tag) > MAX_TAG or not level.tag.isprintable()):
        yield Violation(f"{path}.tag", f"must have at most {MAX_TAG} printable characters.", "INVALID_GROUP")
    elif level.column and level.column not in scope.columns:
        yield Violation(f"{path}.column", scope.no_column(level.column), "COLUMN_NOT_FOUND")
    elif level.column and scope.columns[level.column].data_type not in TYPE_GROUPS["comparable"]:
        text = f"{level.column!r} is of type {scope.columns[level.column].engine_type}, which cannot be grouped by."
        yield Violation(f"{path}.column", text, "COLUMN_TYPE_NOT_ACCEPTED")


def _filter(draft: CheckDraft, sensor: SensorType, scope: Scope) -> tuple[str, list[Violation]]:
    if not draft.filter:
        return "", []
    if not sensor.reads_rows:
        text = f"{draft.check_type} reads no rows, so that there is nothing to filter."
        return "", [Violation("check.filter", text, "FILTER_NOT_ALLOWED")]
    try:
        booleans = booleans_of(scope.columns.values())
        return parse_condition(draft.filter, scope.grammar, scope.columns, booleans), []
    except SqlRefused as error:
        return "", [Violation("check.filter", str(error), "INVALID_SQL")]
