from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dq_platform.errors import AlreadyExists, NotFound
from dq_platform.ids import new_id
from dq_platform.models.incident import (
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentFilter,
    IncidentKey,
    IncidentStatus,
)
from dq_platform.models.outcome import Severity
from dq_platform.models.page import PageRequest
from tests.integration.store.world import DAY, HOUR, NOT_IDS, NOW, SECOND, ZERO_ID, World


async def get(world: World, incident: Incident) -> Incident:
    async with world.uow() as tx:
        return await tx.incidents.get(world.id, incident.id)


async def resolve(world: World, incident: Incident) -> Incident:
    done = replace(incident, status=IncidentStatus.RESOLVED, resolve_time=NOW)
    async with world.uow() as tx:
        await tx.incidents.update(done)
        await tx.commit()
    return done


async def test_the_first_failure_opens_an_incident(world: World) -> None:
    check = await world.check()
    incident = world.new_incident()
    assert await world.raise_incident(incident, (check.id, "")) == incident
    assert await get(world, incident) == incident


async def test_further_failures_are_counted_in_the_open_one(world: World) -> None:
    first, second = await world.check(), await world.check()
    incident = world.new_incident(failure_count=2, highest_severity=Severity.ERROR)
    await world.raise_incident(incident, (first.id, ""))
    more = world.new_incident(failure_count=3, highest_severity=Severity.WARNING, last_seen_time=NOW + HOUR)
    stored = await world.raise_incident(more, (first.id, ""), (second.id, '["a"]'), (second.id, '["b"]'))
    assert stored == replace(
        incident,
        failure_count=5,
        failing_check_count=2,
        highest_severity=Severity.ERROR,
        last_seen_time=NOW + HOUR,
    )


async def test_the_severity_rises_and_an_old_failure_does_not_move_the_last_one_back(world: World) -> None:
    check = await world.check()
    await world.raise_incident(world.new_incident(), (check.id, ""))
    worse = world.new_incident(highest_severity=Severity.FATAL, first_seen_time=NOW - DAY, last_seen_time=NOW - DAY)
    stored = await world.raise_incident(worse, (check.id, ""))
    assert stored.highest_severity is Severity.FATAL
    assert (stored.first_seen_time, stored.last_seen_time) == (NOW - DAY, NOW)


async def test_eight_that_fail_at_once_open_one_incident(world: World) -> None:
    checks = [await world.check() for _ in range(8)]
    for table in ("a", "b", "c"):
        raised = await asyncio.gather(
            *(
                world.raise_incident(world.new_incident(key=world.key(table)), (check.id, ""), (checks[0].id, ""))
                for check in checks
            )
        )
        assert len({incident.id for incident in raised}) == 1
        stored = await get(world, raised[0])
        assert (stored.failure_count, stored.failing_check_count) == (8, 8)


async def test_after_resolution_a_failure_opens_another_incident(world: World) -> None:
    check = await world.check()
    first = await world.raise_incident(world.new_incident(), (check.id, ""))
    await resolve(world, first)
    async with world.uow() as tx:
        assert not await tx.incidents.has_unresolved(world.id, [world.table()])
        former = await tx.incidents.former(world.id, world.key())
        assert former is not None
        assert former.id == first.id
    second = world.new_incident(previous_incident_id=first.id)
    assert await world.raise_incident(second, (check.id, "")) == second


async def test_an_acknowledged_incident_still_counts(world: World) -> None:
    check = await world.check()
    first = await world.raise_incident(world.new_incident(), (check.id, ""))
    async with world.uow() as tx:
        known = replace(first, status=IncidentStatus.ACKNOWLEDGED, acknowledge_time=NOW, mute_until_time=NOW + DAY)
        await tx.incidents.update(known)
        await tx.commit()
    stored = await world.raise_incident(world.new_incident(), (check.id, ""))
    assert stored == replace(known, failure_count=2)


async def test_a_resolved_incident_is_not_reopened_beside_a_newer_one(world: World) -> None:
    check = await world.check()
    first = await world.raise_incident(world.new_incident(), (check.id, ""))
    await resolve(world, first)
    await world.raise_incident(world.new_incident(), (check.id, ""))
    async with world.uow() as tx:
        with pytest.raises(AlreadyExists):
            await tx.incidents.update(first)


async def test_the_open_incident_is_locked_until_commit(world: World) -> None:
    check = await world.check()
    incident = await world.raise_incident(world.new_incident(), (check.id, ""))
    order: list[str] = []

    async def count() -> None:
        await world.raise_incident(world.new_incident(), (check.id, ""))
        order.append("counted")

    async with world.uow() as tx:
        assert await tx.incidents.unresolved_of_tables(world.id, [world.table()]) == [incident]
        waiting = asyncio.create_task(count())
        await asyncio.sleep(0.1)
        order.append("resolved")
        await tx.incidents.update(replace(incident, status=IncidentStatus.RESOLVED, resolve_time=NOW))
        await tx.commit()
    await waiting
    assert order == ["resolved", "counted"]
    async with world.uow() as tx:
        [fresh] = await tx.incidents.unresolved_of_tables(world.id, [world.table()])
    assert fresh.id != incident.id


async def test_checks_that_pass_are_counted_down(world: World) -> None:
    first, second = await world.check(), await world.check()
    incident = await world.raise_incident(
        world.new_incident(), (first.id, ""), (second.id, '["a"]'), (second.id, '["b"]')
    )
    for passing, left in (
        ([(first.id, ""), (ZERO_ID, "")], 1),
        ([(second.id, '["a"]')], 1),
        ([(second.id, '["b"]')], 0),
    ):
        assert await passed(world, incident, *passing) == left
    assert (await get(world, incident)).failing_check_count == 0


async def passed(world: World, incident: Incident, *passing: tuple[str, str], times: int = 1) -> int:
    async with world.uow() as tx:
        await tx.incidents.mark_passing(incident.id, passing, times)
        await tx.commit()
        return await tx.incidents.failing_check_count(incident.id)


async def test_a_check_fails_until_it_has_passed_often_enough_in_a_row(world: World) -> None:
    check = await world.check()
    incident = await world.raise_incident(world.new_incident(), (check.id, ""))
    assert [await passed(world, incident, (check.id, ""), times=3) for _ in range(2)] == [1, 1]
    await world.raise_incident(world.new_incident(), (check.id, ""))
    assert [await passed(world, incident, (check.id, ""), times=3) for _ in range(3)] == [1, 1, 0]


async def test_a_deleted_check_no_longer_fails(world: World) -> None:
    kept, deleted = await world.check(), await world.check()
    incident = await world.raise_incident(world.new_incident(), (kept.id, ""), (deleted.id, ""))
    async with world.uow() as tx:
        await tx.checks.delete(world.id, deleted.id)
        await tx.commit()
    assert (await get(world, incident)).failing_check_count == 1
    stored = await world.raise_incident(world.new_incident(), (deleted.id, ""))
    assert stored.failing_check_count == 1


async def test_a_data_group_longer_than_an_index_takes_is_kept(world: World) -> None:
    check = await world.check()
    group = "".join(new_id() for _ in range(500))
    incident = await world.raise_incident(world.new_incident(), (check.id, group))
    assert await passed(world, incident, (check.id, group)) == 0


async def test_a_list_shows_the_newest_failure_first_in_pages(world: World, other: World) -> None:
    seen = [
        await world.raise_incident(world.new_incident(key=world.key(f"t{i}"), last_seen_time=NOW + i // 2 * SECOND))
        for i in range(5)
    ]
    await other.raise_incident(other.new_incident())
    found: list[Incident] = []
    after: tuple[str, ...] = ()
    async with world.uow() as tx:
        for _ in range(3):
            page = await tx.incidents.list(world.id, IncidentFilter(), PageRequest(2, after))
            found += page.items
            after = page.next_after
    assert after == ()
    assert [(one.last_seen_time, one.id) for one in found] == sorted(
        ((one.last_seen_time, one.id) for one in seen), reverse=True
    )


async def test_a_filter_matches_all_that_is_set(world: World, other: World) -> None:
    open_one = await world.raise_incident(world.new_incident(highest_severity=Severity.ERROR))
    closed = await resolve(world, await world.raise_incident(world.new_incident(key=world.key("t"))))
    expectations = [
        (IncidentFilter(), {open_one.id, closed.id}),
        (IncidentFilter(status=(IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)), {open_one.id}),
        (IncidentFilter(min_severity=Severity.ERROR), {open_one.id}),
        (IncidentFilter(table_name="t", schema_name="shop", connection_id=world.connection.id), {closed.id}),
        (IncidentFilter(connection_id=other.connection.id), set()),
        *((IncidentFilter(connection_id=no_id), set()) for no_id in NOT_IDS[1:]),
    ]
    async with world.uow() as tx:
        for wanted, ids in expectations:
            page = await tx.incidents.list(world.id, wanted, PageRequest())
            assert {incident.id for incident in page.items} == ids, wanted


async def test_events_are_read_oldest_first(world: World) -> None:
    incident = await world.raise_incident(world.new_incident())
    opened = IncidentEvent(new_id(), incident.id, IncidentEventKind.OPENED, "system", "", NOW, Severity.ERROR)
    muted = IncidentEvent(new_id(), incident.id, IncidentEventKind.MUTED, "ci", "until Monday", NOW + SECOND)
    async with world.uow() as tx:
        await tx.incidents.add_events([muted, opened])
        await tx.incidents.add_events([])
        first = await tx.incidents.events(world.id, incident.id, PageRequest(1))
        rest = await tx.incidents.events(world.id, incident.id, PageRequest(1, first.next_after))
    assert [*first.items, *rest.items] == [opened, muted]


async def test_another_workspaces_incident_does_not_exist(world: World, other: World) -> None:
    theirs = await other.raise_incident(other.new_incident())
    async with world.uow() as tx:
        for unseen in (theirs.id, ZERO_ID, *NOT_IDS):
            for method in (tx.incidents.get, tx.incidents.lock):
                with pytest.raises(NotFound):
                    await method(world.id, unseen)
            with pytest.raises(NotFound):
                await tx.incidents.events(world.id, unseen, PageRequest())
        with pytest.raises(NotFound):
            await tx.incidents.update(replace(theirs, workspace_id=world.id))
        assert not await tx.incidents.has_unresolved(world.id, [other.table()])
        assert await tx.incidents.unresolved_of_tables(world.id, [other.table(), ("nonsense", "s", "t")]) == []
        assert await tx.incidents.former(world.id, other.key()) is None
        assert await tx.incidents.former(world.id, IncidentKey("nonsense", "s", "t", "d", "c")) is None
        with pytest.raises(NotFound):
            await tx.incidents.failing_check_count(ZERO_ID)
