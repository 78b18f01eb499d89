"""Incidents and their events as rows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from dq_platform.adapters.sql.ids import group_key, storable
from dq_platform.models.incident import (
    GroupingLevel,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentStatus,
)
from dq_platform.models.outcome import Severity

ALL_GROUPS = "00000000-0000-0000-0000-000000000000"
"""The group's key of an incident that is of all data groups."""


def incident_to_row(incident: Incident) -> Mapping[str, object]:
    return {
        "id": incident.id,
        "workspace_id": incident.workspace_id,
        **key_to_row(incident.key),
        **changes_to_row(incident),
    }


def key_to_row(key: IncidentKey) -> Mapping[str, object]:
    return {
        "connection_id": key.connection_id,
        "schema_name": key.schema_name,
        "table_name": key.table_name,
        "level": key.level,
        "dimension": key.dimension,
        "category": key.category,
        "check_type": key.check_type,
        "check_id": key.check_id,
        "group_key": ALL_GROUPS if key.data_group is None else group_key(storable(key.data_group)),
        "data_group": storable(key.data_group or ""),
    }


def changes_to_row(incident: Incident) -> Mapping[str, object]:
    """What changes during an incident's life."""
    return {
        "status": incident.status,
        "highest_severity": incident.highest_severity.value,
        "failure_count": incident.failure_count,
        "first_seen_time": incident.first_seen_time,
        "last_seen_time": incident.last_seen_time,
        "mute_until_time": incident.mute_until_time,
        "acknowledge_time": incident.acknowledge_time,
        "resolve_time": incident.resolve_time,
        "previous_incident_id": incident.previous_incident_id or None,
        "excluded_from_training": incident.excluded_from_training,
        "assignee": incident.assignee,
        "ticket_url": incident.ticket_url,
        "flap_count": incident.flap_count,
        "resolved_automatically": incident.resolved_automatically,
        "open_time": incident.open_time,
        "escalate_time": incident.escalate_time,
    }


def incident_from_row(row: Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        workspace_id=row.workspace_id,
        key=_key(row),
        status=IncidentStatus(row.status),
        highest_severity=Severity(row.highest_severity),
        failure_count=row.failure_count,
        failing_check_count=row.failing_check_count,
        first_seen_time=row.first_seen_time,
        last_seen_time=row.last_seen_time,
        mute_until_time=row.mute_until_time,
        acknowledge_time=row.acknowledge_time,
        resolve_time=row.resolve_time,
        previous_incident_id=row.previous_incident_id or "",
        excluded_from_training=row.excluded_from_training,
        assignee=row.assignee,
        ticket_url=row.ticket_url,
        flap_count=row.flap_count,
        resolved_automatically=row.resolved_automatically,
        open_time=row.open_time,
        escalate_time=row.escalate_time,
    )


def _key(row: Row[Any]) -> IncidentKey:
    return IncidentKey(
        row.connection_id,
        row.schema_name,
        row.table_name,
        dimension=row.dimension,
        category=row.category,
        check_type=row.check_type,
        check_id=row.check_id,
        data_group=None if row.group_key == ALL_GROUPS else row.data_group,
        level=GroupingLevel(row.level),
    )


def event_to_row(event: IncidentEvent) -> Mapping[str, object]:
    return {
        "id": event.id,
        "incident_id": event.incident_id,
        "kind": event.kind,
        "actor": event.actor,
        "note": event.note,
        "create_time": event.create_time,
        "severity": None if event.severity is None else event.severity.value,
        "detail": event.detail,
    }


def event_from_row(row: Row[Any]) -> IncidentEvent:
    return IncidentEvent(
        id=row.id,
        incident_id=row.incident_id,
        kind=IncidentEventKind(row.kind),
        actor=row.actor,
        note=row.note,
        create_time=row.create_time,
        severity=None if row.severity is None else Severity(row.severity),
        detail=row.detail,
    )
