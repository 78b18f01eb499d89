from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dq_platform.errors import AlreadyExists, NotFound, RequestIdReused
from dq_platform.ids import new_id
from dq_platform.models.check import PeriodWindow
from dq_platform.models.job import Job, JobState, Priority
from dq_platform.models.page import PageRequest
from tests.integration.claims import claim_units
from tests.integration.store.job_steps import LEASE, claimed, read
from tests.integration.store.world import DAY, MINUTE, NOT_IDS, NOW, SECOND, ZERO_ID, World


async def test_a_job_comes_back_as_it_was_stored(world: World) -> None:
    job, _ = await world.job(
        connection_id=world.connection.id,
        schedule_id=new_id(),
        request_id="r-1",
        created_by="ci",
        due_time=NOW - MINUTE,
        window=PeriodWindow(NOW - DAY, NOW),
        priority=Priority.HIGH,
    )
    assert await read(world, job) == job


async def test_a_repeated_request_returns_the_first_job(world: World) -> None:
    first, _ = await world.job(request_id="r-1")
    again, units = world.new_job(request_id="r-1")
    async with world.uow() as tx:
        assert await tx.jobs.add(again, units) == first
    assert await claim_units(world.uow, [units[0].id], NOW, LEASE) == []


async def test_a_request_id_with_other_contents_is_refused(world: World) -> None:
    job, units = world.new_job(request_id="r-1")
    other, other_units = world.new_job(request_id="r-1")
    async with world.uow() as tx:
        assert await tx.jobs.add(job, units, "hash-1") is None
        with pytest.raises(RequestIdReused, match="r-1"):
            await tx.jobs.add(other, other_units, "hash-2")


async def test_a_request_id_is_the_workspaces_own(world: World, other: World) -> None:
    (mine, _), (theirs, _) = await world.job(request_id="r-1"), await other.job(request_id="r-1")
    assert mine.id != theirs.id
    async with world.uow() as tx:
        assert (await tx.jobs.get(world.id, mine.id)).request_id == "r-1"
        assert (await tx.jobs.get(other.id, theirs.id)).request_id == "r-1"


async def test_a_schedule_fires_once_at_a_time(world: World) -> None:
    schedule = new_id()
    first, _ = await world.job(schedule_id=schedule, due_time=NOW)
    await world.job(schedule_id=schedule, due_time=NOW + MINUTE)
    again, units = world.new_job(schedule_id=schedule, due_time=NOW)
    async with world.uow() as tx:
        assert await tx.jobs.add(again, units) == first


async def test_two_that_add_the_same_request_at_once_get_one_job(world: World) -> None:
    async def add() -> tuple[Job, Job | None]:
        job, units = world.new_job(request_id="r-1")
        async with world.uow() as tx:
            before = await tx.jobs.add(job, units)
            await tx.commit()
        return job, before

    both = await asyncio.gather(*(add() for _ in range(6)))
    added = [job for job, before in both if before is None]
    assert len(added) == 1
    assert [before for _, before in both if before is not None] == added * 5


async def test_an_id_is_used_once(world: World) -> None:
    job, _ = await world.job()
    async with world.uow() as tx:
        with pytest.raises(AlreadyExists):
            await tx.jobs.add(job, [])


async def test_a_list_shows_the_newest_first_in_pages(world: World, other: World) -> None:
    jobs = [(await world.job(create_time=NOW + index // 2 * SECOND))[0] for index in range(5)]
    await other.job()
    async with world.uow() as tx:
        first = await tx.jobs.list(world.id, PageRequest(3))
        rest = await tx.jobs.list(world.id, PageRequest(3, first.next_after))
    assert [*first.items, *rest.items] == jobs[::-1]
    assert rest.next_after == ()


async def test_a_list_holds_the_states_asked_for(world: World) -> None:
    running, (unit,) = await world.job()
    await world.job()
    await claimed(world, unit)
    async with world.uow() as tx:
        page = await tx.jobs.list(world.id, PageRequest(), [JobState.RUNNING, JobState.FAILED])
    assert [job.id for job in page.items] == [running.id]


async def test_another_workspaces_job_does_not_exist(world: World, other: World) -> None:
    job, _ = await other.job()
    async with world.uow() as tx:
        for unseen in (job.id, ZERO_ID, *NOT_IDS):
            with pytest.raises(NotFound):
                await tx.jobs.get(world.id, unseen)
            with pytest.raises(NotFound):
                await tx.jobs.request_cancel(world.id, unseen, NOW)


async def test_a_job_knows_the_tables_that_its_checks_of_a_connection_are_about(world: World, other: World) -> None:
    made = [await world.check(table=table, schema=schema) for table, schema in (("a", "s"), ("b", "s"), ("c", "t"))]
    again, foreign = await world.check(table="a", schema="s", column="id"), await other.check(table="d", schema="s")
    job, units = world.new_job(3)
    parts = [(made[0].id, again.id), (made[1].id, made[2].id), (foreign.id,)]
    owners = [world.connection.id, world.connection.id, other.connection.id]
    units = [
        replace(unit, check_ids=ids, connection_id=owner) for unit, ids, owner in zip(units, parts, owners, strict=True)
    ]
    async with world.uow() as tx:
        await tx.jobs.add(job, units)
        await tx.commit()
        assert sorted(await tx.jobs.tables(job.id, world.connection.id, "s")) == ["a", "b"]
        assert await tx.jobs.tables(job.id, other.connection.id, "s") == ["d"]
        assert await tx.jobs.tables(ZERO_ID, world.connection.id, "s") == []
