"""Incidents and their events as rows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind, IncidentKey, IncidentStatus
from dq_platform.models.outcome import Severity


def incident_to_row(incident: Incident) -> Mapping[str, object]:
    key = incident.key
    return {
        "id": incident.id,
        "workspace_id": incident.workspace_id,
        "connection_id": key.connection_id,
        "schema_name": key.schema_name,
        "table_name": key.table_name,
        "dimension": key.dimension,
        "category": key.category,
        **changes_to_row(incident),
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
    }


def incident_from_row(row: Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        workspace_id=row.workspace_id,
        key=IncidentKey(row.connection_id, row.schema_name, row.table_name, row.dimension, row.category),
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
    )
