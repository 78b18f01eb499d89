from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.notify.destinations import Destinations
from dq_platform.adapters.notify.outlet import Outlet
from dq_platform.adapters.sql.maintenance import SqlMaintenance
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app import channels, incidents, notification_rules, notifications, notifying
from dq_platform.app.channels import ChannelDraft
from dq_platform.app.notification_rules import RuleDraft
from dq_platform.app.notifying import DeliverOptions
from dq_platform.app.record import record
from dq_platform.errors import NotFound, WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import Check
from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import (
    Channel,
    Notification,
    NotificationEnd,
    NotificationFilter,
    NotificationState,
    RuleMatch,
)
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from tests.integration.work.world import ALL, Shop, World, new_world
from tests.receivers.hook import Hook, hook

SECRET = "a secret of the receiver"
NO_PAUSE = DeliverOptions(backoff=lambda _: timedelta(), attempts=3)
SENT, PENDING, DEAD = NotificationState.SENT, NotificationState.PENDING, NotificationState.DEAD
FAILS, PASSES = Outcome.ERROR, Outcome.PASSED


@pytest.fixture(scope="session")
def receiver() -> Iterator[Hook]:
    with hook() as made:
        yield made


@dataclass(frozen=True, slots=True)
class Desk:
    """A world with a channel of its own at the receiver; what arrives there is of this test alone."""

    world: World
    outlet: Outlet
    receiver: Hook
    path: str

    async def channel(self, path: str = "") -> Channel:
        settings = {"url": self.receiver.url(path or self.path), "signing_secret": SECRET}
        draft = ChannelDraft("hook", "webhook", settings)
        return await channels.create_channel(self.world.deps, self.outlet, self.world.who, draft)

    async def rule(self, *several: Channel, **fields: Any) -> Any:
        draft = RuleDraft("rule", tuple(one.id for one in several), **fields)
        return await notification_rules.create_rule(self.world.deps, self.world.who, draft)

    def result(self, check: Check, outcome: Outcome = FAILS, **changes: Any) -> Result:
        now = self.world.clock.now()
        result = Result(
            id=new_id(),
            workspace_id=self.world.who.workspace_id,
            check_id=check.id,
            job_id=new_id(),
            target=check.target,
            check_type=check.check_type,
            category="nulls",
            dimension="Completeness",
            mode=check.mode,
            time_scale=check.time_scale,
            data_group="",
            time_period=now,
            executed_at=now,
            outcome=outcome,
            value=20.0,
            expected_text="<= 5 %",
        )
        return replace(result, **changes)

    async def record(self, *results: Result, keep: bool = True) -> None:
        async with self.world.deps.uow() as tx:
            await record(tx, self.world.who.workspace_id, results, self.world.clock.now())
            if keep:
                await tx.commit()

    async def fails(self, check: Check, **changes: Any) -> None:
        await self.record(self.result(check, **changes))

    async def tell(self, options: DeliverOptions = NO_PAUSE) -> None:
        """What cron does once: all events, and one attempt for each notification that is due."""
        while await notifying.route_events(self.world.deps, "https://dq.example.com"):
            pass
        await notifying.deliver_due(self.world.deps, self.outlet, options)

    @property
    def told(self) -> list[str]:
        """The events that arrived, in order."""
        return [one.json["event"]["kind"] for one in self.receiver.of(self.path)]

    async def sent(self, *states: NotificationState) -> Sequence[Notification]:
        """Oldest first."""
        found = await notifications.list_notifications(
            self.world.deps, self.world.who, NotificationFilter(states=states), ALL
        )
        return found.items[::-1]


@pytest.fixture
async def desk(uow: SqlUow, shop_template: Shop, receiver: Hook) -> AsyncIterator[Desk]:
    """On the shop that copies are made of, which is not changed: nothing is measured here."""
    outlet = Outlet(Destinations([ip_network("127.0.0.0/8")]))
    async with new_world(uow, shop_template) as world:
        yield Desk(world, outlet, receiver, f"/{new_id()}")


async def test_a_failure_becomes_one_signed_message(desk: Desk) -> None:
    channel = await desk.channel()
    rule = await desk.rule(channel)
    check = await desk.world.check()
    for value in (1.0, 3.0, 2.0):
        await desk.record(desk.result(check, PASSES, value=value))
    await desk.fails(check, value=40.0)
    await desk.tell()
    [posted] = desk.receiver.of(desk.path)
    # As docs/notifications.md tells receivers to verify.
    timestamp, signature = posted.headers["X-DQ-Timestamp"], posted.headers["X-DQ-Signature"]
    digest = hmac.new(SECRET.encode(), timestamp.encode() + b"." + posted.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(f"v1={digest}", signature)
    assert abs(int(timestamp) - desk.world.clock.now().timestamp()) < 60
    [incident] = await desk.world.incidents()
    [sent] = await desk.sent()
    told = posted.json
    assert posted.headers["X-DQ-Delivery"] == told["id"] == sent.id
    assert told["event"]["kind"] == "opened"
    assert told["incident"]["id"] == incident.id
    assert told["table"]["name"] == "public.customers"
    assert told["table"]["connection"] == "shop"
    [shown] = told["checks"]
    assert (shown["type"], shown["column"], shown["outcome"]) == ("nulls_percent", "email", "error")
    assert (shown["value"], shown["expected"], shown["trend"]) == ("40", "<= 5 %", "▁▁▁█")
    assert told["links"]["acknowledge"] == f"https://dq.example.com/api/v1/incidents/{incident.id}/acknowledge"
    assert "value 40, expected <= 5 %" in told["text"]
    assert (sent.state, sent.rule_id, sent.attempt) == (SENT, rule.id, 1)


async def test_only_what_is_new_or_worse_is_told_and_the_end_to_those_who_heard_of_it(desk: Desk) -> None:
    await desk.rule(await desk.channel(), match=RuleMatch(min_severity=Severity.ERROR))
    check = await desk.world.check()
    expected: list[str] = []
    for outcome, adds in (
        (Outcome.WARNING, []),
        (Outcome.WARNING, []),
        (Outcome.ERROR, ["escalated"]),
        (Outcome.ERROR, []),
        (Outcome.FATAL, ["escalated"]),
        (Outcome.PASSED, ["resolved_automatically"]),
        (Outcome.PASSED, []),
        (Outcome.ERROR, ["flapped"]),
    ):
        await desk.record(desk.result(check, outcome))
        await desk.tell()
        expected += adds
        assert desk.told == expected, outcome


async def test_an_incident_that_nobody_heard_of_ends_in_silence(desk: Desk) -> None:
    await desk.rule(await desk.channel(), match=RuleMatch(min_severity=Severity.FATAL))
    check = await desk.world.check()
    for outcome in (FAILS, PASSES):
        await desk.record(desk.result(check, outcome))
        await desk.tell()
    assert desk.told == []


async def test_what_happens_while_an_incident_is_muted_is_not_told(desk: Desk) -> None:
    await desk.rule(await desk.channel())
    check, world = await desk.world.check(), desk.world
    await desk.record(desk.result(check, Outcome.WARNING))
    await desk.tell()
    [incident] = await world.incidents()
    await incidents.mute(world.deps, world.who, incident.id, world.clock.now() + timedelta(hours=1))
    await desk.record(desk.result(check, Outcome.ERROR))
    await desk.tell()
    world.clock.advance(timedelta(hours=2))
    await desk.record(desk.result(check, Outcome.FATAL))
    await desk.tell()
    await desk.tell()
    assert desk.told == ["opened", "escalated"]


async def test_what_people_do_is_told_with_their_name_and_note_if_a_rule_asks_for_it(desk: Desk) -> None:
    kinds = (IncidentEventKind.OPENED, IncidentEventKind.ACKNOWLEDGED)
    await desk.rule(await desk.channel(), event_kinds=kinds)
    world = desk.world
    await desk.fails(await world.check())
    await desk.tell()
    [incident] = await world.incidents()
    await incidents.acknowledge(world.deps, world.who, incident.id, "on it")
    await incidents.resolve(world.deps, world.who, incident.id)
    await desk.tell()
    assert desk.told == ["opened", "acknowledged"]
    event = desk.receiver.of(desk.path)[1].json["event"]
    assert (event["actor"], event["note"]) == ("admin", "on it")


async def test_two_routers_and_two_deliverers_at_once_send_once(desk: Desk) -> None:
    await desk.rule(await desk.channel())
    for column in ("customers.email", "customers.country", "orders.amount", "payments.paid"):
        await desk.fails(await desk.world.check(target=column))
    deps = desk.world.deps
    await asyncio.gather(*(notifying.route_events(deps, "") for _ in range(4)))
    await asyncio.gather(*(notifying.deliver_due(deps, desk.outlet, NO_PAUSE) for _ in range(4)))
    assert len(desk.told) == len(await desk.world.incidents()) == 3
    assert {one.state for one in await desk.sent()} == {SENT}


async def test_what_a_rolled_back_run_found_is_told_to_nobody(desk: Desk) -> None:
    await desk.rule(await desk.channel())
    await desk.record(desk.result(await desk.world.check()), keep=False)
    await desk.tell()
    assert await desk.sent() == []


async def test_a_receiver_that_fails_is_tried_again_with_the_same_id_until_it_is_given_up(desk: Desk) -> None:
    await desk.rule(await desk.channel())
    await desk.fails(await desk.world.check())
    desk.receiver.answers[desk.path] += [(500, {}), (503, {}), (500, {})]
    for state in (PENDING, PENDING, DEAD, DEAD):
        await desk.tell()
        [one] = await desk.sent()
        assert one.state is state
    assert len({posted.headers["X-DQ-Delivery"] for posted in desk.receiver.of(desk.path)}) == 1
    assert [(failed.number, failed.reason) for failed in one.failed_attempts] == [
        (number, "NOTIFICATION_REJECTED") for number in (1, 2, 3)
    ]
    assert one.failed_attempts[1].message == "127.0.0.1 answered 503."
    assert one.end_time is not None
    # Replayed, it has as many attempts again.
    world = desk.world
    desk.receiver.answers[desk.path] += [(500, {}), (500, {})]
    assert (await notifications.replay(world.deps, world.who, one.id)).state is PENDING
    for _ in range(3):
        await desk.tell()
    [one] = await desk.sent()
    assert (one.state, one.attempt, len(one.failed_attempts)) == (SENT, 6, 5)
    with pytest.raises(WrongState, match="only what was given up"):
        await notifications.replay(world.deps, world.who, one.id)


@pytest.mark.parametrize(
    ("answer", "state", "pause"),
    [
        ((404, {}), DEAD, timedelta()),
        ((302, {"location": "/elsewhere"}), DEAD, timedelta()),
        ((429, {"retry-after": "120"}), PENDING, timedelta(seconds=120)),
        ((503, {"retry-after": "999999"}), PENDING, timedelta(hours=1)),
        ((503, {"retry-after": "soon"}), PENDING, timedelta(seconds=7)),
    ],
)
async def test_the_receiver_says_whether_and_when_it_is_tried_again(
    desk: Desk, answer: tuple[int, dict[str, str]], state: NotificationState, pause: timedelta
) -> None:
    await desk.rule(await desk.channel())
    await desk.fails(await desk.world.check())
    desk.receiver.answers[desk.path].append(answer)
    await desk.tell(DeliverOptions(backoff=lambda _: timedelta(seconds=7)))
    [one] = await desk.sent()
    assert one.state is state
    assert desk.receiver.of("/elsewhere") == []
    assert abs(one.due_time - desk.world.clock.now() - pause) < timedelta(seconds=5)


async def test_messages_of_one_incident_arrive_in_the_order_of_its_events(desk: Desk) -> None:
    await desk.rule(await desk.channel())
    check = await desk.world.check()
    for outcome in (FAILS, PASSES):
        await desk.record(desk.result(check, outcome))
    desk.receiver.answers[desk.path].append((500, {}))
    for _ in range(3):
        await desk.tell()
    assert desk.told == ["opened", "opened", "resolved_automatically"]


async def test_what_a_deliverer_that_died_held_is_sent_by_another_one_and_its_own_end_counts_no_more(
    desk: Desk,
) -> None:
    await desk.rule(await desk.channel())
    world = desk.world
    await desk.fails(await world.check())
    world.clock.advance(timedelta(minutes=1))
    assert await notifying.oldest_unsent(world.deps) >= timedelta(minutes=1)
    await notifying.route_events(world.deps, "")
    async with world.deps.uow() as tx:
        claimed = await tx.notifications.claim(world.clock.now(), NO_PAUSE.lease, 100)
        [held] = [one for one in claimed if one.workspace_id == world.who.workspace_id]
        await tx.commit()
    await desk.tell()
    assert desk.told == []
    world.clock.advance(NO_PAUSE.lease)
    await desk.tell()
    assert desk.told == ["opened"]
    async with world.deps.uow() as tx:
        assert not await tx.notifications.finish(NotificationEnd(held, DEAD, world.clock.now()))
        await tx.commit()
    assert [one.state for one in await desk.sent()] == [SENT]


async def test_what_is_wrong_with_one_message_keeps_no_other_from_being_sent(desk: Desk, engine: AsyncEngine) -> None:
    world, sound = desk.world, await desk.channel()
    unknown = replace(sound, id=new_id(), type="pigeon")
    foreign = SqlUow(engine.sync_engine, FernetCipher(Fernet.generate_key().decode()))
    unreadable = replace(sound, id=new_id())
    for uow, channel in ((world.deps.uow, unknown), (foreign, unreadable)):
        async with uow() as tx:
            await tx.channels.add(channel)
            await tx.commit()
    await desk.rule(unknown, unreadable, sound)
    await desk.fails(await world.check())
    await desk.tell()
    found = {one.channel_id: one for one in await desk.sent()}
    assert found[sound.id].state is SENT
    assert [found[one.id].failed_attempts[0].reason for one in (unknown, unreadable)] == [
        "INTERNAL",
        "CHANNEL_SETTINGS_UNREADABLE",
    ]
    assert {found[one.id].state for one in (unknown, unreadable)} == {PENDING}


async def test_a_message_that_ends_every_process_that_sends_it_is_given_up(desk: Desk) -> None:
    await desk.rule(await desk.channel())
    world = desk.world
    await desk.fails(await world.check())
    await notifying.route_events(world.deps, "")
    for _ in range(NO_PAUSE.attempts):
        async with world.deps.uow() as tx:
            await tx.notifications.claim(world.clock.now(), NO_PAUSE.lease, 100)
            await tx.commit()
        world.clock.advance(NO_PAUSE.lease)
    await desk.tell()
    [one] = await desk.sent()
    assert (one.state, one.failed_attempts[0].number, desk.told) == (DEAD, NO_PAUSE.attempts + 1, [])


async def test_old_notifications_go_when_their_incident_is_resolved(desk: Desk, engine: AsyncEngine) -> None:
    await desk.rule(await desk.channel())
    check, later = await desk.world.check(), desk.world.clock.now() + timedelta(days=1)
    await desk.fails(check)
    await desk.tell()
    await SqlMaintenance(engine.sync_engine).delete_notifications(later)
    assert len(await desk.sent()) == 1
    await desk.record(desk.result(check, PASSES))
    await desk.tell()
    await SqlMaintenance(engine.sync_engine).delete_notifications(later)
    assert (desk.told, await desk.sent()) == (["opened", "resolved_automatically"], [])


async def test_a_channel_that_no_rule_names_is_deleted_with_what_was_sent_through_it(desk: Desk) -> None:
    channel, world = await desk.channel(), desk.world
    rule = await desk.rule(channel)
    await desk.fails(await world.check())
    await desk.tell()
    with pytest.raises(WrongState, match="'rule'"):
        await channels.delete_channel(world.deps, world.who, channel.id)
    await notification_rules.delete_rule(world.deps, world.who, rule.id)
    await channels.delete_channel(world.deps, world.who, channel.id)
    assert await desk.sent() == []
    with pytest.raises(NotFound):
        await channels.get_channel(world.deps, world.who, channel.id)


async def test_other_workspaces_rules_are_not_asked(desk: Desk, other: World) -> None:
    elsewhere = replace(desk, world=other)
    await elsewhere.rule(await elsewhere.channel())
    await desk.fails(await desk.world.check())
    await desk.tell()
    assert desk.told == []
