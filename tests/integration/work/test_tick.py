from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, make_engine
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app import schedules, tick
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.models.check import CheckSelector
from dq_platform.models.job import Job, JobKind, JobState, Priority
from dq_platform.models.schedule import Schedule
from tests.engines.postgres import PostgresServer
from tests.integration.work.conftest import ENCRYPTION_KEY, copied
from tests.integration.work.world import ALL, World

HOURLY = "0 * * * *"


@pytest.fixture
async def uow(server: PostgresServer, store_template: str) -> AsyncIterator[SqlUow]:
    """A store of the test's own: cron looks at all workspaces."""
    with copied(server, store_template) as name:
        engine = make_engine(server.url(name), PoolConfig(size=8))
        yield SqlUow(engine, FernetCipher(ENCRYPTION_KEY))
        await engine.dispose()


async def scheduled(world: World, selector: CheckSelector | None = None) -> Schedule:
    draft = ScheduleDraft("hourly", HOURLY, selector=selector or CheckSelector(connection_id=world.connection.id))
    return await schedules.create_schedule(world.deps, world.who, draft)


async def fired(world: World) -> list[Job]:
    async with world.deps.uow() as tx:
        return list((await tx.jobs.list(world.who.workspace_id, ALL)).items)


async def test_a_due_schedule_makes_one_job_of_what_it_selects(world: World) -> None:
    check = await world.check("row_count", "orders")
    await world.check("row_count", "customers", about={"enabled": False})
    schedule = await scheduled(world)
    assert schedule.next_run_time is not None
    assert await tick.fire_due(world.deps) == 0
    world.clock.advance(timedelta(hours=1))
    assert await tick.fire_due(world.deps) == 1
    [job] = await fired(world)
    assert (job.kind, job.schedule_id, job.due_time) == (
        JobKind.EXECUTE_CHECK_BATCH,
        schedule.id,
        schedule.next_run_time,
    )
    assert (job.priority, job.check_count, job.created_by) == (Priority.NORMAL, 1, "")
    assert world.queue.told == [(world.queue.ids[0], Priority.NORMAL)]
    await world.work()
    assert [result.check_id for result in await world.results()] == [check.id]
    now = await schedules.get_schedule(world.deps, world.who, schedule.id)
    assert now.next_run_time == schedule.next_run_time + timedelta(hours=1)
    assert now.last_run_time is not None


async def test_two_crons_fire_a_schedule_once(world: World) -> None:
    await world.check("row_count", "orders")
    for _ in range(30):
        await scheduled(world)
    world.clock.advance(timedelta(hours=1))
    counts = await asyncio.gather(*(tick.fire_due(world.deps) for _ in range(4)))
    assert sum(counts) == 30
    assert max(Counter(job.schedule_id for job in await fired(world)).values()) == 1


async def test_runs_that_were_missed_become_one(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world)
    world.clock.advance(timedelta(hours=10))
    assert await tick.fire_due(world.deps) == 1
    assert [job.due_time for job in await fired(world)] == [schedule.next_run_time]
    now = await schedules.get_schedule(world.deps, world.who, schedule.id)
    assert now.next_run_time is not None
    assert now.next_run_time > world.clock.now()


async def test_no_busy_minute_loses_a_schedule(world: World) -> None:
    await world.check("row_count", "orders")
    count = tick.BATCH * 3 + 1
    for _ in range(count):
        await scheduled(world)
    world.clock.advance(timedelta(hours=1))
    assert await tick.fire_due(world.deps) == count


async def test_a_schedule_that_selects_nothing_moves_on_and_records_nothing(world: World) -> None:
    schedule = await scheduled(world, CheckSelector(table_pattern="public.nothing*"))
    world.clock.advance(timedelta(hours=1))
    assert await tick.fire_due(world.deps) == 0
    assert await fired(world) == []
    now = await schedules.get_schedule(world.deps, world.who, schedule.id)
    assert now.next_run_time != schedule.next_run_time


async def test_a_paused_schedule_never_fires(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world)
    await schedules.pause_schedule(world.deps, world.who, schedule.id)
    world.clock.advance(timedelta(hours=2))
    assert await tick.fire_due(world.deps) == 0
    resumed = await schedules.resume_schedule(world.deps, world.who, schedule.id)
    assert resumed.next_run_time is not None
    assert resumed.next_run_time > world.clock.now()
    assert await tick.fire_due(world.deps) == 0


async def test_a_schedule_whose_time_cannot_be_read_is_paused_and_stops_no_other(world: World) -> None:
    await world.check("row_count", "orders")
    broken, sound = await scheduled(world), await scheduled(world)
    async with world.deps.uow() as tx:
        await tx.schedules.update(replace(broken, time_zone="Mars/Base"), broken.version)
        await tx.commit()
    world.clock.advance(timedelta(hours=1))
    assert await tick.fire_due(world.deps) == 1
    assert [job.schedule_id for job in await fired(world)] == [sound.id]
    now = await schedules.get_schedule(world.deps, world.who, broken.id)
    assert (now.paused, now.next_run_time) == (True, None)


async def test_the_sweep_tells_again_of_units_that_wait_and_of_units_whose_worker_is_gone(world: World) -> None:
    for table in ("orders", "customers"):
        await world.check("row_count", table)
    job = await world.batch()
    waiting, running = world.queue.take()
    await world.claim(running)
    await tick.sweep(world.deps)
    assert not {waiting, running} & set(world.queue.take())
    world.clock.advance(timedelta(seconds=15))
    await tick.sweep(world.deps)
    assert {waiting, running} & set(world.queue.take()) == {waiting}
    world.clock.advance(timedelta(seconds=30))
    await tick.sweep(world.deps)
    assert {waiting, running} <= set(world.queue.ids)
    assert {priority for unit_id, priority in world.queue.told if unit_id in (waiting, running)} == {Priority.HIGH}
    await world.work()
    assert (await world.job(job)).state is JobState.SUCCEEDED
