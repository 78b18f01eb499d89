from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, make_engine
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app import checks, connections, schedules, tick
from dq_platform.app.limits import JobLimits
from dq_platform.app.placing import Order
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.errors import Invalid, RequestIdReused, WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import CheckSelector
from dq_platform.models.job import Job, JobKind, JobState, Priority
from dq_platform.models.schedule import Overlap, RunOutcome, Schedule
from tests.engines.postgres import PostgresServer
from tests.integration.work.conftest import ENCRYPTION_KEY, copied
from tests.integration.work.world import ALL, World

HOURLY = "0 * * * *"


@pytest.fixture
async def engine(server: PostgresServer, store_template: str) -> AsyncIterator[AsyncEngine]:
    """A store of the test's own: cron looks at all workspaces."""
    with copied(server, store_template) as name:
        engine = AsyncEngine(make_engine(server.url(name), PoolConfig(size=8)))
        yield engine
        await engine.dispose()


@pytest.fixture
def uow(engine: AsyncEngine) -> SqlUow:
    return SqlUow(engine.sync_engine, FernetCipher(ENCRYPTION_KEY))


async def scheduled(world: World, selector: CheckSelector | None = None, **draft: Any) -> Schedule:
    mine = selector or CheckSelector(connection_id=world.connection.id)
    return await schedules.create_schedule(
        world.deps, world.who, ScheduleDraft("hourly", HOURLY, selector=mine, **draft)
    )


async def now_of(world: World, schedule: Schedule) -> Schedule:
    return await schedules.get_schedule(world.deps, world.who, schedule.id)


async def pass_an_hour(world: World, hours: int = 1) -> int:
    """How many jobs that brings."""
    world.clock.advance(timedelta(hours=hours))
    return await tick.fire_due(world.deps)


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
    assert (job.kind, job.schedule_id) == (JobKind.EXECUTE_CHECK_BATCH, schedule.id)
    assert (job.due_time, job.missed_run_count) == (schedule.next_run_time, 0)
    assert job.deadline_time == job.create_time + world.deps.limits.timeout
    assert (job.priority, job.check_count, job.created_by) == (Priority.NORMAL, 1, "")
    assert world.queue.woken == [(1, Priority.NORMAL)]
    await world.work()
    assert [result.check_id for result in await world.results()] == [check.id]
    now = await now_of(world, schedule)
    assert now.next_run_time == schedule.next_run_time + timedelta(hours=1)
    assert (now.last_run_time, now.last_job_id) == (job.create_time, job.id)
    assert (now.last_run_outcome, now.last_run_note) == (RunOutcome.STARTED, "")


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
    assert await pass_an_hour(world, 10) == 1
    assert [(job.due_time, job.missed_run_count) for job in await fired(world)] == [(schedule.next_run_time, 9)]
    now = await now_of(world, schedule)
    assert now.next_run_time is not None
    assert now.next_run_time > world.clock.now()
    assert now.last_run_note.startswith("It stands for 10 moments, the first at 20")
    assert (now.missed_run_count, now.first_missed_time) == (0, None)


async def test_a_moment_whose_job_is_stored_already_brings_no_second_one(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world)
    assert await pass_an_hour(world) == 1
    await world.work()
    async with world.deps.uow() as tx:
        await tx.schedules.record([schedule])
        await tx.commit()
    assert await tick.fire_due(world.deps) == 0
    assert len(await fired(world)) == 1
    assert sum(tasks for tasks, _ in world.queue.woken) == 1
    now = await now_of(world, schedule)
    assert now.next_run_time is not None
    assert now.next_run_time > world.clock.now()


async def test_a_schedule_that_skips_starts_no_second_job_and_the_next_stands_for_what_it_skipped(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world)
    assert schedule.next_run_time is not None
    assert await pass_an_hour(world) == 1
    for skipped in (1, 2):
        assert await pass_an_hour(world) == 0
        now = await now_of(world, schedule)
        assert (now.last_run_outcome, now.missed_run_count) == (RunOutcome.SKIPPED, skipped)
        assert "former job has not ended" in now.last_run_note
        assert now.first_missed_time == schedule.next_run_time + timedelta(hours=1)
        assert now.next_run_time == schedule.next_run_time + timedelta(hours=skipped + 1)
    await world.work()
    assert await tick.fire_due(world.deps) == 0
    assert await pass_an_hour(world) == 1
    job, _ = await fired(world)
    assert (job.due_time, job.missed_run_count) == (schedule.next_run_time + timedelta(hours=1), 2)
    assert (await now_of(world, schedule)).missed_run_count == 0


async def test_a_schedule_that_queues_runs_once_when_its_former_job_has_ended(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world, overlap=Overlap.QUEUE)
    assert schedule.next_run_time is not None
    assert await pass_an_hour(world) == 1
    assert await pass_an_hour(world, 2) == 0
    waiting = await now_of(world, schedule)
    assert (waiting.last_run_outcome, waiting.missed_run_count) == (RunOutcome.WAITING, 2)
    assert await tick.fire_due(world.deps) == 0
    assert await now_of(world, schedule) == waiting
    await world.work()
    assert await tick.fire_due(world.deps) == 1
    job, _ = await fired(world)
    assert (job.due_time, job.missed_run_count) == (schedule.next_run_time + timedelta(hours=1), 1)
    after = await now_of(world, schedule)
    assert (after.last_run_outcome, after.next_run_time) == (RunOutcome.STARTED, waiting.next_run_time)
    assert await tick.fire_due(world.deps) == 0


async def test_a_pause_drops_a_run_that_waits(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world, overlap=Overlap.QUEUE)
    assert await pass_an_hour(world) == 1
    assert await pass_an_hour(world) == 0
    paused = await schedules.pause_schedule(world.deps, world.who, schedule.id)
    assert (paused.missed_run_count, paused.first_missed_time) == (0, None)
    await world.work()
    assert await pass_an_hour(world) == 0


async def test_jitter_is_in_the_moment_that_is_planned_and_fired(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world, jitter=timedelta(minutes=59))
    assert schedule.next_run_time is not None
    assert schedule.next_run_time != schedule.next_run_time.replace(minute=0, second=0, microsecond=0)
    assert await schedules.next_runs(world.deps, world.who, schedule.id, 1) == [schedule.next_run_time]
    world.clock.ahead = schedule.next_run_time - datetime.now(UTC) - timedelta(seconds=30)
    assert await tick.fire_due(world.deps) == 0
    world.clock.advance(timedelta(seconds=31))
    assert await tick.fire_due(world.deps) == 1
    assert [job.due_time for job in await fired(world)] == [schedule.next_run_time]


async def test_a_run_of_now_is_the_schedules_job_and_moves_nothing(world: World) -> None:
    await world.check("row_count", "orders")
    schedule = await scheduled(world)
    job = await schedules.run_schedule(world.deps, world.who, schedule.id, Order("r-1"))
    assert (job.schedule_id, job.due_time, job.created_by) == (schedule.id, None, "admin")
    assert (job.priority, job.check_count) == (Priority.HIGH, 1)
    assert await schedules.run_schedule(world.deps, world.who, schedule.id, Order("r-1")) == job
    assert world.queue.woken == [(1, Priority.HIGH)]
    now = await now_of(world, schedule)
    assert (now.next_run_time, now.last_job_id) == (schedule.next_run_time, job.id)
    assert (now.last_run_outcome, now.last_run_time) == (RunOutcome.STARTED, job.create_time)
    assert await pass_an_hour(world) == 0
    assert (await now_of(world, schedule)).last_run_outcome is RunOutcome.SKIPPED
    with pytest.raises(RequestIdReused):
        await schedules.run_schedule(world.deps, world.who, (await scheduled(world)).id, Order("r-1"))
    with pytest.raises(Invalid, match="request_id"):
        await schedules.run_schedule(world.deps, world.who, schedule.id, Order("no spaces"))


async def test_a_paused_schedule_can_be_run_but_not_one_that_selects_nothing(world: World) -> None:
    check = await world.check("row_count", "orders")
    schedule = await scheduled(world)
    await schedules.pause_schedule(world.deps, world.who, schedule.id)
    assert (await schedules.run_schedule(world.deps, world.who, schedule.id)).check_count == 1
    await checks.delete_check(world.deps, world.who, check.id)
    with pytest.raises(WrongState, match="matches no check") as caught:
        await schedules.run_schedule(world.deps, world.who, schedule.id)
    assert caught.value.reason == "SCHEDULE_SELECTS_NOTHING"


async def test_no_busy_minute_loses_a_schedule(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.check("row_count", "orders")
    monkeypatch.setattr(tick, "BATCH", 7)
    count = tick.BATCH * 3 + 1
    for _ in range(count):
        await scheduled(world)
    world.clock.advance(timedelta(hours=1))
    assert await tick.fire_due(world.deps) == count


def limited(world: World, most: int) -> World:
    return replace(world, deps=replace(world.deps, limits=JobLimits(max_queued_units=most)))


async def test_a_moment_whose_job_does_not_fit_is_held_back_and_the_next_job_stands_for_it(world: World) -> None:
    for table in ("orders", "customers"):
        await world.check("row_count", table)
    blocking = await world.batch()
    schedule, full = await scheduled(world), limited(world, 3)
    assert await pass_an_hour(full) == 0
    held = await now_of(world, schedule)
    assert (held.last_run_outcome, held.missed_run_count) == (RunOutcome.HELD_BACK, 1)
    assert held.first_missed_time == schedule.next_run_time
    assert held.last_run_note == "The queue is full: 2 units have not ended, its job has 2, and 3 are allowed."
    assert await tick.fire_due(full.deps) == 0
    await world.work()
    assert (await world.job(blocking)).state is JobState.SUCCEEDED
    assert await pass_an_hour(full) == 1
    [job, _] = await fired(world)
    assert (job.due_time, job.missed_run_count) == (schedule.next_run_time, 1)
    assert (await now_of(world, schedule)).missed_run_count == 0


async def test_a_schedule_that_waits_is_tried_again_when_the_queue_was_full(world: World) -> None:
    await world.check("row_count", "orders")
    await world.batch()
    schedule, full = await scheduled(world, overlap=Overlap.QUEUE), limited(world, 1)
    assert await pass_an_hour(full) == 0
    assert (await now_of(world, schedule)).last_run_outcome is RunOutcome.HELD_BACK
    await world.work()
    assert await tick.fire_due(full.deps) == 0
    world.clock.advance(tick.HELD_FOR)
    assert await tick.fire_due(full.deps) == 1


async def test_a_schedule_too_large_for_any_queue_says_so_and_those_that_fit_start(world: World) -> None:
    for table in ("orders", "customers"):
        await world.check("row_count", table)
    large = await scheduled(world)
    small = await scheduled(world, CheckSelector(connection_id=world.connection.id, table_pattern="public.orders"))
    assert await pass_an_hour(limited(world, 1)) == 1
    assert (await now_of(world, small)).last_run_outcome is RunOutcome.STARTED
    note = "Its selector makes a job of 2 units, and 1 may wait at once: divide it."
    assert (await now_of(world, large)).last_run_note == note


async def test_many_schedules_take_no_more_statements_than_a_few(world: World, engine: AsyncEngine) -> None:
    check = await world.check("row_count", "orders", about={"labels": {"team": "a"}})
    fields = (
        {"check_ids": (check.id,)},
        {"table_pattern": "*.orders"},
        {"labels": {"team": "a"}},
        {"schema_name": "x"},
    )
    sent: list[str] = []

    def send(*of: Any) -> None:
        sent.append(of[2])

    async def statements(each: int) -> int:
        async with world.deps.uow() as tx:
            now = world.clock.now()
            for number, selected in product(range(each), fields):
                one = replace(made, id=new_id(), display_name=f"{number}", selector=CheckSelector(**selected))
                await tx.schedules.add(replace(one, next_run_time=now))
            await tx.commit()
        sent.clear()
        assert await tick.fire_due(world.deps) == each * 3
        return len(sent)

    made = await scheduled(world)
    event.listen(engine.sync_engine, "before_cursor_execute", send)
    few = await statements(1)
    assert await statements(12) == few <= 16
    assert "UPDATE schedules" in " ".join(sent)


async def test_a_schedule_that_selects_nothing_moves_on_and_records_nothing(world: World) -> None:
    schedule = await scheduled(world, CheckSelector(table_pattern="public.nothing*"))
    assert await pass_an_hour(world) == 0
    assert await fired(world) == []
    now = await now_of(world, schedule)
    assert now.next_run_time != schedule.next_run_time
    assert now.last_run_outcome is RunOutcome.NOTHING_SELECTED
    assert (now.last_run_note, now.last_job_id) == ("The selector matches no check that is enabled.", "")


async def test_a_schedule_says_what_its_selector_names_in_vain(world: World) -> None:
    kept = await world.check("row_count", "orders")
    lost = await world.check("row_count", "customers")
    some = await scheduled(world, CheckSelector(check_ids=(kept.id, lost.id)))
    other = await world.connect()
    none = await scheduled(world, CheckSelector(connection_id=other.id))
    await checks.delete_check(world.deps, world.who, lost.id)
    await connections.delete_connection(world.deps, world.who, other.id)
    assert await pass_an_hour(world) == 1
    now = await now_of(world, some)
    assert now.last_run_outcome is RunOutcome.STARTED
    assert now.last_run_note == f"1 of the 2 checks of the selector do not exist any more: {lost.id}."
    now = await now_of(world, none)
    assert now.last_run_outcome is RunOutcome.NOTHING_SELECTED
    assert f"Connection {other.id} of the selector does not exist any more." in now.last_run_note


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
    now = await now_of(world, broken)
    assert (now.paused, now.next_run_time, now.last_run_outcome) == (True, None, RunOutcome.PAUSED)
    assert "Mars/Base" in now.last_run_note
