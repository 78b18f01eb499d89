"""Schedules between the contract and the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dq.v1 import schedule_pb2
from dq_platform.app.etag import etag_of
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.models.schedule import Schedule
from services.check.mapping_selector import selector, selector_to_core
from services.common import times
from services.common.masks import Update


def schedule(model: Schedule) -> schedule_pb2.Schedule:
    return schedule_pb2.Schedule(
        id=model.id,
        display_name=model.display_name,
        description=model.description,
        cron=model.cron,
        time_zone=model.time_zone,
        selector=selector(model.selector),
        paused=model.paused,
        next_run_time=times.to_proto(model.next_run_time),
        last_run_time=times.to_proto(model.last_run_time),
        create_time=times.to_proto(model.create_time),
        update_time=times.to_proto(model.update_time),
        etag=etag_of(model.version),
    )


def draft(message: schedule_pb2.Schedule) -> ScheduleDraft:
    return ScheduleDraft(
        display_name=message.display_name,
        description=message.description,
        cron=message.cron,
        time_zone=message.time_zone or "UTC",
        selector=selector_to_core(message.selector),
    )


def changes(update: Update[schedule_pb2.Schedule]) -> Mapping[str, object]:
    """New values by the core's field names."""
    return {name: read(update.resource) for name, read in _READ.items() if name in update.names}


_READ: Mapping[str, Callable[[schedule_pb2.Schedule], object]] = {
    "display_name": lambda message: message.display_name,
    "description": lambda message: message.description,
    "cron": lambda message: message.cron,
    "time_zone": lambda message: message.time_zone or "UTC",
    "selector": lambda message: selector_to_core(message.selector),
}
