"""What people may do to incidents. Pure: the caller reads, locks and stores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from dq_platform.errors import Invalid, WrongState
from dq_platform.incidents.step import Act, Step, event, refuse_resolved, reopened, resolved
from dq_platform.models.incident import Incident, IncidentEventKind, IncidentStatus


def acknowledge(incident: Incident, act: Act) -> Step:
    """Somebody looks after it. Raises WrongState if that is so already, or if it is resolved."""
    refuse_resolved(incident)
    if incident.status is IncidentStatus.ACKNOWLEDGED:
        raise WrongState(
            "INCIDENT_ALREADY_ACKNOWLEDGED", f"Incident {incident.id!r} is acknowledged already.", id=incident.id
        )
    known = replace(incident, status=IncidentStatus.ACKNOWLEDGED, acknowledge_time=act.at)
    return Step(known, (event(known, IncidentEventKind.ACKNOWLEDGED, act),))


def resolve(incident: Incident, act: Act) -> Step:
    """Somebody declares it over; the next failure opens a new one. Raises WrongState if it is resolved already."""
    refuse_resolved(incident)
    return resolved(incident, IncidentEventKind.RESOLVED, act)


def mute(incident: Incident, until: datetime, act: Act) -> Step:
    """Nobody is told of it until then; a later call moves the date.

    Raises Invalid if `until` is not in the future, WrongState if the incident is resolved.
    """
    refuse_resolved(incident)
    if until <= act.at:
        raise Invalid.one("mute_until_time", f"{until.isoformat()} is not in the future.", "TIME_IN_THE_PAST")
    quiet = replace(incident, mute_until_time=until)
    return Step(quiet, (event(quiet, IncidentEventKind.MUTED, act),))


def unmute(incident: Incident, act: Act) -> Step:
    """People are told of it again. Raises WrongState if it is not muted, or resolved."""
    refuse_resolved(incident)
    if incident.mute_until_time is None or incident.mute_until_time <= act.at:
        raise WrongState("INCIDENT_NOT_MUTED", f"Incident {incident.id!r} is not muted.", id=incident.id)
    heard = replace(incident, mute_until_time=None)
    return Step(heard, (event(heard, IncidentEventKind.UNMUTED, act),))


def reopen(incident: Incident, unresolved: Iterable[Incident], act: Act) -> Step:
    """It is not over after all: it goes on as it was, acknowledged or not, and may end by itself again or be escalated.

    `unresolved` are the incidents of its table that are. Raises WrongState if it is one of them, or another of the same
    key is.
    """
    if incident.status is not IncidentStatus.RESOLVED:
        raise WrongState("INCIDENT_NOT_RESOLVED", f"Incident {incident.id!r} is not resolved.", id=incident.id)
    newer = next((one for one in unresolved if one.key == incident.key), None)
    if newer is not None:
        raise WrongState(
            "INCIDENT_SUPERSEDED",
            f"Incident {incident.id!r} stays resolved: its failures count in {newer.id!r}, which is not resolved.",
            id=incident.id,
            newer_id=newer.id,
        )
    again = replace(reopened(incident), open_time=act.at, escalate_time=None)
    return Step(again, (event(again, IncidentEventKind.REOPENED, act),))


def assign(incident: Incident, assignee: str, act: Act) -> Step:
    """Somebody is to look after it, resolved or not; nobody any more if `assignee` is empty."""
    given = replace(incident, assignee=assignee)
    return Step(given, (event(given, IncidentEventKind.ASSIGNED, act, assignee),))


def link_ticket(incident: Incident, ticket_url: str, act: Act) -> Step:
    """It is tracked there, resolved or not; nowhere any more if `ticket_url` is empty."""
    linked = replace(incident, ticket_url=ticket_url)
    return Step(linked, (event(linked, IncidentEventKind.TICKET_LINKED, act, ticket_url),))


def exclude_from_training(incident: Incident, act: Act) -> Step:
    """Rules do not learn from what failed in it, nor from what still will. Raises WrongState if that is so already."""
    if incident.excluded_from_training:
        raise WrongState(
            "INCIDENT_ALREADY_EXCLUDED", f"Incident {incident.id!r} is excluded from training already.", id=incident.id
        )
    excluded = replace(incident, excluded_from_training=True)
    return Step(excluded, (event(excluded, IncidentEventKind.EXCLUDED_FROM_TRAINING, act),))


def include_in_training(incident: Incident, act: Act) -> Step:
    """Rules learn from what failed in it again. Raises WrongState if they do anyway."""
    if not incident.excluded_from_training:
        raise WrongState(
            "INCIDENT_NOT_EXCLUDED", f"Incident {incident.id!r} is not excluded from training.", id=incident.id
        )
    included = replace(incident, excluded_from_training=False)
    return Step(included, (event(included, IncidentEventKind.INCLUDED_IN_TRAINING, act),))
