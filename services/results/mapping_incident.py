"""Incidents between the contract and the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from dq.v1 import check_pb2, incident_pb2, incident_service_pb2
from dq_platform.app.incident_settings import Said
from dq_platform.models.incident import (
    FailureDay,
    GroupingLevel,
    Handling,
    Incident,
    IncidentCounts,
    IncidentEvent,
    IncidentEventKind,
    IncidentFilter,
    IncidentMember,
    IncidentStatus,
)
from dq_platform.models.outcome import Severity
from services.common import times
from services.common.enums import EnumPair
from services.common.masks import Update

STATUSES = EnumPair(IncidentStatus, incident_pb2.IncidentStatus.DESCRIPTOR)
EVENT_KINDS = EnumPair(IncidentEventKind, incident_pb2.IncidentEventKind.DESCRIPTOR)
SEVERITIES = EnumPair(Severity, check_pb2.Severity.DESCRIPTOR)
LEVELS = EnumPair(GroupingLevel, incident_pb2.GroupingLevel.DESCRIPTOR)


def incident_filter(message: incident_service_pb2.ListIncidentsRequest) -> IncidentFilter:
    return IncidentFilter(
        status=STATUSES.cores(message.statuses),
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_name=message.table_name,
        min_severity=SEVERITIES.core_or_none(message.min_severity),
        assignee=message.assignee,
        flapping=message.flapping if message.HasField("flapping") else None,
        text=message.text,
    )


def count_filter(message: incident_service_pb2.CountIncidentsRequest) -> IncidentFilter:
    return IncidentFilter(
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_name=message.table_name,
        min_severity=SEVERITIES.core_or_none(message.min_severity),
        assignee=message.assignee,
    )


def counts(model: IncidentCounts) -> incident_service_pb2.CountIncidentsResponse:
    return incident_service_pb2.CountIncidentsResponse(
        **{f"{name}_count": count for name, count in asdict(model).items()}
    )


def member(model: IncidentMember) -> incident_pb2.IncidentMember:
    return incident_pb2.IncidentMember(
        check_id=model.check_id,
        check_type=model.check_type,
        check_display_name=model.display_name,
        column_name=model.column_name,
        data_group=model.data_group,
        failing=model.failing_since is not None,
        failing_since_time=times.to_proto(model.failing_since),
        passing_run_count=model.passing_runs,
    )


def day(model: FailureDay) -> incident_pb2.IncidentDay:
    return incident_pb2.IncidentDay(
        start_time=times.to_proto(model.start),
        warning_count=model.warning,
        error_count=model.error,
        fatal_count=model.fatal,
    )


def incident(model: Incident) -> incident_pb2.Incident:
    return incident_pb2.Incident(
        id=model.id,
        connection_id=model.key.connection_id,
        schema_name=model.key.schema_name,
        table_name=model.key.table_name,
        dimension=model.key.dimension,
        category=model.key.category,
        status=incident_pb2.IncidentStatus.ValueType(STATUSES.proto(model.status)),
        highest_severity=check_pb2.Severity.ValueType(SEVERITIES.proto(model.highest_severity)),
        failure_count=model.failure_count,
        failing_check_count=model.failing_check_count,
        first_seen_time=times.to_proto(model.first_seen_time),
        last_seen_time=times.to_proto(model.last_seen_time),
        mute_until_time=times.to_proto(model.mute_until_time),
        acknowledge_time=times.to_proto(model.acknowledge_time),
        resolve_time=times.to_proto(model.resolve_time),
        previous_incident_id=model.previous_incident_id,
        excluded_from_training=model.excluded_from_training,
        assignee=model.assignee,
        ticket_url=model.ticket_url,
        flap_count=model.flap_count,
        resolved_automatically=model.resolved_automatically,
        open_time=times.to_proto(model.open_time),
        escalate_time=times.to_proto(model.escalate_time),
        grouping_level=incident_pb2.GroupingLevel.ValueType(LEVELS.proto(model.key.level)),
        check_type=model.key.check_type,
        check_id=model.key.check_id,
        data_group=model.key.data_group,
    )


def incident_event(model: IncidentEvent) -> incident_pb2.IncidentEvent:
    return incident_pb2.IncidentEvent(
        id=model.id,
        incident_id=model.incident_id,
        kind=incident_pb2.IncidentEventKind.ValueType(EVENT_KINDS.proto(model.kind)),
        actor=model.actor,
        note=model.note,
        create_time=times.to_proto(model.create_time),
        severity=check_pb2.Severity.ValueType(SEVERITIES.proto(model.severity)),
        detail=model.detail,
    )


def settings(model: Said) -> incident_pb2.IncidentSettings:
    own = model.settings
    return incident_pb2.IncidentSettings(
        connection_id=own.connection_id,
        grouping_level=incident_pb2.GroupingLevel.ValueType(LEVELS.proto(own.grouping_level)),
        per_data_group=own.per_data_group,
        passing_run_count=own.passing_run_count,
        flap_window=None if own.flap_window is None else times.duration_to_proto(own.flap_window),
        escalate_after=None if own.escalate_after is None else times.duration_to_proto(own.escalate_after),
        in_effect=_handling(model.handling),
    )


def setting_changes(update: Update[incident_pb2.IncidentSettings]) -> Mapping[str, object]:
    """New values by the core's field names; None for a setting that is taken back."""
    return {name: read(update.resource) for name, read in _READ.items() if name in update.names}


_READ: Mapping[str, Callable[[incident_pb2.IncidentSettings], object]] = {
    "grouping_level": lambda message: LEVELS.core_or_none(message.grouping_level),
    "per_data_group": lambda message: message.per_data_group if message.HasField("per_data_group") else None,
    "flap_window": lambda message: message.flap_window.ToTimedelta() if message.HasField("flap_window") else None,
    "escalate_after": lambda message: (
        message.escalate_after.ToTimedelta() if message.HasField("escalate_after") else None
    ),
    "passing_run_count": lambda message: message.passing_run_count if message.HasField("passing_run_count") else None,
}


def _handling(model: Handling) -> incident_pb2.IncidentHandling:
    return incident_pb2.IncidentHandling(
        grouping_level=incident_pb2.GroupingLevel.ValueType(LEVELS.proto(model.grouping_level)),
        per_data_group=model.per_data_group,
        passing_run_count=model.passing_run_count,
        flap_window=times.duration_to_proto(model.flap_window),
        escalate_after=times.duration_to_proto(model.escalate_after),
    )
