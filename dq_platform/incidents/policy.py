"""What results do to incidents. Pure: the caller reads, locks and stores.

An incident is open for at most one key at a time. Failures open it or add to it; it ends when somebody resolves it or
when the last of its failing checks has passed as often in a row as its connection asks for. One that
fails again soon after it ended by itself flaps: it is reopened, and ends when it has been quiet for a while. Execution
errors and inconclusive results say nothing of the data and leave incidents as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from dq_platform.ids import new_id
from dq_platform.incidents.step import Act, Step, event, refuse_resolved, reopened, resolved
from dq_platform.models.incident import (
    Grouping,
    GroupingLevel,
    Handling,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentSettings,
    IncidentStatus,
)
from dq_platform.models.outcome import Severity
from dq_platform.models.result import Result

LEVELS = tuple(GroupingLevel)
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

    `incident` is the unresolved one of the key, if there is one. `passing` members have no failing result in the run;
    `failures` None: nothing failed.
    """

    key: IncidentKey
    incident: Incident | None
    passing: tuple[Member, ...]
    failures: Failures | None = None


def in_effect(settings: Iterable[IncidentSettings], connection_id: str) -> Handling:
    """What holds for a connection: its own settings, then the workspace's, then the defaults."""
    by_owner = {one.connection_id: one for one in settings}
    names = [field.name for field in fields(Handling)]
    handling = Handling()
    for owner in (by_owner.get(""), by_owner.get(connection_id)):
        found = {name: value for name in names if owner and (value := getattr(owner, name)) is not None}
        handling = replace(handling, **found)
    return handling


def key_of(result: Result, grouping: Grouping) -> IncidentKey:
    """The incident that a failure of this check belongs to."""
    target, depth = result.target, LEVELS.index(grouping.level)
    parts = (result.dimension, result.category, result.check_type, result.check_id)
    dimension, category, check_type, check_id = (*parts[:depth], *[""] * (len(parts) - depth))
    return IncidentKey(
        target.connection_id,
        target.schema_name,
        target.table_name,
        dimension,
        category,
        check_type,
        check_id,
        result.data_group if grouping.per_data_group else None,
        grouping.level,
    )


def fold(
    results: Iterable[Result], groupings: Mapping[str, Grouping], unresolved: Iterable[Incident]
) -> Sequence[KeyChange]:
    """What a run's results say, per key, in the order of first appearance.

    `groupings` are by connection; `unresolved` those of the results' tables. A failure belongs to the oldest unresolved
    incident whose key covers it, whatever grouping that has, and to the key of its connection's grouping if there is
    none; what passes does so in all that cover it. A check that has several results for a group (one per partition)
    fails there if one of them fails.
    """
    by_key = {one.key: one for one in unresolved}
    shapes = {key.grouping for key in by_key}
    verdicts = [result for result in results if result.outcome.is_verdict]
    failing = {_member(result) for result in verdicts if result.outcome.severity is not None}
    failures: dict[IncidentKey, list[Result]] = {}
    passing: dict[IncidentKey, list[Result]] = {}
    for result in verdicts:
        keys = (key_of(result, shape) for shape in shapes)
        # Later ids sort after earlier ones.
        covering = sorted((by_key[key] for key in keys if key in by_key), key=lambda incident: incident.id)
        if result.outcome.severity is not None:
            key = covering[0].key if covering else key_of(result, groupings[result.target.connection_id])
            failures.setdefault(key, []).append(result)
        elif _member(result) not in failing:
            for incident in covering:
                passing.setdefault(incident.key, []).append(result)
    return [
        KeyChange(key, by_key.get(key), _members(passing.get(key, ())), _failures(failures.get(key, ())))
        for key in dict.fromkeys([*failures, *passing])
    ]


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
        open_time=failures.first_time,
        previous_incident_id=previous_incident_id,
    )


def failure_events(before: Incident | None, stored: Incident, act: Act) -> tuple[IncidentEvent, ...]:
    """OPENED for an incident that was not there before, ESCALATED for a higher severity, otherwise nothing."""
    if before is None:
        return (event(stored, IncidentEventKind.OPENED, act),)
    if stored.highest_severity > before.highest_severity:
        return (event(stored, IncidentEventKind.ESCALATED, act),)
    return ()


def flaps(incident: Incident, window: timedelta, at: datetime) -> bool:
    """Whether a failure at that moment makes it flap.

    One that is resolved does if it ended by itself and failed a while ago; one that flaps already does so once more if
    nothing in it failed any longer.
    """
    if incident.status is not IncidentStatus.RESOLVED:
        return incident.flap_count > 0 and incident.failing_check_count == 0
    return incident.resolved_automatically and at - incident.last_seen_time < window


def flap(incident: Incident, act: Act) -> Step:
    """The incident, open again; its failures are still to be counted.

    An event tells it only of one that was over: whoever was told that shall know, and later flaps are counted.
    """
    was_over = incident.status is IncidentStatus.RESOLVED
    since = act.at if was_over else incident.open_time
    again = replace(reopened(incident), flap_count=incident.flap_count + 1, open_time=since)
    return Step(again, (event(again, IncidentEventKind.FLAPPED, act),) if was_over else ())


def escalate(incident: Incident, act: Act) -> Step:
    """The incident of which people are told, once, that nobody has acknowledged it for too long."""
    told = replace(incident, escalate_time=act.at)
    return Step(told, (event(told, IncidentEventKind.ESCALATED_UNACKNOWLEDGED, act),))


def settle(incident: Incident, failing_check_count: int, act: Act, flap_window: timedelta = timedelta()) -> Step:
    """The incident after some of its members passed: resolved automatically when none fails any more.

    One that flaps ends only when the newest failure is as old as the window.
    """
    refuse_resolved(incident)
    left = replace(incident, failing_check_count=failing_check_count)
    restless = incident.flap_count > 0 and act.at - incident.last_seen_time < flap_window
    if failing_check_count > 0 or restless:
        return Step(left, ())
    return resolved(left, IncidentEventKind.RESOLVED_AUTOMATICALLY, act)


def _failures(failing: Sequence[Result]) -> Failures | None:
    severities = [result.outcome.severity for result in failing if result.outcome.severity is not None]
    if not severities:
        return None
    times = [result.executed_at for result in failing]
    return Failures(max(severities), len(failing), _members(failing), min(times), max(times))


def _members(results: Iterable[Result]) -> tuple[Member, ...]:
    return tuple(dict.fromkeys(map(_member, results)))


def _member(result: Result) -> Member:
    return result.check_id, result.data_group
