"""Which tasks are claimed, in which order, and how many of one source at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.job_statements import LOST
from dq_platform.adapters.sql.locks import Lock
from dq_platform.adapters.sql.session import transaction
from dq_platform.ids import new_id
from dq_platform.models.connection import Connection, Pause
from dq_platform.models.cost import Budget
from dq_platform.models.job import Attempt, Job, JobState, Priority, Task, Unit, UnitEnd
from dq_platform.models.page import PageRequest
from tests.integration.store.job_steps import GONE, LEASE, cancel, finish, read
from tests.integration.store.world import HOUR, MINUTE, NOW, SECOND, World


@pytest.fixture(autouse=True)
async def nothing_else(engine: AsyncEngine) -> None:
    """Nothing waits or runs that the test did not ask for."""
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM jobs"))


async def claim(world: World, places: int = 1, now: datetime = NOW, sessions: int = 1000) -> Sequence[Task]:
    async with world.uow() as tx:
        return await tx.jobs.claim(places, now, LEASE, sessions)


async def next_jobs(world: World, count: int, **how: Any) -> list[str]:
    """Whose units are claimed one after the other, while all go on running."""
    return [unit.job_id for _ in range(count) for task in await claim(world, **how) for unit in task.units]


async def test_claims_wait_for_their_own_lock_and_no_other(world: World, engine: AsyncEngine) -> None:
    made = await job(world, 2)
    async with transaction(engine.sync_engine) as other:
        for lock in set(Lock) - {Lock.CLAIMS}:
            await other.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        async with asyncio.timeout(5):
            assert await next_jobs(world, 1) == [made.id]
        await other.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": Lock.CLAIMS})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await claim(world)
    assert await next_jobs(world, 1) == [made.id]


async def end(world: World, task: Task) -> None:
    for unit in task.units:
        assert await finish(world, unit)


async def source(world: World, limit: int | None = None) -> Connection:
    """A further connection of the workspace."""
    made = replace(world.connection, id=new_id(), budget=Budget(max_concurrent_statement_count=limit))
    async with world.uow() as tx:
        await tx.connections.add(made)
        await tx.commit()
    return made


async def job(world: World, units: int = 1, source: Connection | None = None, checks: int = 1, **changes: Any) -> Job:
    made, parts = world.new_job(units, **changes)
    where = (source or world.connection).id
    stored = [replace(part, connection_id=where, check_ids=tuple(new_id() for _ in range(checks))) for part in parts]
    async with world.uow() as tx:
        await tx.jobs.add(made, stored)
        await tx.commit()
    return made


async def together(world: World, sizes: Sequence[int]) -> list[list[Unit]]:
    """A job of tasks of so many units."""
    made, parts = world.new_job(sum(sizes))
    rest, tasks = iter(parts), []
    for size in sizes:
        its = [next(rest) for _ in range(size)]
        tasks.append([replace(unit, task_id=its[0].id) for unit in its])
    async with world.uow() as tx:
        await tx.jobs.add(made, [unit for task in tasks for unit in task])
        await tx.commit()
    return tasks


def ids(tasks: Sequence[Task]) -> list[list[str]]:
    return [[unit.id for unit in task.units] for task in tasks]


async def test_nothing_to_do_is_no_task(world: World) -> None:
    assert await claim(world, 8) == []


async def test_a_workspace_with_thousands_of_units_does_not_hold_up_one_with_a_few(world: World, other: World) -> None:
    many = await job(world, 2_000)
    few = await job(other, 3, create_time=NOW + SECOND)
    claimed = await next_jobs(world, 8, now=NOW + MINUTE)
    assert Counter(claimed) == {many.id: 5, few.id: 3}
    assert set(claimed[:2]) == set(claimed[2:4]) == set(claimed[4:6]) == {many.id, few.id}


async def test_with_one_place_workspaces_take_turns(world: World, other: World) -> None:
    first, second = await job(world, 3), await job(other, 3, create_time=NOW + SECOND)
    order = []
    for _ in range(6):
        [task] = await claim(world, now=NOW + MINUTE)
        order.append(task.units[0].job_id)
        await end(world, task)
    assert order in ([first.id, second.id] * 3, [second.id, first.id] * 3)


async def test_who_has_less_under_way_goes_first(world: World, other: World) -> None:
    await job(world, 4)
    await claim(world, 3)
    quick = await job(other, 4)
    assert await next_jobs(world, 3) == [quick.id] * 3


async def test_a_higher_priority_goes_first_and_what_waited_longer_overtakes_it(world: World) -> None:
    low, normal, high = [await job(world, priority=one) for one in Priority]
    earlier = await job(world, priority=Priority.LOW, create_time=NOW - 2 * MINUTE - SECOND)
    assert await next_jobs(world, 4) == [earlier.id, high.id, normal.id, low.id]


async def test_units_of_a_job_are_claimed_in_their_order_and_tasks_whole(world: World) -> None:
    tasks = await together(world, [1, 3, 2])
    wanted = [[unit.id for unit in task] for task in tasks]
    assert ids(await claim(world, 2)) == wanted[:2]
    assert ids(await claim(world, 2)) == wanted[2:]


async def test_what_failed_in_company_is_claimed_alone(world: World) -> None:
    [units] = await together(world, [3])
    [task] = await claim(world)
    async with world.uow() as tx:
        for unit in task.units[:2]:
            assert await tx.jobs.release(unit, NOW, GONE, NOW)
        await tx.commit()
    again = await claim(world, 4)
    assert ids(again) == [[units[0].id], [units[1].id]]
    assert {one.units[0].attempt for one in again} == {2}


async def test_units_that_are_not_due_or_were_cancelled_wait_for_nobody(world: World) -> None:
    first, second, third = await job(world), await job(world), await job(world)
    [task] = await claim(world)
    async with world.uow() as tx:
        await tx.jobs.release(task.units[0], NOW + 9 * SECOND, GONE, NOW)
        await tx.commit()
    await cancel(world, second)
    assert await next_jobs(world, 2) == [third.id]
    assert await next_jobs(world, 2, now=NOW + 9 * SECOND) == [first.id]


async def test_what_a_gone_worker_held_goes_first_and_each_unit_alone(world: World) -> None:
    [units] = await together(world, [2])
    [held] = await claim(world)
    fresh = await job(world, priority=Priority.HIGH, create_time=NOW - HOUR)
    assert await next_jobs(world, 1, now=NOW + LEASE) == [fresh.id]
    later = NOW + LEASE + SECOND
    again = await claim(world, 8, later)
    assert sorted(ids(again)) == [[unit.id] for unit in units]
    assert {one.units[0].attempt for one in again} == {2}
    async with world.uow() as tx:
        [report, _] = (await tx.jobs.units(world.id, held.units[0].job_id, PageRequest(2))).items
        assert await tx.jobs.finish([UnitEnd(held.units[0], JobState.SUCCEEDED)], later) is None
    assert report.attempts == (Attempt(1, NOW, NOW + LEASE, LOST), Attempt(2, later))


async def test_a_job_starts_with_its_first_unit(world: World) -> None:
    made = await job(world, 2)
    await claim(world)
    await claim(world, now=NOW + SECOND)
    started = await read(world, made)
    assert (started.state, started.start_time) == (JobState.RUNNING, NOW)


async def test_a_job_that_somebody_holds_is_passed_and_keeps_nobody_waiting(world: World) -> None:
    held, free = await job(world), await job(world)
    async with world.uow() as tx:
        await tx.jobs.request_cancel(world.id, held.id, NOW)
        async with asyncio.timeout(5):
            assert await next_jobs(world, 2) == [free.id]
    assert await next_jobs(world, 2) == [held.id]


async def test_of_eight_who_claim_at_once_none_gets_more_of_a_source_than_it_allows(world: World) -> None:
    narrow, wide = await source(world, 3), await source(world)
    for where in (narrow, wide):
        for _ in range(40):
            await job(world, 1, where)
    under_way: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def worker() -> int:
        done = 0
        while tasks := await claim(world, 2, sessions=5):
            for task in tasks:
                where = task.units[0].connection_id
                under_way[where] += 1
                most[where] = max(most[where], under_way[where])
            await asyncio.sleep(0.002)
            for task in tasks:
                under_way[task.units[0].connection_id] -= 1
                await end(world, task)
                done += 1
        return done

    assert sum(await asyncio.gather(*(worker() for _ in range(8)))) == 80
    assert most == {narrow.id: 3, wide.id: 5}


async def test_claims_ends_and_a_cancel_at_once_never_lock_up(world: World) -> None:
    for _ in range(5):
        made = await job(world, 10)

        async def work() -> None:
            for task in await claim(world):
                await end(world, task)

        await asyncio.gather(*(work() for _ in range(5)), cancel(world, made), *(work() for _ in range(5)))
        done = await read(world, made)
        assert done.units_done == 10
        assert done.state in (JobState.CANCELLED, JobState.SUCCEEDED)


async def test_a_full_source_keeps_no_other_one_from_its_turn(world: World) -> None:
    full, other = await source(world, 1), await source(world)
    await job(world, 100, full, create_time=NOW - HOUR)
    behind = await job(world, 1, other)
    [first] = await claim(world)
    assert first.units[0].connection_id == full.id
    assert await next_jobs(world, 3) == [behind.id]
    await end(world, first)
    assert len(await claim(world, 4)) == 1


@pytest.mark.parametrize(
    ("checks", "limit", "granted"), [(1, 6, 1), (30, 6, 3), (2, 6, 2), (30, 2, 1), (30, 1, 1), (30, None, 4)]
)
async def test_who_is_alone_with_its_source_may_use_half_of_all_sessions(
    world: World, checks: int, limit: int | None, granted: int
) -> None:
    where = await source(world, limit)
    await job(world, 1, where, checks)
    [task] = await claim(world, sessions=8)
    assert task.units[0].sessions == granted
    await job(world, 9, where, checks)
    beside = await claim(world, 9, sessions=8)
    assert len(beside) == (limit or 8) - granted
    assert {one.units[0].sessions for one in beside} <= {1}


async def test_units_of_a_task_share_one_session_until_the_last_of_them_ends(world: World) -> None:
    await together(world, [3, 1])
    [task] = await claim(world, 2, sessions=1)
    for unit in task.units:
        assert await claim(world, sessions=1) == []
        await finish(world, unit)
    assert len(await claim(world, sessions=1)) == 1


async def test_a_paused_source_keeps_what_waits_and_what_a_gone_worker_held_and_no_other_one(world: World) -> None:
    paused, free = await source(world), await source(world)
    held, behind = await job(world, 2, paused, create_time=NOW - HOUR), await job(world, 1, free)
    await claim(world)
    async with world.uow() as tx:
        await tx.connections.update(replace(paused, pause=Pause(NOW, "ops")), paused.version)
        await tx.commit()
    later = NOW + LEASE + SECOND
    assert await next_jobs(world, 3, now=later) == [behind.id]
    async with world.uow() as tx:
        await tx.connections.update(replace(paused, version=2), 2)
        await tx.commit()
    assert await next_jobs(world, 3, now=later) == [held.id] * 2


async def test_a_job_past_its_deadline_is_passed_over(world: World) -> None:
    late = await job(world, 50, create_time=NOW - HOUR, deadline_time=NOW)
    in_time = await job(world, 1, deadline_time=NOW + SECOND)
    assert await next_jobs(world, 2) == [in_time.id]
    assert (await read(world, late)).state is JobState.QUEUED


async def test_units_whose_connection_is_gone_are_claimed_nevertheless(world: World) -> None:
    where = await source(world)
    made = await job(world, 1, where)
    async with world.uow() as tx:
        await tx.connections.delete(world.id, where.id)
        await tx.commit()
    assert await next_jobs(world, 1, sessions=1) == [made.id]


async def test_a_task_tells_on_whose_behalf_it_is(world: World) -> None:
    origin = {"request_id": "r-1", "traceparent": "00-1-2-01"}
    await job(world, origin=origin)
    [task] = await claim(world)
    assert task.origin == origin


async def test_more_workspaces_than_are_compared_at_once_all_have_their_turn(world: World) -> None:
    owners = [new_id() for _ in range(20)]
    made, parts = world.new_job(40)
    placed = [replace(unit, workspace_id=owners[place % 20]) for place, unit in enumerate(parts)]
    async with world.uow() as tx:
        await tx.jobs.add(made, placed)
        await tx.commit()
    turns = [task.units[0].workspace_id for _ in range(40) for task in await claim(world)]
    assert Counter(turns[:20]) == Counter(turns[20:]) == dict.fromkeys(owners, 1)
