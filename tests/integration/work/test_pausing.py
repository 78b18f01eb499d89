"""A connection that is paused keeps its jobs from beginning, and loses none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dq_platform.app import connections, execute, jobs, metadata, preview, queue
from dq_platform.errors import Invalid
from dq_platform.models.connection import Connection
from dq_platform.models.job import Job, JobState, Priority, UnitReport
from dq_platform.models.queue import Backlog
from tests.integration.work.world import ALL, NO_PAUSE, World


async def pause(world: World, note: str = "") -> Connection:
    return await connections.pause_connection(world.deps, world.who, world.connection.id, note)


async def resume(world: World) -> Connection:
    return await connections.resume_connection(world.deps, world.who, world.connection.id)


async def unit_of(world: World, job: Job) -> UnitReport:
    [unit] = (await jobs.list_units(world.deps, world.who, job.id, ALL)).items
    return unit


async def backlog(world: World) -> Backlog:
    return next(one for one in await queue.get_queue(world.deps, world.who) if one.priority is Priority.HIGH)


async def test_jobs_of_a_paused_connection_wait_and_are_told_of_when_it_is_resumed(world: World) -> None:
    waits = await world.run(await world.check())
    await pause(world)
    later = await world.run(await world.check("row_count", "orders"))
    sync = await metadata.sync_metadata(world.deps, world.who, world.connection.id)
    ids = world.queue.ids
    assert await world.work() == []
    for job in (waits, later, sync):
        assert (await world.job(job)).state is JobState.QUEUED
    await resume(world)
    assert len(world.queue.woken) == 4
    world.queue.again(*ids)
    assert len(await world.work()) == 3
    for job in (waits, later, sync):
        assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_what_waits_for_a_paused_connection_is_told(world: World) -> None:
    job = await world.run(await world.check())
    assert not (await unit_of(world, job)).held
    await pause(world)
    assert (await unit_of(world, job)).held
    waiting = await backlog(world)
    assert (waiting.paused, waiting.waiting, waiting.oldest_due_time) == (1, 0, None)
    await resume(world)
    assert not (await unit_of(world, job)).held
    assert ((await backlog(world)).paused, (await backlog(world)).waiting) == (0, 1)


async def test_what_runs_ends_and_what_its_worker_lost_waits(world: World) -> None:
    check = await world.check()
    ends, lost = await world.run(check), await world.run(check)
    running, gone = [await world.claim(unit_id) for unit_id in world.queue.take()]
    await pause(world)
    assert (await execute.run_unit(world.deps, running, NO_PAUSE)).ended is execute.Ended.SUCCEEDED
    assert (await world.job(ends)).state is JobState.SUCCEEDED
    world.clock.advance(NO_PAUSE.lease + timedelta(seconds=1))
    assert await world.claim_all([gone.id]) == []
    assert ((await backlog(world)).paused, (await backlog(world)).abandoned) == (1, 0)
    await resume(world)
    world.queue.again(gone.id)
    await world.work()
    assert (await world.job(lost)).state is JobState.SUCCEEDED


async def test_other_connections_of_a_job_go_on(world: World) -> None:
    held = await world.check()
    other = replace(world, connection=await world.connect())
    free = await other.check()
    job = await world.batch()
    await pause(world)
    units = world.queue.ids
    await world.work()
    assert (await world.job(job)).units_done == 1
    assert [result.check_id for result in await world.results()] == [free.id]
    await resume(world)
    world.queue.again(*units)
    await world.work()
    assert (await world.job(job)).state is JobState.SUCCEEDED
    assert {result.check_id for result in await world.results()} == {held.id, free.id}


async def test_pausing_and_resuming_twice_change_nothing(world: World) -> None:
    first = await pause(world, "moves tonight")
    assert first.pause is not None
    assert (first.pause.by, first.pause.note) == ("admin", "moves tonight")
    assert await pause(world, "another word") == first
    resumed = await resume(world)
    assert (resumed.pause, resumed.version) == (None, first.version + 1)
    assert await resume(world) == resumed
    assert await connections.get_connection(world.deps, world.who, first.id) == resumed


async def test_an_update_leaves_the_pause_as_it_is(world: World) -> None:
    paused = await pause(world, "moves tonight")
    changed = await connections.update_connection(world.deps, world.who, paused.id, {"description": "the shop"})
    assert changed.pause == paused.pause
    assert (await connections.get_connection(world.deps, world.who, paused.id)).pause == paused.pause


async def test_a_note_that_is_too_long_is_refused_and_pauses_nothing(world: World) -> None:
    with pytest.raises(Invalid, match=r"note: has 2001 characters; at most 2000 are allowed\."):
        await pause(world, "x" * 2001)
    assert (await connections.get_connection(world.deps, world.who, world.connection.id)).pause is None


async def test_a_paused_connection_is_tested_previewed_and_deleted(world: World) -> None:
    check = await world.check()
    job = await world.run(check)
    await pause(world)
    assert (await connections.test_connection(world.deps, world.who, world.connection.id)).product == "PostgreSQL"
    assert len((await preview.preview_check(world.deps, world.who, check.id)).results) == 1
    await connections.delete_connection(world.deps, world.who, world.connection.id, force=True)
    await world.work()
    assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_a_cancelled_job_of_a_paused_connection_ends(world: World) -> None:
    job = await world.run(await world.check())
    await pause(world)
    assert (await jobs.cancel_job(world.deps, world.who, job.id)).state is JobState.CANCELLED
