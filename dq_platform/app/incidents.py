"""Incidents as people see and handle them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dq_platform.app.deps import Deps
from dq_platform.app.review import reviewed_note
from dq_platform.incidents import policy
from dq_platform.incidents.policy import Act, Step
from dq_platform.models.incident import Incident, IncidentEvent, IncidentFilter
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal


async def list_incidents(deps: Deps, who: Principal, filter: IncidentFilter, page: PageRequest) -> Page[Incident]:
    """Incidents that match, the newest failure first."""
    async with deps.uow() as tx:
        return await tx.incidents.list(who.workspace_id, filter, page)


async def get_incident(deps: Deps, who: Principal, id: str) -> Incident:
    async with deps.uow() as tx:
        return await tx.incidents.get(who.workspace_id, id)


async def acknowledge(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, now looked after by somebody. Raises WrongState."""
    return await _act(deps, who, id, note, policy.acknowledge)


async def resolve(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, over; the next failure opens a new one. Raises WrongState."""
    return await _act(deps, who, id, note, policy.resolve)


async def mute(deps: Deps, who: Principal, id: str, until: datetime, note: str = "") -> Incident:
    """The incident, quiet until then. Raises Invalid for a moment in the past, WrongState."""
    return await _act(deps, who, id, note, lambda incident, act: policy.mute(incident, until, act))


async def exclude_from_training(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, from whose failing periods rules do not learn, over or not. Raises WrongState."""
    return await _act(deps, who, id, note, policy.exclude_from_training)


async def include_in_training(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, from whose failing periods rules learn as from any other. Raises WrongState."""
    return await _act(deps, who, id, note, policy.include_in_training)


async def list_events(deps: Deps, who: Principal, id: str, page: PageRequest) -> Page[IncidentEvent]:
    """What happened to the incident, oldest first. Raises NotFound."""
    async with deps.uow() as tx:
        await tx.incidents.get(who.workspace_id, id)
        return await tx.incidents.events(who.workspace_id, id, page)


async def _act(deps: Deps, who: Principal, id: str, note: str, what: Callable[[Incident, Act], Step]) -> Incident:
    act = Act(deps.clock.now(), who.key_name, reviewed_note(note))
    async with deps.uow() as tx:
        step = what(await tx.incidents.lock(who.workspace_id, id), act)
        await tx.incidents.update(step.incident)
        await tx.incidents.add_events(step.events)
        await tx.commit()
    return step.incident
