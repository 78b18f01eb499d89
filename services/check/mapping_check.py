"""Checks between the contract and the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from google.protobuf.struct_pb2 import Struct

from dq.v1 import check_pb2
from dq_platform.app.checks import NewCheck
from dq_platform.app.etag import etag_of
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.validation import CheckDraft
from dq_platform.models.check import Check, GroupBy, Mode, Target, Thresholds
from dq_platform.models.outcome import Severity
from dq_platform.models.table_sample import TableSample
from dq_platform.models.values import Params
from services.common import times
from services.common.mapping_result import MODES, TIME_SCALES, target
from services.common.mapping_table_sample import given, table_sample
from services.common.masks import Update
from services.common.structs import plain, to_struct


def check(model: Check) -> check_pb2.Check:
    # A plug-in's check type may have gone since; then there is no category to tell.
    check_type = CHECK_REGISTRY.find(model.check_type)
    return check_pb2.Check(
        id=model.id,
        target=target(model.target),
        check_type=model.check_type,
        mode=check_pb2.Mode.ValueType(MODES.proto(model.mode)),
        time_scale=check_pb2.TimeScale.ValueType(TIME_SCALES.proto(model.time_scale)),
        display_name=model.display_name,
        description=model.description,
        sensor_params=to_struct(model.sensor_params),
        thresholds=thresholds(model.thresholds),
        filter=model.filter,
        partition_column=model.partition_column,
        group_by=map(_group_by, model.group_by),
        labels=model.labels,
        enabled=model.enabled,
        error_samples=model.error_samples,
        table_sample=table_sample(model.table_sample),
        category=check_type.category if check_type else "",
        dimension=check_type.dimension if check_type else "",
        create_time=times.to_proto(model.create_time),
        update_time=times.to_proto(model.update_time),
        etag=etag_of(model.version),
    )


def unsaved_check(model: Check) -> check_pb2.Check:
    """As it would be stored, without what storing it would give it."""
    message = check(model)
    message.ClearField("id")
    message.ClearField("create_time")
    message.ClearField("update_time")
    message.ClearField("etag")
    return message


def thresholds(model: Thresholds) -> check_pb2.Thresholds:
    return check_pb2.Thresholds(
        warning=_threshold(model.warning), error=_threshold(model.error), fatal=_threshold(model.fatal)
    )


def new_check(message: check_pb2.Check) -> NewCheck:
    return NewCheck(
        draft=CheckDraft(
            target=_target(message.target),
            check_type=message.check_type,
            mode=MODES.core_or(message.mode, Mode.MONITORING),
            time_scale=TIME_SCALES.core_or_none(message.time_scale),
            sensor_params=plain(message.sensor_params),
            thresholds=given_thresholds(message.thresholds),
            filter=message.filter,
            partition_column=message.partition_column,
            group_by=_groups(message),
            table_sample=_table_sample(message),
        ),
        display_name=message.display_name,
        description=message.description,
        labels=dict(message.labels),
        enabled=_enabled(message),
        error_samples=_error_samples(message),
    )


def changes(update: Update[check_pb2.Check]) -> Mapping[str, object]:
    """New values by the core's field names."""
    return {name: read(update.resource) for name, read in _READ.items() if name in update.names}


def given_thresholds(message: check_pb2.Thresholds) -> Mapping[Severity, Mapping[str, object]]:
    """Plain JSON by severity, for the severities that are set."""
    return {Severity[field.name.upper()]: plain(struct) for field, struct in message.ListFields()}


def _threshold(params: Params | None) -> Struct | None:
    return None if params is None else to_struct(params)


def _target(message: check_pb2.Target) -> Target:
    return Target(message.connection_id, message.schema_name, message.table_name, message.column_name)


def _groups(message: check_pb2.Check) -> tuple[GroupBy, ...]:
    return tuple(GroupBy(column=level.column, tag=level.tag) for level in message.group_by)


def _group_by(model: GroupBy) -> check_pb2.GroupBy:
    return check_pb2.GroupBy(column=model.column) if model.column else check_pb2.GroupBy(tag=model.tag)


def _enabled(message: check_pb2.Check) -> bool:
    return message.enabled if message.HasField("enabled") else True


def _error_samples(message: check_pb2.Check) -> bool:
    return message.error_samples if message.HasField("error_samples") else True


def _table_sample(message: check_pb2.Check) -> TableSample | None:
    return given(message.table_sample) if message.HasField("table_sample") else None


_READ: Mapping[str, Callable[[check_pb2.Check], object]] = {
    "display_name": lambda message: message.display_name,
    "description": lambda message: message.description,
    "sensor_params": lambda message: plain(message.sensor_params),
    "thresholds": lambda message: given_thresholds(message.thresholds),
    "filter": lambda message: message.filter,
    "partition_column": lambda message: message.partition_column,
    "group_by": _groups,
    "labels": lambda message: dict(message.labels),
    "enabled": _enabled,
    "error_samples": _error_samples,
    "table_sample": _table_sample,
}
