"""Failures that belong together, with a life of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dq_platform.models.outcome import Severity


class IncidentStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class IncidentEventKind(StrEnum):
    OPENED = "opened"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    RESOLVED = "resolved"
    RESOLVED_AUTOMATICALLY = "resolved_automatically"
    BASELINE_ACCEPTED = "baseline_accepted"
    EXCLUDED_FROM_TRAINING = "excluded_from_training"
    INCLUDED_IN_TRAINING = "included_in_training"


@dataclass(frozen=True, slots=True, order=True)
class IncidentKey:
    """What failures must share to be one incident: the table, the quality dimension and the category.

    Their order is the one in which everybody takes them.
    """

    connection_id: str
    schema_name: str
    table_name: str
    dimension: str
    category: str


@dataclass(frozen=True, slots=True)
class Incident:
    """`failure_count` counts failing results; `failing_check_count` the checks that fail now.

    `previous_incident_id` names the resolved incident of the same key that came before, empty if none.
    `excluded_from_training`: the periods that fail in it are no example of what is normal.
    """

    id: str
    workspace_id: str
    key: IncidentKey
    status: IncidentStatus
    highest_severity: Severity
    failure_count: int
    failing_check_count: int
    first_seen_time: datetime
    last_seen_time: datetime
    mute_until_time: datetime | None = None
    acknowledge_time: datetime | None = None
    resolve_time: datetime | None = None
    previous_incident_id: str = ""
    excluded_from_training: bool = False


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """`actor` is an API key's name, or `system`."""

    id: str
    incident_id: str
    kind: IncidentEventKind
    actor: str
    note: str
    create_time: datetime
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents: every set field must match."""

    status: tuple[IncidentStatus, ...] = ()
    connection_id: str = ""
    schema_name: str = ""
    table_name: str = ""
    min_severity: Severity | None = None
