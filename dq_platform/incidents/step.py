"""What every change of an incident is made of: who did it when, the incident after it, and the events that tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from dq_platform.errors import WrongState
from dq_platform.ids import new_id
from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind, IncidentStatus

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something to an incident, when, and why."""

    at: datetime
    actor: str = SYSTEM
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """An incident after something happened to it, and the events that tell of it."""

    incident: Incident
    events: tuple[IncidentEvent, ...]


def resolved(incident: Incident, kind: IncidentEventKind, act: Act) -> Step:
    automatically = kind is IncidentEventKind.RESOLVED_AUTOMATICALLY
    done = replace(incident, status=IncidentStatus.RESOLVED, resolve_time=act.at, resolved_automatically=automatically)
    return Step(done, (event(done, kind, act),))


def reopened(incident: Incident) -> Incident:
    """The incident as it was before it was resolved: acknowledged or not."""
    status = IncidentStatus.OPEN if incident.acknowledge_time is None else IncidentStatus.ACKNOWLEDGED
    return replace(incident, status=status, resolve_time=None, resolved_automatically=False)


def refuse_resolved(incident: Incident) -> None:
    """Raises WrongState if it is."""
    if incident.status is IncidentStatus.RESOLVED:
        raise WrongState(
            "INCIDENT_ALREADY_RESOLVED",
            f"Incident {incident.id!r} is resolved; a new failure opens a new one.",
            id=incident.id,
        )


def event(incident: Incident, kind: IncidentEventKind, act: Act, detail: str = "") -> IncidentEvent:
    return IncidentEvent(
        id=new_id(),
        incident_id=incident.id,
        kind=kind,
        actor=act.actor,
        note=act.note,
        create_time=act.at,
        severity=incident.highest_severity,
        detail=detail,
    )
