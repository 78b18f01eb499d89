"""What was sent, what could not be, and what would be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dq_platform.app.channels import get_channel, review_templates
from dq_platform.app.deps import Deps
from dq_platform.app.notifying import facts_around, parcel_of
from dq_platform.app.review import Review
from dq_platform.app.secrets import secrets_of
from dq_platform.errors import WrongState
from dq_platform.ids import new_id
from dq_platform.models.connection import SettingValue
from dq_platform.models.incident import IncidentEvent, IncidentEventKind
from dq_platform.models.notification import Channel, Notification, NotificationFilter, NotificationState, Templates
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal
from dq_platform.notifications import facts
from dq_platform.notifications.channel_types import channel_type
from dq_platform.notifications.facts import Facts
from dq_platform.notifications.kinds import untold
from dq_platform.notifications.parcel import HttpPost, Order
from dq_platform.notifications.templates import render

HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What to preview: templates in place of the channel's, and facts of an incident in place of made-up ones."""

    channel_id: str
    event_kind: IncidentEventKind = IncidentEventKind.OPENED
    incident_id: str = ""
    templates: Templates | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as it would go out; `payload` is what the receiver gets, without secrets and signature."""

    subject: str
    text: str
    html: str
    payload: str


async def list_notifications(
    deps: Deps, who: Principal, filter: NotificationFilter, page: PageRequest
) -> Page[Notification]:
    """Notifications that match, the newest first."""
    async with deps.uow() as tx:
        return await tx.notifications.list(who.workspace_id, filter, page)


async def get_notification(deps: Deps, who: Principal, id: str) -> Notification:
    async with deps.uow() as tx:
        return await tx.notifications.get(who.workspace_id, id)


async def replay(deps: Deps, who: Principal, id: str) -> Notification:
    """The notification, due now, with as many attempts as a new one. Raises WrongState unless it was given up."""
    async with deps.uow() as tx:
        found = await tx.notifications.get(who.workspace_id, id, lock=True)
        if found.state is not NotificationState.DEAD:
            text = f"Notification {id!r} is {found.state.value}; only what was given up can be replayed."
            raise WrongState("NOTIFICATION_NOT_DEAD", text, id=id)
        await tx.notifications.revive(found, deps.clock.now())
        revived = await tx.notifications.get(who.workspace_id, id)
        await tx.commit()
    return revived


async def preview(deps: Deps, who: Principal, public_url: str, request: PreviewRequest) -> Preview:
    """The message of an event as the channel would send it; nothing is sent. Raises Invalid, NotFound."""
    review = Review()
    review.add(untold(request.event_kind, "event_kind"))
    if request.templates is not None:
        review_templates(deps, review, request.templates)
    review.done()
    channel = await get_channel(deps, who, request.channel_id)
    if request.templates is not None:
        channel = replace(channel, templates=request.templates)
    about = (await _about(deps, who, public_url, request)).to_json()
    rendered = render(channel.templates, about)
    parcel = parcel_of(channel, Order(new_id(), _without_secrets(channel), channel.templates, about, deps.clock.now()))
    payload = parcel.body.decode() if isinstance(parcel, HttpPost) else parcel.content.as_string()
    return Preview(rendered.subject, rendered.text, rendered.html, payload)


async def _about(deps: Deps, who: Principal, public_url: str, request: PreviewRequest) -> Facts:
    now = deps.clock.now()
    if not request.incident_id:
        return facts.sample(request.event_kind, new_id(), now, public_url)
    async with deps.uow() as tx:
        incident = await tx.incidents.get(who.workspace_id, request.incident_id)
        event = IncidentEvent(new_id(), incident.id, request.event_kind, "system", "", now, incident.highest_severity)
        return await facts_around(tx, event, incident, public_url)


def _without_secrets(channel: Channel) -> dict[str, SettingValue]:
    secrets = secrets_of(channel_type(channel.type), channel.settings)
    return {name: HIDDEN if name in secrets else value for name, value in channel.settings.items()}
