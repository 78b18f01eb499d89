"""Schedules between the contract and the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dq.v1 import schedule_pb2
from dq_platform.app.etag import etag_of
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.models.schedule import Overlap, RunOutcome, Schedule
from services.check.mapping_selector import selector, selector_to_core
from services.common import times
from services.common.enums import EnumPair
from services.common.masks import Update

OVERLAPS = EnumPair(Overlap, schedule_pb2.Overlap.DESCRIPTOR)
OUTCOMES = EnumPair(RunOutcome, schedule_pb2.RunOutcome.DESCRIPTOR)


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
        jitter=times.duration_to_proto(model.jitter),
        overlap=schedule_pb2.Overlap.ValueType(OVERLAPS.proto(model.overlap)),
        last_run_outcome=schedule_pb2.RunOutcome.ValueType(OUTCOMES.proto(model.last_run_outcome)),
        last_run_note=model.last_run_note,
        last_job_id=model.last_job_id,
        missed_run_count=model.missed_run_count,
        first_missed_time=times.to_proto(model.first_missed_time),
    )


def draft(message: schedule_pb2.Schedule) -> ScheduleDraft:
    return ScheduleDraft(
        display_name=message.display_name,
        description=message.description,
        cron=message.cron,
        time_zone=message.time_zone or "UTC",
        selector=selector_to_core(message.selector),
        jitter=message.jitter.ToTimedelta(),
        overlap=OVERLAPS.core_or(message.overlap, Overlap.SKIP),
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
    "jitter": lambda message: message.jitter.ToTimedelta(),
    "overlap": lambda message: OVERLAPS.core_or(message.overlap, Overlap.SKIP),
}
