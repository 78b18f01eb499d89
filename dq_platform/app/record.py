"""What a run's results do to our store: the results themselves and the incidents they open, count or end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dq_platform.incidents.policy import Act, Failures, KeyChange, Member, failure_events, fold, open_incident, settle
from dq_platform.models.incident import Incident, IncidentKey
from dq_platform.models.page import PageRequest
from dq_platform.models.result import Result
from dq_platform.ports import Tx

MAX_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class _Former:
    """The open incident before a run's failures count, if there is one, and who counts them when."""

    incident: Incident | None
    act: Act


async def record(tx: Tx, workspace_id: str, results: Sequence[Result], now: datetime) -> Sequence[Result]:
    """Write results and incidents, and return the results whose checks still exist; the caller commits.

    Keys are taken in one order by everybody, so that two runs of one table wait for each other and never lock up.
    """
    stored = await tx.results.add(results)
    changes = fold(stored)
    unresolved = await tx.incidents.unresolved(workspace_id, changes) if changes else ()
    for key in sorted(changes):
        if changes[key].failures is not None or key in unresolved:
            await _apply(tx, workspace_id, changes[key], Act(now))
    return stored


async def settle_deleted(tx: Tx, affected: Sequence[Incident], act: Act) -> None:
    """End those of the incidents in which nothing fails any more, because the checks that did are deleted."""
    for incident in affected:
        await _settle(tx, incident, (), act)


async def _apply(tx: Tx, workspace_id: str, change: KeyChange, act: Act) -> None:
    incident = await tx.incidents.open_for(workspace_id, change.key)
    if change.failures is not None:
        incident = await _count(tx, workspace_id, change.key, change.failures, _Former(incident, act))
    if incident is not None and change.passing:
        await _settle(tx, incident, change.passing, act)


async def _count(tx: Tx, workspace_id: str, key: IncidentKey, failures: Failures, former: _Former) -> Incident:
    """Open the incident or count in the open one, and tell if it is new or worse."""
    previous = "" if former.incident else await tx.incidents.previous(workspace_id, key)
    opening = open_incident(workspace_id, key, failures, previous)
    stored, is_new = await tx.incidents.raise_or_count(opening, failures.members)
    before = former.incident
    if before is None and not is_new:
        before = await _as_told(tx, stored)
    await tx.incidents.add_events(failure_events(before, stored, former.act))
    return stored


async def _as_told(tx: Tx, stored: Incident) -> Incident:
    """The incident that another run opened between our look and our count: its severity is what its events say."""
    events = await tx.incidents.events(stored.workspace_id, stored.id, PageRequest(MAX_EVENTS))
    told = [event.severity for event in events.items if event.severity is not None]
    return replace(stored, highest_severity=max(told))


async def _settle(tx: Tx, incident: Incident, passing: Sequence[Member], act: Act) -> None:
    """Note what passes; the incident ends with the last of its failing checks."""
    step = settle(incident, await tx.incidents.mark_passing(incident.id, passing), act)
    if step.events:
        await tx.incidents.update(step.incident)
        await tx.incidents.add_events(step.events)
