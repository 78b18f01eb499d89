"""Maintenance windows between the contract and the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dq.v1 import maintenance_pb2
from dq_platform.app.etag import etag_of
from dq_platform.app.maintenance_windows import WindowDraft
from dq_platform.models.maintenance import MaintenanceWindow
from services.common import times
from services.common.masks import Update


def window(model: MaintenanceWindow) -> maintenance_pb2.MaintenanceWindow:
    return maintenance_pb2.MaintenanceWindow(
        id=model.id,
        connection_id=model.connection_id,
        table_pattern=model.table_pattern,
        start_time=times.to_proto(model.start_time),
        end_time=times.to_proto(model.end_time),
        reason=model.reason,
        created_by=model.created_by,
        create_time=times.to_proto(model.create_time),
        update_time=times.to_proto(model.update_time),
        etag=etag_of(model.version),
    )


def draft(message: maintenance_pb2.MaintenanceWindow) -> WindowDraft:
    return WindowDraft(
        start_time=times.to_core(message.start_time),
        end_time=times.to_core(message.end_time),
        reason=message.reason,
        connection_id=message.connection_id,
        table_pattern=message.table_pattern,
    )


def changes(update: Update[maintenance_pb2.MaintenanceWindow]) -> Mapping[str, object]:
    """New values by the core's field names."""
    return {name: read(update.resource) for name, read in _READ.items() if name in update.names}


_READ: Mapping[str, Callable[[maintenance_pb2.MaintenanceWindow], object]] = {
    "table_pattern": lambda message: message.table_pattern,
    "start_time": lambda message: times.to_core(message.start_time),
    "end_time": lambda message: times.to_core(message.end_time),
    "reason": lambda message: message.reason,
}
