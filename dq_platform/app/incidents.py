"""Incidents as people see and handle them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from dq_platform.app.deps import Deps
from dq_platform.app.review import MAX_NAME, MAX_NOTE, Review, reviewed_note
from dq_platform.incidents import actions
from dq_platform.incidents.step import Act, Step
from dq_platform.models.incident import (
    FailureDay,
    Incident,
    IncidentCounts,
    IncidentEvent,
    IncidentFilter,
    IncidentMember,
)
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

MAX_URL = 2000
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f\\<>\"]")


async def list_incidents(deps: Deps, who: Principal, filter: IncidentFilter, page: PageRequest) -> Page[Incident]:
    """Incidents that match, the newest failure first. Raises Invalid for a text that is too long."""
    review = Review()
    review.text("text", filter.text, most=MAX_NAME)
    review.done()
    async with deps.uow() as tx:
        return await tx.incidents.list(who.workspace_id, filter, page)


async def get_incident(deps: Deps, who: Principal, id: str) -> Incident:
    async with deps.uow() as tx:
        return await tx.incidents.get(who.workspace_id, id)


async def acknowledge(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, now looked after by somebody. Raises WrongState."""
    return await _act(deps, who, id, note, actions.acknowledge)


async def resolve(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, over; the next failure opens a new one. Raises WrongState."""
    return await _act(deps, who, id, note, actions.resolve)


async def mute(deps: Deps, who: Principal, id: str, until: datetime, note: str = "") -> Incident:
    """The incident, quiet until then. Raises Invalid for a moment in the past, WrongState."""
    return await _act(deps, who, id, note, lambda incident, act: actions.mute(incident, until, act))


async def unmute(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, of which people are told again. Raises WrongState."""
    return await _act(deps, who, id, note, actions.unmute)


async def reopen(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident that somebody resolved by mistake, as it was before. Raises WrongState."""
    act = Act(deps.clock.now(), who.key_name, reviewed_note(note))
    async with deps.uow() as tx:
        key = (await tx.incidents.get(who.workspace_id, id)).key
        table = key.connection_id, key.schema_name, key.table_name
        await tx.incidents.hold([table])
        incident = await tx.incidents.lock(who.workspace_id, id)
        unresolved = await tx.incidents.unresolved_of_tables(who.workspace_id, [table])
        return await _store(tx, actions.reopen(incident, unresolved, act))


async def assign(deps: Deps, who: Principal, id: str, assignee: str, note: str = "") -> Incident:
    """The incident, given to somebody, or to nobody for an empty name. Raises Invalid."""
    review = Review()
    review.text("assignee", assignee, most=MAX_NAME)
    review.text("note", note, most=MAX_NOTE)
    review.done()
    return await _act(deps, who, id, note, lambda incident, act: actions.assign(incident, assignee.strip(), act))


async def link_ticket(deps: Deps, who: Principal, id: str, ticket_url: str, note: str = "") -> Incident:
    """The incident, tracked at that https URL, or nowhere for an empty one. Raises Invalid."""
    review = Review()
    review.text("ticket_url", ticket_url, most=MAX_URL)
    if ticket_url and not _is_https_url(ticket_url):
        review.wrong("ticket_url", "must be a URL like https://tickets.example.com/DATA-7, without a user or password.")
    review.text("note", note, most=MAX_NOTE)
    review.done()
    return await _act(deps, who, id, note, lambda incident, act: actions.link_ticket(incident, ticket_url, act))


async def exclude_from_training(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, from whose failing periods rules do not learn, over or not. Raises WrongState."""
    return await _act(deps, who, id, note, actions.exclude_from_training)


async def include_in_training(deps: Deps, who: Principal, id: str, note: str = "") -> Incident:
    """The incident, from whose failing periods rules learn as from any other. Raises WrongState."""
    return await _act(deps, who, id, note, actions.include_in_training)


async def list_events(deps: Deps, who: Principal, id: str, page: PageRequest) -> Page[IncidentEvent]:
    """What happened to the incident, oldest first. Raises NotFound."""
    async with deps.uow() as tx:
        await tx.incidents.get(who.workspace_id, id)
        return await tx.incidents.events(who.workspace_id, id, page)


async def list_members(
    deps: Deps, who: Principal, id: str, page: PageRequest, *, failing: bool = False
) -> Page[IncidentMember]:
    """The checks and data groups that failed in the incident, or only those that fail now. Raises NotFound."""
    async with deps.uow() as tx:
        await tx.incidents.get(who.workspace_id, id)
        return await tx.incidents.members(who.workspace_id, id, page, failing=failing)


async def failures_by_day(deps: Deps, who: Principal, id: str, time_zone: str) -> Sequence[FailureDay]:
    """The incident's failures by day. Raises NotFound, Invalid for a time zone that does not exist."""
    async with deps.uow() as tx:
        incident = await tx.incidents.get(who.workspace_id, id)
        return await tx.incidents.failures_by_day(incident, time_zone)


async def count_incidents(deps: Deps, who: Principal, filter: IncidentFilter) -> IncidentCounts:
    """How many incidents that match are in each state."""
    async with deps.uow() as tx:
        return await tx.incidents.counts(who.workspace_id, filter, deps.clock.now())


async def _act(deps: Deps, who: Principal, id: str, note: str, what: Callable[[Incident, Act], Step]) -> Incident:
    act = Act(deps.clock.now(), who.key_name, reviewed_note(note))
    async with deps.uow() as tx:
        return await _store(tx, what(await tx.incidents.lock(who.workspace_id, id), act))


async def _store(tx: Tx, step: Step) -> Incident:
    await tx.incidents.update(step.incident)
    await tx.incidents.add_events(step.events)
    await tx.commit()
    return step.incident


def _is_https_url(text: str) -> bool:
    """Whether it leads to a page and says nothing of who asks; a space or a control character ends a URL."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(host) and "@" not in parts.netloc and not _UNPRINTABLE.search(text)
