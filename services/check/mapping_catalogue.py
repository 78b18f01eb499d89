"""The catalogue as the contract shows it: check types, sensors, rules."""

from __future__ import annotations

from collections.abc import Iterable, Set

from google.protobuf import json_format

from dq.v1 import check_pb2, metadata_pb2
from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog_example import example
from dq_platform.checks.engines import engines_that_refuse, engines_that_run
from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamSpec
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.models.check import Mode
from dq_platform.models.metadata import DataType
from services.check.mapping_check import thresholds
from services.common.enums import EnumPair
from services.common.mapping_column import DATA_TYPES
from services.common.mapping_result import MODES, TIME_SCALES
from services.common.structs import to_value

LEVELS = EnumPair(Level, check_pb2.Level.DESCRIPTOR)


def check_type(model: CheckType) -> check_pb2.CheckType:
    sensor_type, rule_type = SENSOR_REGISTRY.get(model.sensor), RULE_REGISTRY.get(model.rule)
    defaults, missing = validate_thresholds(model, rule_type, {})
    return check_pb2.CheckType(
        name=model.name,
        level=check_pb2.Level.ValueType(LEVELS.proto(model.level)),
        category=model.category,
        dimension=model.dimension,
        description=model.description,
        modes=(check_pb2.Mode.ValueType(number) for number in MODES.protos(model.modes)),
        sensor=model.sensor,
        rule=model.rule,
        sensor_parameters=map(parameter, model.sensor_params),
        rule_parameters=map(parameter, rule_type.params),
        default_thresholds=None if missing else thresholds(defaults),
        accepted_data_types=_accepted(model.level, model.accepts),
        connection_types=engines_that_run(sensor_type),
        mode_details=(_mode(model, mode) for mode in model.modes),
        unit=sensor_type.unit,
        unsupported_engines=_refusals(sensor_type),
        example=json_format.ParseDict(example(model), check_pb2.Check()),
        has_error_samples=model.has_error_samples,
        table_sample_refusal=model.sample_refusal,
    )


def sensor(model: SensorType) -> check_pb2.Sensor:
    return check_pb2.Sensor(
        name=model.name,
        level=check_pb2.Level.ValueType(LEVELS.proto(model.level)),
        description=model.description,
        parameters=map(parameter, model.params),
        accepted_data_types=_accepted(model.level, model.accepts),
        connection_types=engines_that_run(model),
        unit=model.unit,
        unsupported_engines=_refusals(model),
        judges_rows=model.judges_rows,
    )


def rule(model: RuleType) -> check_pb2.Rule:
    return check_pb2.Rule(
        name=model.name,
        description=model.description,
        parameters=map(parameter, model.params),
        formula=model.formula,
        history_period_count=model.history_points,
        min_history_period_count=model.least_history,
    )


def parameter(spec: ParamSpec) -> check_pb2.Parameter:
    return check_pb2.Parameter(
        name=spec.name,
        description=spec.description,
        kind=spec.kind,
        required=spec.required,
        default_value=None if spec.default is None else to_value(spec.default),
        choices=spec.choices,
        minimum=spec.minimum,
        maximum=spec.maximum,
    )


def _accepted(level: Level, accepts: Set[DataType]) -> Iterable[metadata_pb2.DataType.ValueType]:
    """Empty for tables and for columns of any type."""
    limited = level is Level.COLUMN and len(accepts) < len(DataType)
    return [metadata_pb2.DataType.ValueType(number) for number in DATA_TYPES.protos(accepts)] if limited else []


def _refusals(model: SensorType) -> Iterable[check_pb2.UnsupportedEngine]:
    refusals = engines_that_refuse(model)
    return [check_pb2.UnsupportedEngine(connection_type=engine, reason=why) for engine, why in refusals.items()]


def _mode(model: CheckType, mode: Mode) -> check_pb2.CheckTypeMode:
    return check_pb2.CheckTypeMode(
        mode=check_pb2.Mode.ValueType(MODES.proto(mode)),
        rule=model.rule_of(mode),
        time_scales=(check_pb2.TimeScale.ValueType(TIME_SCALES.proto(scale)) for scale in model.time_scales(mode)),
    )
