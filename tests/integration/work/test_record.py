from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.app import checks, connections, incident_settings, incidents
from dq_platform.app.incident_chores import end_quiet, escalate_unacknowledged
from dq_platform.app.record import record
from dq_platform.errors import Invalid, NotFound, WrongState
from dq_platform.ids import new_id
from dq_platform.models.incident import GroupingLevel, IncidentEventKind, IncidentFilter, IncidentStatus
from dq_platform.models.outcome import Outcome, Severity
from tests.integration.work.incidents import events, handled, recorded, result
from tests.integration.work.world import ALL, World

OPENED, ESCALATED = IncidentEventKind.OPENED, IncidentEventKind.ESCALATED


async def test_failures_open_one_incident_count_in_it_and_escalate_it(world: World) -> None:
    one, two = await world.check(), await world.check("not_nulls_percent")
    [incident] = await recorded(world, result(world, one, Outcome.WARNING), result(world, two, Outcome.WARNING))
    assert (incident.status, incident.highest_severity) == (IncidentStatus.OPEN, Severity.WARNING)
    assert (incident.failure_count, incident.failing_check_count) == (2, 2)
    [incident] = await recorded(world, result(world, one, Outcome.FATAL))
    assert (incident.highest_severity, incident.failure_count) == (Severity.FATAL, 3)
    [incident] = await recorded(world, result(world, one, Outcome.WARNING))
    assert (incident.highest_severity, incident.failure_count) == (Severity.FATAL, 4)
    assert await events(world, incident) == [OPENED, ESCALATED]


async def test_an_incident_ends_when_the_last_of_its_checks_passes(world: World) -> None:
    one, two = await world.check(), await world.check("not_nulls_percent")
    await recorded(world, result(world, one, Outcome.ERROR), result(world, two, Outcome.ERROR))
    [incident] = await recorded(world, result(world, one, Outcome.PASSED))
    assert (incident.status, incident.failing_check_count) == (IncidentStatus.OPEN, 1)
    [incident] = await recorded(world, result(world, two, Outcome.PASSED))
    assert (incident.status, incident.failing_check_count) == (IncidentStatus.RESOLVED, 0)
    assert await events(world, incident) == [OPENED, IncidentEventKind.RESOLVED_AUTOMATICALLY]


async def test_a_group_that_still_fails_keeps_the_incident_open(world: World) -> None:
    check = await world.check()
    await recorded(world, result(world, check, Outcome.ERROR, '["a"]'), result(world, check, Outcome.ERROR, '["b"]'))
    [incident] = await recorded(world, result(world, check, Outcome.PASSED, '["a"]'))
    assert incident.status is IncidentStatus.OPEN
    [incident] = await recorded(world, result(world, check, Outcome.PASSED, '["b"]'))
    assert incident.status is IncidentStatus.RESOLVED


@pytest.mark.parametrize("what", ["check", "connection"])
async def test_what_is_deleted_while_its_run_is_recorded_waits_for_that(world: World, what: str) -> None:
    check = await world.check()
    await recorded(world, result(world, check, Outcome.ERROR))
    async with world.deps.uow() as tx:
        await tx.results.add([result(world, check, Outcome.ERROR)])
        if what == "check":
            deletion = checks.delete_check(world.deps, world.who, check.id)
        else:
            deletion = connections.delete_connection(world.deps, world.who, check.target.connection_id, force=True)
        deleting = asyncio.create_task(deletion)
        await asyncio.sleep(0.2)
        await record(tx, world.who.workspace_id, [result(world, check, Outcome.ERROR)], world.clock.now())
        await tx.commit()
    await deleting
    [incident] = await world.incidents()
    assert (incident.status, incident.failure_count) == (IncidentStatus.RESOLVED, 2)


async def test_a_failure_after_the_end_opens_an_incident_that_names_the_former(world: World) -> None:
    check = await world.check()
    [first] = await recorded(world, result(world, check, Outcome.ERROR))
    await recorded(world, result(world, check, Outcome.PASSED))
    world.clock.advance(timedelta(hours=12))
    second, former = await recorded(world, result(world, check, Outcome.ERROR))
    assert (second.status, second.previous_incident_id) == (IncidentStatus.OPEN, first.id)
    assert former.id == first.id


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.EXECUTION_ERROR])
async def test_what_is_no_verdict_neither_opens_nor_ends_an_incident(world: World, outcome: Outcome) -> None:
    check = await world.check()
    assert await recorded(world, result(world, check, outcome)) == []
    await recorded(world, result(world, check, Outcome.ERROR))
    [incident] = await recorded(world, result(world, check, outcome))
    assert (incident.status, incident.failure_count) == (IncidentStatus.OPEN, 1)


async def test_runs_at_once_open_one_incident_per_key_and_lose_no_count(world: World) -> None:
    check = await world.check()
    categories = ("nulls", "numeric", "text", "volume")

    async def run(number: int) -> None:
        outcome = Outcome.FATAL if number == 7 else Outcome.WARNING
        order = categories if number % 2 else categories[::-1]
        await recorded(world, *(result(world, check, outcome, category=category) for category in order))

    await asyncio.gather(*(run(number) for number in range(10)))
    found = await world.incidents()
    assert len(found) == len(categories)
    for incident in found:
        assert (incident.failure_count, incident.highest_severity) == (10, Severity.FATAL)
        assert await events(world, incident) in ([OPENED], [OPENED, ESCALATED])
        page = await incidents.list_events(world.deps, world.who, incident.id, ALL)
        assert page.items[-1].severity is Severity.FATAL


async def grouped(world: World, level: GroupingLevel, *, per_data_group: bool = False) -> None:
    await handled(world, grouping_level=level, per_data_group=per_data_group)


async def test_open_incidents_go_on_and_end_by_the_grouping_that_they_have(world: World) -> None:
    one, two = await world.check(), await world.check("not_nulls_percent")
    [old] = await recorded(world, result(world, one, Outcome.ERROR))
    await grouped(world, GroupingLevel.CHECK)
    [same] = await recorded(world, result(world, one, Outcome.ERROR), result(world, two, Outcome.ERROR))
    assert (same.id, same.failure_count, same.failing_check_count) == (old.id, 3, 2)
    [ended] = await recorded(world, result(world, one, Outcome.PASSED), result(world, two, Outcome.PASSED))
    assert ended.status is IncidentStatus.RESOLVED
    found = await recorded(world, result(world, one, Outcome.ERROR), result(world, two, Outcome.ERROR))
    assert {incident.key.check_id for incident in found if incident.id != old.id} == {one.id, two.id}


async def test_each_data_group_has_an_incident_of_its_own_if_that_is_set(world: World) -> None:
    check = await world.check()
    await grouped(world, GroupingLevel.TABLE, per_data_group=True)
    await recorded(world, result(world, check, Outcome.ERROR, '["a"]'), result(world, check, Outcome.ERROR, '["b"]'))
    found = await recorded(world, result(world, check, Outcome.PASSED, '["a"]'))
    assert {(one.key.data_group, one.key.dimension, one.status) for one in found} == {
        ('["a"]', "", IncidentStatus.RESOLVED),
        ('["b"]', "", IncidentStatus.OPEN),
    }


@pytest.mark.parametrize("level", [GroupingLevel.TABLE, GroupingLevel.CATEGORY, GroupingLevel.CHECK])
async def test_eight_runs_at_once_open_one_incident_per_key_and_lose_no_count(
    world: World, level: GroupingLevel
) -> None:
    await grouped(world, level, per_data_group=True)
    made = [await world.check(), await world.check("not_nulls_percent")]
    groups, categories = ['["a"]', '["b"]'], ["nulls", "text"]
    shared = {GroupingLevel.TABLE: 1, GroupingLevel.CATEGORY: 2, GroupingLevel.CHECK: 4}[level]

    async def run(number: int) -> None:
        order = [(check, group, category) for check in made for group in groups for category in categories]
        order = order[number:] + order[:number]
        await recorded(world, *(result(world, one, Outcome.ERROR, group, category=kind) for one, group, kind in order))

    await asyncio.gather(*(run(number) for number in range(8)))
    found = await world.incidents()
    assert len({one.key for one in found}) == len(found) == shared * len(groups)
    assert {one.failure_count for one in found} == {8 * 8 // len(found)}
    assert [await events(world, one) for one in found] == [[OPENED]] * len(found)
    await asyncio.gather(
        *(
            recorded(world, *(result(world, one, Outcome.PASSED, group) for one in made for group in groups))
            for _ in range(2)
        )
    )
    ended = {one.key.category for one in await world.incidents() if one.status is IncidentStatus.RESOLVED}
    assert ended == ({"nulls"} if shared > 1 else {""})


async def test_an_incident_ends_after_as_many_passing_runs_as_are_asked_for(world: World) -> None:
    await handled(world, passing_run_count=2)
    check = await world.check()
    good, bad = result(world, check, Outcome.PASSED), result(world, check, Outcome.ERROR)
    again = [replace(one, id=new_id()) for one in (bad, good, bad, good, good)]
    statuses = [(await recorded(world, one))[0].status for one in again]
    assert statuses == [IncidentStatus.OPEN] * 4 + [IncidentStatus.RESOLVED]


async def test_what_fails_again_soon_is_reopened_and_ends_when_it_has_been_quiet(world: World) -> None:
    check = await world.check()
    bad, good = (lambda: result(world, check, Outcome.ERROR)), (lambda: result(world, check, Outcome.PASSED))
    [first] = await recorded(world, bad())
    for flaps in (1, 2):
        await recorded(world, good())
        world.clock.advance(timedelta(hours=1))
        [again] = await recorded(world, bad())
        assert (again.id, again.status, again.flap_count) == (first.id, IncidentStatus.OPEN, flaps)
        assert again.failure_count == 1 + flaps
    [quiet] = await recorded(world, good())
    assert (quiet.status, quiet.failing_check_count) == (IncidentStatus.OPEN, 0)
    world.clock.advance(timedelta(hours=12) - timedelta(seconds=1))
    assert await end_quiet(world.deps) == 0
    world.clock.advance(timedelta(seconds=1))
    assert sorted(await asyncio.gather(*(end_quiet(world.deps) for _ in range(3)))) == [0, 0, 1]
    [ended] = await world.incidents()
    assert (ended.status, ended.resolved_automatically) == (IncidentStatus.RESOLVED, True)
    flapped, over = IncidentEventKind.FLAPPED, IncidentEventKind.RESOLVED_AUTOMATICALLY
    assert await events(world, ended) == [OPENED, over, flapped, over]
    after, _ = await recorded(world, bad())
    assert after.previous_incident_id == first.id


async def test_cron_asks_each_connection_and_its_workspace_for_their_window(world: World) -> None:
    check = await world.check()
    for outcome in (Outcome.ERROR, Outcome.PASSED, Outcome.ERROR, Outcome.PASSED):
        await recorded(world, result(world, check, outcome))
    await incident_settings.update_settings(world.deps, world.who, "", {"flap_window": timedelta(hours=3)})
    world.clock.advance(timedelta(hours=4))
    await handled(world, flap_window=timedelta(hours=9))
    assert await end_quiet(world.deps) == 0
    await handled(world, flap_window=None)
    assert await end_quiet(world.deps) == 1


async def test_what_nobody_acknowledges_in_time_is_escalated_once_and_never_while_it_is_muted(world: World) -> None:
    one, two = await world.check(), await world.check("not_nulls_percent")
    await handled(world, grouping_level=GroupingLevel.CHECK, escalate_after=timedelta(hours=2))
    found = await recorded(world, result(world, one, Outcome.ERROR), result(world, two, Outcome.ERROR))
    quiet, taken = found
    await incidents.acknowledge(world.deps, world.who, taken.id)
    await incidents.mute(world.deps, world.who, quiet.id, world.clock.now() + timedelta(hours=3))
    steps = []
    for minutes in (119, 2, 61, 60):
        world.clock.advance(timedelta(minutes=minutes))
        steps.append(sorted(await asyncio.gather(*(escalate_unacknowledged(world.deps) for _ in range(3)))))
    assert steps == [[0, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0]]
    told = await incidents.list_events(world.deps, world.who, quiet.id, ALL)
    assert (told.items[-1].kind, told.items[-1].actor) == (IncidentEventKind.ESCALATED_UNACKNOWLEDGED, "system")
    shown = await incidents.get_incident(world.deps, world.who, quiet.id)
    assert (shown.status, shown.escalate_time) == (IncidentStatus.OPEN, told.items[-1].create_time)
    await incidents.resolve(world.deps, world.who, quiet.id)
    await incidents.reopen(world.deps, world.who, quiet.id)
    assert await escalate_unacknowledged(world.deps) == 0
    world.clock.advance(timedelta(hours=2))
    await handled(world, escalate_after=timedelta())
    assert await escalate_unacknowledged(world.deps) == 0
    await handled(world, escalate_after=None)
    await incident_settings.update_settings(world.deps, world.who, "", {"escalate_after": timedelta(hours=2)})
    assert await escalate_unacknowledged(world.deps) == 1


async def test_a_run_without_failures_asks_once_whether_anything_failed_before(
    world: World, engine: AsyncEngine
) -> None:
    check = await world.check()
    sent: list[str] = []

    def send(*of: Any) -> None:
        sent.append(of[2])

    event.listen(engine.sync_engine, "before_cursor_execute", send)
    counts = []
    for outcome in (Outcome.PASSED, Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.ERROR, Outcome.PASSED):
        async with world.deps.uow() as tx:
            sent.clear()
            await record(tx, world.who.workspace_id, [result(world, check, outcome)], world.clock.now())
            await tx.commit()
        counts.append(len(sent))
    # BEGIN, the results and COMMIT are three of them.
    assert counts == [4, 3, 13, 10, 12]


async def test_people_acknowledge_mute_and_resolve(world: World) -> None:
    check = await world.check()
    [incident] = await recorded(world, result(world, check, Outcome.ERROR))
    seen = await incidents.acknowledge(world.deps, world.who, incident.id, "I look into it")
    assert (seen.status, seen.acknowledge_time is not None) == (IncidentStatus.ACKNOWLEDGED, True)
    until = world.clock.now() + timedelta(days=1)
    assert (await incidents.mute(world.deps, world.who, incident.id, until)).mute_until_time == until
    with pytest.raises(WrongState, match="acknowledged already"):
        await incidents.acknowledge(world.deps, world.who, incident.id)
    done = await incidents.resolve(world.deps, world.who, incident.id, "fixed")
    assert done.status is IncidentStatus.RESOLVED
    with pytest.raises(WrongState, match="is resolved"):
        await incidents.resolve(world.deps, world.who, incident.id)
    page = await incidents.list_events(world.deps, world.who, incident.id, ALL)
    assert [(event.actor, event.note) for event in page.items] == [
        ("system", ""),
        ("admin", "I look into it"),
        ("admin", ""),
        ("admin", "fixed"),
    ]
    assert await incidents.get_incident(world.deps, world.who, incident.id) == done


async def test_an_incident_that_was_resolved_by_mistake_is_reopened_unless_a_newer_one_has_its_key(
    world: World,
) -> None:
    check = await world.check()
    [first] = await recorded(world, result(world, check, Outcome.ERROR))
    await incidents.resolve(world.deps, world.who, first.id)
    again = await incidents.reopen(world.deps, world.who, first.id, "not yet")
    assert replace(again, open_time=first.open_time) == first
    assert await world.incidents() == [again]
    [same] = await recorded(world, result(world, check, Outcome.ERROR))
    assert (same.id, same.failure_count) == (first.id, 2)
    await incidents.resolve(world.deps, world.who, first.id)
    await recorded(world, result(world, check, Outcome.ERROR))
    with pytest.raises(WrongState, match="stays resolved"):
        await incidents.reopen(world.deps, world.who, first.id)


async def test_a_ticket_is_an_https_url(world: World) -> None:
    for url in (
        "http://t.example.com/7",
        "https:///7",
        "https://ann:secret@t.example.com/7",
        "https://t.example.com:port/7",
        "https://t.example.com/7 8",
        "https://t.example.com/\n7",
        "javascript:alert(1)",
        "t.example.com/7",
    ):
        with pytest.raises(Invalid) as caught:
            await incidents.link_ticket(world.deps, world.who, new_id(), url, "n" * 2001)
        assert {violation.field for violation in caught.value.violations} == {"ticket_url", "note"}, url


async def test_assignee_and_ticket_are_kept_and_taken_back(world: World) -> None:
    [incident] = await recorded(world, result(world, await world.check(), Outcome.ERROR))
    await incidents.assign(world.deps, world.who, incident.id, " ann ")
    kept = await incidents.link_ticket(world.deps, world.who, incident.id, "https://t.example.com:8443/7?a=b#c")
    assert (kept.assignee, kept.ticket_url) == ("ann", "https://t.example.com:8443/7?a=b#c")
    assert await world.incidents() == [kept]
    await incidents.assign(world.deps, world.who, incident.id, "")
    assert await incidents.link_ticket(world.deps, world.who, incident.id, "") == incident


async def test_a_wrong_action_is_refused(world: World) -> None:
    check = await world.check()
    [incident] = await recorded(world, result(world, check, Outcome.ERROR))
    with pytest.raises(Invalid, match="not in the future"):
        await incidents.mute(world.deps, world.who, incident.id, world.clock.now())
    with pytest.raises(Invalid, match="note: has 2001 characters"):
        await incidents.resolve(world.deps, world.who, incident.id, "n" * 2001)
    with pytest.raises(NotFound):
        await incidents.resolve(world.deps, world.who, new_id())
    [kept] = await world.incidents()
    assert kept.status is IncidentStatus.OPEN


async def test_incidents_are_listed_by_status_and_severity(world: World) -> None:
    check = await world.check()
    await recorded(world, result(world, check, Outcome.WARNING))

    async def count(**wanted: object) -> int:
        return len((await incidents.list_incidents(world.deps, world.who, IncidentFilter(**wanted), ALL)).items)

    assert await count(status=(IncidentStatus.OPEN,)) == 1
    assert await count(status=(IncidentStatus.RESOLVED,)) == 0
    assert await count(min_severity=Severity.ERROR) == 0


async def test_a_run_opens_and_ends_an_incident_by_what_the_data_is(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email")
    await world.run(check)
    await world.work()
    [incident] = await world.incidents()
    assert (incident.status, incident.key.category) == (IncidentStatus.OPEN, "nulls")
    world.shop.run("UPDATE customers SET email = 'x@example.com' WHERE email IS NULL")
    await world.run(check)
    await world.work()
    [incident] = await world.incidents()
    assert incident.status is IncidentStatus.RESOLVED


async def test_deleting_the_check_that_failed_ends_its_incident(world: World) -> None:
    one, two = await world.check(), await world.check("not_nulls_percent")
    await recorded(world, result(world, one, Outcome.ERROR), result(world, two, Outcome.ERROR))
    await checks.delete_check(world.deps, world.who, one.id)
    [incident] = await world.incidents()
    assert (incident.status, incident.failing_check_count) == (IncidentStatus.OPEN, 1)
    await checks.delete_check(world.deps, world.who, two.id)
    [incident] = await world.incidents()
    assert (incident.status, incident.failing_check_count) == (IncidentStatus.RESOLVED, 0)
    page = await incidents.list_events(world.deps, world.who, incident.id, ALL)
    assert page.items[-1].kind is IncidentEventKind.RESOLVED_AUTOMATICALLY
    assert (page.items[-1].actor, page.items[-1].note) == (world.who.key_name, "The check that failed was deleted.")


async def test_deleting_a_passing_check_leaves_incidents_alone(world: World) -> None:
    failing, passing = await world.check(), await world.check("not_nulls_percent")
    await recorded(world, result(world, failing, Outcome.ERROR), result(world, passing, Outcome.PASSED))
    await checks.delete_check(world.deps, world.who, passing.id)
    [incident] = await world.incidents()
    assert incident.status is IncidentStatus.OPEN


async def test_deleting_a_connection_ends_its_incidents(world: World) -> None:
    await recorded(world, result(world, await world.check(), Outcome.ERROR))
    await connections.delete_connection(world.deps, world.who, world.connection.id, force=True)
    [incident] = await world.incidents()
    assert incident.status is IncidentStatus.RESOLVED
