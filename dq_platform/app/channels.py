"""Notification channels: ways to reach people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.etag import require_etag
from dq_platform.app.notifying import parcel_of
from dq_platform.app.review import Review
from dq_platform.app.secrets import require_secrets_again, secrets_of, without_secrets
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid, WrongState
from dq_platform.ids import new_id
from dq_platform.models.connection import SettingValue
from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import Channel, Templates
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal
from dq_platform.notifications import facts
from dq_platform.notifications.channel_types import channel_type, host_of
from dq_platform.notifications.kinds import NOTICES, untold
from dq_platform.notifications.parcel import Order
from dq_platform.notifications.templates import TemplateProblem, render_one
from dq_platform.ports_notification import Outlet

CHANGEABLE = frozenset({"display_name", "description", "settings", "templates"})
MAX_TEMPLATE = 20_000
SHOWN_RULES = 3


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """A channel as a client sent it; `settings` is plain JSON."""

    display_name: str
    type: str
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)
    description: str = ""
    templates: Templates = field(default_factory=Templates)


async def create_channel(deps: Deps, outlet: Outlet, who: Principal, draft: ChannelDraft) -> Channel:
    """The new channel; nothing is sent. Raises Invalid."""
    settings = _reviewed(deps, outlet, draft, draft.settings)
    now = deps.clock.now()
    channel = Channel(
        id=new_id(),
        workspace_id=who.workspace_id,
        display_name=draft.display_name,
        type=draft.type,
        settings=settings,
        create_time=now,
        update_time=now,
        description=draft.description,
        templates=draft.templates,
    )
    async with deps.uow() as tx:
        await tx.channels.add(channel)
        await tx.commit()
    return channel


async def get_channel(deps: Deps, who: Principal, id: str) -> Channel:
    async with deps.uow() as tx:
        return await tx.channels.get(who.workspace_id, id)


async def list_channels(deps: Deps, who: Principal, page: PageRequest) -> Page[Channel]:
    """The workspace's channels by creation."""
    async with deps.uow() as tx:
        return await tx.channels.list(who.workspace_id, page)


async def update_channel(
    deps: Deps, outlet: Outlet, who: Principal, id: str, changes: Mapping[str, object], etag: str = ""
) -> Channel:
    """The changed channel. New settings replace all others, except secrets that they do not mention.

    A secret must be mentioned if settings change that decide where it is sent, as with connections. Raises
    EtagMismatch.
    """
    async with deps.uow() as tx:
        before = await tx.channels.get(who.workspace_id, id)
        require_etag("notification channel", id, before.version, etag)
        after = changed(before, changes, CHANGEABLE, "channel")
        kept = secrets_of(kind := channel_type(before.type), before.settings)
        given = {**kept, **after.settings} if "settings" in changes else before.settings
        settings = _reviewed(deps, outlet, after, given)
        require_secrets_again(kind, before.settings, settings, after.settings, "channel")
        after = replace(after, settings=settings, update_time=deps.clock.now())
        await tx.channels.update(after, before.version)
        await tx.commit()
    return replace(after, version=before.version + 1)


async def delete_channel(deps: Deps, who: Principal, id: str, etag: str = "") -> None:
    """Delete it with what was sent through it. Raises WrongState (CHANNEL_IN_USE) if a rule names it, EtagMismatch."""
    async with deps.uow() as tx:
        channel = await tx.channels.get(who.workspace_id, id, lock=True)
        require_etag("notification channel", id, channel.version, etag)
        using = await tx.notification_rules.using(who.workspace_id, id)
        if using:
            names = ", ".join(repr(rule.display_name) for rule in using[:SHOWN_RULES])
            text = f"The channel is named by {len(using)} rules: {names}; take it out of them first."
            raise WrongState("CHANNEL_IN_USE", text, id=id)
        await tx.channels.delete(who.workspace_id, id)
        await tx.commit()


async def send_test(deps: Deps, outlet: Outlet, who: Principal, id: str, kind: IncidentEventKind) -> None:
    """Send made-up facts through the channel, now and once. Raises DeliveryFailed.

    All tests of a channel are about the same made-up incident, whose id is the channel's.
    """
    review = Review()
    review.add(untold(kind, "event_kind"))
    review.done()
    channel = await get_channel(deps, who, id)
    made = facts.sample(kind, channel.id, deps.clock.now(), "")
    order = Order(new_id(), channel.settings, channel.templates, made.to_json(), deps.clock.now())
    await outlet.send(parcel_of(channel, order))


def public_settings(channel: Channel) -> tuple[Mapping[str, SettingValue], list[str]]:
    """The settings without secrets, and the names of the secrets that have a value."""
    return without_secrets(channel_type(channel.type), channel.settings)


def _reviewed(
    deps: Deps, outlet: Outlet, draft: ChannelDraft | Channel, settings: Mapping[str, object]
) -> Mapping[str, SettingValue]:
    """The settings, complete. Raises Invalid with everything that is wrong with the channel."""
    review = Review("channel")
    review.names(draft.display_name, draft.description)
    valid: Mapping[str, SettingValue] = {}
    try:
        valid = validate_settings(channel_type(draft.type), settings, "channel")
        objection = outlet.objection(host_of(valid))
        if objection:
            where = "url" if "url" in valid else "host"
            review.wrong(f"settings.{where}", objection, "NOTIFICATION_DESTINATION_REFUSED")
    except Invalid as error:
        review.add(error.violations)
    review_templates(deps, review, draft.templates)
    review.done()
    return valid


def review_templates(deps: Deps, review: Review, templates: Templates) -> None:
    """Each is tried with made-up facts of every kind of event."""
    now = deps.clock.now()
    for name in ("subject", "text", "html"):
        source = getattr(templates, name)
        review.text(f"templates.{name}", source, most=MAX_TEMPLATE)
        if source and len(source) <= MAX_TEMPLATE:
            problem = _problem(
                source, [facts.sample(kind, new_id(), now, "https://dq.example.com") for kind in NOTICES]
            )
            if problem:
                review.wrong(f"templates.{name}", problem, "INVALID_TEMPLATE")


def _problem(source: str, samples: list[facts.Facts]) -> str:
    try:
        for sample in samples:
            render_one(source, sample.to_json())
    except TemplateProblem as error:
        return f"{error}."
    return ""
