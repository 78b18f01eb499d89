"""What a client sent, made into a check that can run, or into the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.engines import lacks, refusal
from dq_platform.checks.level import Level
from dq_platform.checks.other_tables import NO_TABLES, KnownTables, named_violations, reference_violations
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensor_params import Scope, validate_sensor_params
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.checks.sides import CheckDraft, side_violations
from dq_platform.checks.table_sample import SampledTable, sample_violations
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Invalid, Unsupported, Violation
from dq_platform.models.check import GroupBy, Mode, Target, Thresholds, TimeScale
from dq_platform.models.metadata import TableSnapshot
from dq_platform.models.table_sample import TableSample
from dq_platform.models.values import Params

__all__ = ["CheckDraft", "ValidCheck", "require_capabilities", "validate_check"]


@dataclass(frozen=True, slots=True)
class ValidCheck:
    """The draft, complete: defaults filled in, SQL normalised. Field by field what `Check` stores.

    `sensor_params` has none of those that the check type fixes: they are the check type's, not the check's.
    """

    target: Target
    check_type: str
    mode: Mode
    time_scale: TimeScale
    sensor_params: Params
    thresholds: Thresholds
    filter: str
    partition_column: str
    group_by: tuple[GroupBy, ...]
    table_sample: TableSample | None = None


def validate_check(
    draft: CheckDraft, snapshot: TableSnapshot | None, connector_type: str, others: KnownTables = NO_TABLES
) -> ValidCheck:
    """The draft as a complete check.

    `snapshot` is the target table's, None if there is no such table; `others` has what `other_tables` names. Raises
    Invalid with everything that is wrong, or Unsupported if an engine cannot run the sensor.
    """
    check_type = CHECK_REGISTRY.find(draft.check_type)
    if check_type is None:
        text = f"There is no check type {draft.check_type[:100]!r}{CHECK_REGISTRY.hint(draft.check_type) or '.'}"
        raise Invalid.one("check.check_type", text, "UNKNOWN_CHECK_TYPE")
    sensor = SENSOR_REGISTRY.get(check_type.sensor)
    for engine in dict.fromkeys([connector_type, *(known.connector_type for known in others.values())]):
        require_capabilities(sensor, engine)
    if snapshot is None:
        text = f"There is no table {draft.target.schema_name}.{draft.target.table_name}."
        raise Invalid.one("check.target.table_name", text, "TABLE_NOT_FOUND")
    grammar = ConnectorFactory.get(connector_type).dialect.sqlglot
    scope = Scope(draft.target, {column.name: column for column in snapshot.columns}, grammar)
    column = scope.columns.get(draft.target.column_name)
    sampled = SampledTable(connector_type, snapshot.table.kind, column.data_type if column else None)
    return _complete(draft, check_type, scope, others, sampled)


def require_capabilities(sensor: SensorType, engine: str) -> None:
    """Raise Unsupported, naming what is missing, if the engine lacks what the sensor needs."""
    text = refusal(sensor, engine)
    if text:
        missing = lacks(sensor, ConnectorFactory.get(engine).dialect)
        raise Unsupported(text, sensor=sensor.name, connection_type=engine, missing=missing)


def _complete(
    draft: CheckDraft, check_type: CheckType, scope: Scope, others: KnownTables, sampled: SampledTable
) -> ValidCheck:
    params, bad_params = validate_sensor_params(check_type.sensor_params, draft.sensor_params, scope)
    params, bad_reference = reference_violations(draft, check_type, params, others)
    rule = RULE_REGISTRY.get(check_type.rule_of(draft.mode))
    thresholds, bad_thresholds = validate_thresholds(check_type, rule, draft.thresholds)
    filter_sql, bad_side = side_violations(draft, check_type, scope)
    violations = [
        *bad_side,
        *_times(draft, check_type),
        *_drifting(draft, check_type, scope),
        *bad_params,
        *named_violations(check_type, params, draft.target, others),
        *bad_reference,
        *bad_thresholds,
        *sample_violations(draft.table_sample, check_type, params, sampled),
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
        table_sample=draft.table_sample,
    )


def _drifting(draft: CheckDraft, check_type: CheckType, scope: Scope) -> Iterator[Violation]:
    """A column whose changes are to be noticed must be there, unlike one whose absence is."""
    name = draft.target.column_name
    if check_type.drift is not None and check_type.level is Level.COLUMN and name and name not in scope.columns:
        yield Violation("check.target.column_name", scope.no_column(name), "COLUMN_NOT_FOUND")


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
        text = f"{check_type.name} checks in the mode {draft.mode} are {listed}, not {_time_scale(draft)}."
        yield Violation("check.time_scale", text, "TIME_SCALE_UNSUPPORTED")
