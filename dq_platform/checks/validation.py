"""What a client sent, made into a check that can run, or into the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.level import Level
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensor_params import Scope, validate_sensor_params
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, TYPE_GROUPS, SensorType
from dq_platform.checks.sql_text import SqlRefused, parse_condition
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Invalid, Unsupported, Violation
from dq_platform.models.check import GroupBy, Mode, Target, Thresholds, TimeScale
from dq_platform.models.metadata import DataType, TableSnapshot
from dq_platform.models.outcome import Severity
from dq_platform.models.values import Params

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


@dataclass(frozen=True, slots=True)
class ValidCheck:
    """The draft, complete: defaults filled in, SQL normalised. Field by field what `Check` stores."""

    target: Target
    check_type: str
    mode: Mode
    time_scale: TimeScale
    sensor_params: Params
    thresholds: Thresholds
    filter: str
    partition_column: str
    group_by: tuple[GroupBy, ...]


def validate_check(draft: CheckDraft, snapshot: TableSnapshot | None, connector_type: str) -> ValidCheck:
    """The draft as a complete check.

    `snapshot` is the target table's, None if there is no such table. Raises Invalid with everything that is wrong,
    or Unsupported if the engine cannot run the sensor.
    """
    check_type = CHECK_REGISTRY.find(draft.check_type)
    if check_type is None:
        text = f"There is no check type {draft.check_type[:100]!r}{CHECK_REGISTRY.hint(draft.check_type) or '.'}"
        raise Invalid.one("check.check_type", text, "UNKNOWN_CHECK_TYPE")
    dialect = ConnectorFactory.get(connector_type).dialect
    sensor = SENSOR_REGISTRY.get(check_type.sensor)
    require_capabilities(sensor, dialect, connector_type)
    if snapshot is None:
        text = f"There is no table {draft.target.schema_name}.{draft.target.table_name}."
        raise Invalid.one("check.target.table_name", text, "TABLE_NOT_FOUND")
    scope = Scope(draft.target, {column.name: column for column in snapshot.columns}, dialect.sqlglot)
    return _complete(draft, check_type, sensor, scope)


def require_capabilities(sensor: SensorType, dialect: Dialect, connector_type: str) -> None:
    """Raise Unsupported, naming what is missing, if the engine lacks what the sensor needs."""
    missing = ", ".join(sorted(sensor.needs - dialect.capabilities))
    if missing:
        text = f"{connector_type} cannot run the sensor {sensor.name!r}: it lacks {missing}."
        raise Unsupported(text, sensor=sensor.name, connection_type=connector_type, missing=missing)


def _complete(draft: CheckDraft, check_type: CheckType, sensor: SensorType, scope: Scope) -> ValidCheck:
    params, bad_params = validate_sensor_params(sensor, check_type.fixed, draft.sensor_params, scope)
    rule = RULE_REGISTRY.get(check_type.rule)
    thresholds, bad_thresholds = validate_thresholds(check_type, rule, draft.thresholds)
    filter_sql, bad_filter = _filter(draft, sensor, scope)
    violations = [
        *_column(draft, sensor, scope),
        *_times(draft, check_type),
        *_partition(draft, scope),
        *_grouping(draft, sensor, scope),
        *bad_params,
        *bad_thresholds,
        *bad_filter,
    ]
    if violations:
        raise Invalid(violations)
    return ValidCheck(
        target=draft.target,
        check_type=check_type.name,
        mode=draft.mode,
        time_scale=_time_scale(draft),
        sensor_params=params,
        thresholds=thresholds,
        filter=filter_sql,
        partition_column=draft.partition_column,
        group_by=draft.group_by,
    )


def _column(draft: CheckDraft, sensor: SensorType, scope: Scope) -> Iterator[Violation]:
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
    elif column is not None and column.data_type not in sensor.accepts:
        accepted = ", ".join(sorted(sensor.accepts))
        text = f"{name!r} is of type {column.engine_type}; {draft.check_type} takes columns of type {accepted}."
        yield Violation(path, text, "COLUMN_TYPE_NOT_ACCEPTED")


def _time_scale(draft: CheckDraft) -> TimeScale:
    return draft.time_scale or (TimeScale.MONTHLY if draft.mode is Mode.PROFILING else TimeScale.DAILY)


def _times(draft: CheckDraft, check_type: CheckType) -> Iterator[Violation]:
    if draft.mode not in check_type.modes:
        listed = ", ".join(check_type.modes)
        yield Violation(
            "check.mode", f"{check_type.name} has the modes {listed}, not {draft.mode}.", "MODE_UNSUPPORTED"
        )
    elif _time_scale(draft) not in check_type.time_scales(draft.mode):
        listed = ", ".join(check_type.time_scales(draft.mode))
        text = f"{draft.mode} checks are {listed}, not {_time_scale(draft)}."
        yield Violation("check.time_scale", text, "TIME_SCALE_UNSUPPORTED")


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
    if sensor.metadata:
        text = f"{draft.check_type} reads no rows, so that there is nothing to filter."
        return "", [Violation("check.filter", text, "FILTER_NOT_ALLOWED")]
    try:
        return parse_condition(draft.filter, scope.grammar, scope.columns), []
    except SqlRefused as error:
        return "", [Violation("check.filter", str(error), "INVALID_SQL")]
