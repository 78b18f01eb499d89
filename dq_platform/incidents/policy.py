"""What results do to incidents, and what people may do to them. Pure: the caller reads, locks and stores.

An incident is open for at most one key at a time. Failures open it or add to it; it ends when somebody resolves it or
when the last of its failing checks passes. Execution errors and inconclusive results say nothing of the data and
leave incidents as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dq_platform.errors import Invalid, WrongState
from dq_platform.ids import new_id
from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind, IncidentKey, IncidentStatus
from dq_platform.models.outcome import Severity
from dq_platform.models.result import Result

SYSTEM = "system"
Member = tuple[str, str]
"""A check's id and one of its data groups."""


@dataclass(frozen=True, slots=True)
class Failures:
    """The failing results of one run for one key; there is at least one."""

    severity: Severity
    count: int
    members: tuple[Member, ...]
    first_time: datetime
    last_time: datetime


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What one run says of one key.

    `passing` members have no failing result in the run; `failures` None: nothing failed.
    """

    key: IncidentKey
    passing: tuple[Member, ...]
    failures: Failures | None = None


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


def key_of(result: Result) -> IncidentKey:
    """The incident a failure of this check belongs to."""
    target = result.target
    return IncidentKey(target.connection_id, target.schema_name, target.table_name, result.dimension, result.category)


def fold(results: Iterable[Result]) -> Mapping[IncidentKey, KeyChange]:
    """What a run's results say, per key, in the order of first appearance.

    A check that has several results for a group (one per partition) fails there if one of them fails.
    """
    by_key: dict[IncidentKey, list[Result]] = {}
    for result in results:
        if result.outcome.is_verdict:
            by_key.setdefault(key_of(result), []).append(result)
    return {key: _change(key, verdicts) for key, verdicts in by_key.items()}


def open_incident(workspace_id: str, key: IncidentKey, failures: Failures, previous_incident_id: str = "") -> Incident:
    """A new incident for failures whose key has no unresolved one."""
    return Incident(
        id=new_id(),
        workspace_id=workspace_id,
        key=key,
        status=IncidentStatus.OPEN,
        highest_severity=failures.severity,
        failure_count=failures.count,
        failing_check_count=len(failures.members),
        first_seen_time=failures.first_time,
        last_seen_time=failures.last_time,
        previous_incident_id=previous_incident_id,
    )


def add_failures(incident: Incident, failures: Failures, failing_check_count: int) -> Incident:
    """The incident with more failures counted; the severity never falls. Raises WrongState if it is resolved.

    `failing_check_count` is the number of members that fail now, earlier ones included.
    """
    _refuse_resolved(incident)
    return replace(
        incident,
        highest_severity=max(incident.highest_severity, failures.severity),
        failure_count=incident.failure_count + failures.count,
        failing_check_count=failing_check_count,
        first_seen_time=min(incident.first_seen_time, failures.first_time),
        last_seen_time=max(incident.last_seen_time, failures.last_time),
    )


def failure_events(before: Incident | None, stored: Incident, act: Act) -> tuple[IncidentEvent, ...]:
    """OPENED for an incident that was not there before, ESCALATED for a higher severity, otherwise nothing."""
    if before is None:
        return (_event(stored, IncidentEventKind.OPENED, act),)
    if stored.highest_severity > before.highest_severity:
        return (_event(stored, IncidentEventKind.ESCALATED, act),)
    return ()


def settle(incident: Incident, failing_check_count: int, act: Act) -> Step:
    """The incident after some of its members passed: resolved automatically when none fails any more."""
    _refuse_resolved(incident)
    left = replace(incident, failing_check_count=failing_check_count)
    if failing_check_count > 0:
        return Step(left, ())
    return _resolved(left, IncidentEventKind.RESOLVED_AUTOMATICALLY, act)


def acknowledge(incident: Incident, act: Act) -> Step:
    """Somebody looks after it. Raises WrongState if that is so already, or if it is resolved."""
    _refuse_resolved(incident)
    if incident.status is IncidentStatus.ACKNOWLEDGED:
        raise WrongState(
            "INCIDENT_ALREADY_ACKNOWLEDGED", f"Incident {incident.id!r} is acknowledged already.", id=incident.id
        )
    known = replace(incident, status=IncidentStatus.ACKNOWLEDGED, acknowledge_time=act.at)
    return Step(known, (_event(known, IncidentEventKind.ACKNOWLEDGED, act),))


def resolve(incident: Incident, act: Act) -> Step:
    """Somebody declares it over; the next failure opens a new one. Raises WrongState if it is resolved already."""
    _refuse_resolved(incident)
    return _resolved(incident, IncidentEventKind.RESOLVED, act)


def mute(incident: Incident, until: datetime, act: Act) -> Step:
    """Nobody is told of it until then; a later call moves the date.

    Raises Invalid if `until` is not in the future, WrongState if the incident is resolved.
    """
    _refuse_resolved(incident)
    if until <= act.at:
        raise Invalid.one("mute_until_time", f"{until.isoformat()} is not in the future.", "TIME_IN_THE_PAST")
    quiet = replace(incident, mute_until_time=until)
    return Step(quiet, (_event(quiet, IncidentEventKind.MUTED, act),))


def exclude_from_training(incident: Incident, act: Act) -> Step:
    """Rules do not learn from what failed in it, nor from what still will. Raises WrongState if that is so already."""
    if incident.excluded_from_training:
        raise WrongState(
            "INCIDENT_ALREADY_EXCLUDED", f"Incident {incident.id!r} is excluded from training already.", id=incident.id
        )
    excluded = replace(incident, excluded_from_training=True)
    return Step(excluded, (_event(excluded, IncidentEventKind.EXCLUDED_FROM_TRAINING, act),))


def include_in_training(incident: Incident, act: Act) -> Step:
    """Rules learn from what failed in it again. Raises WrongState if they do anyway."""
    if not incident.excluded_from_training:
        raise WrongState(
            "INCIDENT_NOT_EXCLUDED", f"Incident {incident.id!r} is not excluded from training.", id=incident.id
        )
    included = replace(incident, excluded_from_training=False)
    return Step(included, (_event(included, IncidentEventKind.INCLUDED_IN_TRAINING, act),))


def _change(key: IncidentKey, verdicts: list[Result]) -> KeyChange:
    failing = [result for result in verdicts if result.outcome.severity is not None]
    failing_members = _members(failing)
    passing = tuple(member for member in _members(verdicts) if member not in set(failing_members))
    severities = [result.outcome.severity for result in failing if result.outcome.severity is not None]
    if not severities:
        return KeyChange(key, passing)
    times = [result.executed_at for result in failing]
    failures = Failures(max(severities), len(failing), failing_members, min(times), max(times))
    return KeyChange(key, passing, failures)


def _members(results: Iterable[Result]) -> tuple[Member, ...]:
    return tuple(dict.fromkeys((result.check_id, result.data_group) for result in results))


def _resolved(incident: Incident, kind: IncidentEventKind, act: Act) -> Step:
    done = replace(incident, status=IncidentStatus.RESOLVED, resolve_time=act.at)
    return Step(done, (_event(done, kind, act),))


def _refuse_resolved(incident: Incident) -> None:
    if incident.status is IncidentStatus.RESOLVED:
        raise WrongState(
            "INCIDENT_ALREADY_RESOLVED",
            f"Incident {incident.id!r} is resolved; a new failure opens a new one.",
            id=incident.id,
        )


def _event(incident: Incident, kind: IncidentEventKind, act: Act) -> IncidentEvent:
    return IncidentEvent(
        id=new_id(),
        incident_id=incident.id,
        kind=kind,
        actor=act.actor,
        note=act.note,
        create_time=act.at,
        severity=incident.highest_severity,
    )
