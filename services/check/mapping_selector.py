"""Selectors of checks and windows of periods between the contract and the core."""

from __future__ import annotations

from dq.v1 import check_pb2, check_service_pb2
from dq_platform.models.check import CheckSelector, PeriodWindow
from services.common import times
from services.common.mapping_result import MODES


def selector_to_core(message: check_pb2.CheckSelector) -> CheckSelector:
    return CheckSelector(
        check_ids=tuple(message.check_ids),
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_pattern=message.table_pattern,
        check_type=message.check_type,
        category=message.category,
        mode=MODES.core_or_none(message.mode),
        labels=dict(message.labels),
    )


def selector(model: CheckSelector) -> check_pb2.CheckSelector:
    return check_pb2.CheckSelector(
        check_ids=model.check_ids,
        connection_id=model.connection_id,
        schema_name=model.schema_name,
        table_pattern=model.table_pattern,
        check_type=model.check_type,
        category=model.category,
        mode=check_pb2.Mode.ValueType(MODES.proto(model.mode)),
        labels=model.labels,
    )


def list_filter(message: check_service_pb2.ListChecksRequest) -> CheckSelector:
    return CheckSelector(
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_pattern=message.table_pattern,
        check_type=message.check_type,
        category=message.category,
        mode=MODES.core_or_none(message.mode),
    )


def window(
    message: check_service_pb2.RunCheckRequest
    | check_service_pb2.BatchRunChecksRequest
    | check_service_pb2.PreviewCheckRequest
    | check_service_pb2.PreviewErrorSamplesRequest
    | check_service_pb2.PlanChecksRequest,
) -> PeriodWindow | None:
    """The window that the request names; None for the default."""
    if not message.HasField("window"):
        return None
    return PeriodWindow(times.to_core(message.window.start_time), times.to_core(message.window.end_time))
