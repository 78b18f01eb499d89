"""Telling people of incidents: events become notifications, which are sent until their receiver takes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from dq_platform.app.deps import Deps
from dq_platform.errors import DeliveryFailed, NotFound, StoreUnavailable, WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import PeriodWindow
from dq_platform.models.incident import Incident, IncidentEvent
from dq_platform.models.notification import (
    Channel,
    FailedAttempt,
    Notification,
    NotificationEnd,
    NotificationRule,
    NotificationState,
)
from dq_platform.models.result import Result
from dq_platform.models.values import Number
from dq_platform.notifications.channel_types import channel_type
from dq_platform.notifications.facts import MAX_CHECKS, TREND_POINTS, Facts, Surroundings, facts_of
from dq_platform.notifications.parcel import Order, Parcel
from dq_platform.notifications.routing import Happening, Member, route
from dq_platform.notifications.templates import TemplateProblem
from dq_platform.ports import Tx
from dq_platform.ports_notification import Outlet

EVENTS_AT_ONCE = 100
SENT_AT_ONCE = 50
BEGINNING = datetime.min.replace(tzinfo=UTC)
MAX_MEMBERS = 1000
"""So many checks and groups of an incident are asked whether a rule is about them."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeliverOptions:
    """`backoff` is the pause after the n-th attempt; after `attempts` of them a notification is given up.

    `lease` is longer than an attempt takes.
    """

    backoff: Callable[[int], timedelta]
    attempts: int = 10
    lease: timedelta = timedelta(seconds=60)


async def route_events(deps: Deps, public_url: str) -> int:
    """Make notifications of the events in the outbox, and return how many events there were.

    Events and notifications change places in one transaction: nothing is lost, and nothing is there twice.
    """
    async with deps.uow() as tx:
        events = await tx.notifications.take_events(EVENTS_AT_ONCE)
        if not events:
            return 0
        made = await _route(tx, events, public_url)
        now = deps.clock.now()
        await tx.notifications.add([replace(one, create_time=now, due_time=now) for one in made])
        await tx.commit()
    log.info("events.routed", events=len(events), notifications=len(made))
    return len(events)


async def oldest_unsent(deps: Deps) -> timedelta:
    """How long the oldest event or notification that is neither sent nor given up has waited."""
    async with deps.uow() as tx:
        oldest = await tx.notifications.oldest_unsent()
    return deps.clock.now() - oldest if oldest else timedelta()


async def deliver_due(deps: Deps, outlet: Outlet, options: DeliverOptions) -> Sequence[NotificationState]:
    """Send what is due, several at once, and return what came of each attempt."""
    async with deps.uow() as tx:
        claimed = await tx.notifications.claim(deps.clock.now(), options.lease, SENT_AT_ONCE)
        await tx.commit()
    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(_deliver(deps, outlet, options, one)) for one in claimed]
    return [state for state in (task.result() for task in tries) if state is not None]


def parcel_of(channel: Channel, order: Order) -> Parcel:
    """The message as the channel's receiver takes it. Raises DeliveryFailed for templates that cannot be used."""
    try:
        return channel_type(channel.type).pack(order)
    except TemplateProblem as error:
        text = f"A template of channel {channel.display_name!r} cannot be used: {error}"
        raise DeliveryFailed("NOTIFICATION_TEMPLATE_FAILED", text, may_heal=False) from error


async def facts_around(tx: Tx, event: IncidentEvent, incident: Incident, public_url: str) -> Facts:
    """What a message about the event says, with the newest results."""
    return await _facts(tx, event, incident, await tx.incident_members.results(incident.id, MAX_MEMBERS), public_url)


async def _route(tx: Tx, events: Sequence[IncidentEvent], public_url: str) -> list[Notification]:
    incidents = await tx.incidents.get_all({event.incident_id for event in events})
    rules = await tx.notification_rules.of_workspaces({one.workspace_id for one in incidents.values()})
    earlier = await tx.notifications.told(incidents)
    told = {incident_id: dict(channels) for incident_id, channels in earlier.items()}
    made: list[Notification] = []
    for event in events:
        incident = incidents[event.incident_id]
        its_rules = rules.get(incident.workspace_id, ())
        before = told.setdefault(incident.id, {})
        if its_rules or before:
            found = await _notifications(tx, (event, incident), its_rules, before, public_url)
            before.update({one.channel_id: one.rule_id for one in found if one.channel_id not in before})
            made += found
    return made


async def _notifications(
    tx: Tx,
    what: tuple[IncidentEvent, Incident],
    rules: Sequence[NotificationRule],
    told: Mapping[str, str],
    public_url: str,
) -> list[Notification]:
    """What is to be sent for one event."""
    event, incident = what
    results = await tx.incident_members.results(incident.id, MAX_MEMBERS)
    members = {Member(one.dimension, one.category, one.check_type, one.data_group) for one in results}
    chosen = route(Happening(event, incident, members), rules, told)
    if not chosen:
        return []
    facts = (await _facts(tx, event, incident, results, public_url)).to_json()
    return [
        Notification(
            id=new_id(),
            workspace_id=incident.workspace_id,
            event_id=event.id,
            event_kind=event.kind,
            incident_id=incident.id,
            channel_id=channel_id,
            rule_id=rule_id,
            facts=facts,
            create_time=event.create_time,
            due_time=event.create_time,
        )
        for channel_id, rule_id in chosen
    ]


async def _facts(tx: Tx, event: IncidentEvent, incident: Incident, results: Sequence[Result], public_url: str) -> Facts:
    shown = results[:MAX_CHECKS]
    checks, tables = await tx.incident_members.others(incident)
    around = Surroundings(
        connection_name=await tx.incident_members.connection_name(incident.key.connection_id),
        results=shown,
        result_count=len(results),
        trends={(one.check_id, one.data_group): await _trend(tx, one) for one in shown},
        other_checks=checks,
        other_tables=tables,
    )
    return facts_of(event, incident, around, public_url)


async def _trend(tx: Tx, result: Result) -> Sequence[Number]:
    """The values of the last periods, that of the result included."""
    window = PeriodWindow(BEGINNING, result.time_period + timedelta(microseconds=1))
    series = await tx.results.series(result.check_id, result.data_group, window, TREND_POINTS)
    return [point.value for point in series.points]


async def _deliver(deps: Deps, outlet: Outlet, options: DeliverOptions, one: Notification) -> NotificationState | None:
    """One attempt, and what came of it; None if nobody knows, or the channel was deleted with its notifications."""
    told = {"notification_id": one.id, "channel_id": one.channel_id, "attempt": one.attempt}
    try:
        failure = await _attempt(deps, outlet, options, one)
        end = _end(deps, options, one, failure)
        async with deps.uow() as tx:
            await tx.notifications.finish(end)
            await tx.commit()
    except NotFound:
        return None
    except StoreUnavailable:
        # Whoever has the lease next tries again, and the receiver may see the message twice.
        log.warning("notification.unrecorded", **told)
        return None
    if failure is None:
        log.info("notification.sent", **told)
    else:
        log.warning("notification.failed", **told, reason=failure.reason, state=end.state.value)
    return end.state


async def _attempt(deps: Deps, outlet: Outlet, options: DeliverOptions, one: Notification) -> DeliveryFailed | None:
    """Why it did not reach its receiver; None if it did. Raises NotFound if the channel is gone, StoreUnavailable."""
    if one.attempt - one.first_attempt > options.attempts:
        return DeliveryFailed("INTERNAL", "Every process that sent it ended before it could say so.", may_heal=False)
    try:
        await outlet.send(await _parcel(deps, one))
    except DeliveryFailed as error:
        return error
    except (NotFound, StoreUnavailable):
        raise
    except Exception as error:
        # The boundary of one message: what is wrong with it is no reason to keep others from being sent.
        log.exception("notification.broken", notification_id=one.id)
        return DeliveryFailed("INTERNAL", f"The message could not be made ({type(error).__name__}).", may_heal=True)
    return None


async def _parcel(deps: Deps, one: Notification) -> Parcel:
    try:
        async with deps.uow() as tx:
            channel = await tx.channels.get(one.workspace_id, one.channel_id)
    except WrongState as error:
        # A key may be added.
        raise DeliveryFailed(error.reason, error.message, may_heal=True) from error
    order = Order(one.id, channel.settings, channel.templates, one.facts, deps.clock.now())
    return parcel_of(channel, order)


def _end(deps: Deps, options: DeliverOptions, one: Notification, failure: DeliveryFailed | None) -> NotificationEnd:
    now = deps.clock.now()
    if failure is None:
        return NotificationEnd(one, NotificationState.SENT, now)
    noted = FailedAttempt(one.attempt, now, failure.reason, failure.message)
    tried = one.attempt - one.first_attempt
    if not failure.may_heal or tried >= options.attempts:
        return NotificationEnd(one, NotificationState.DEAD, now, noted)
    pause = max(options.backoff(tried), failure.retry_after)
    return NotificationEnd(one, NotificationState.PENDING, now + pause, noted)
