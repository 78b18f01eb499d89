"""A job that is not done by its deadline fails, whoever holds its units, and every check has its result."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dq_platform.app import connections, execute, jobs, metadata, requeue, runs
from dq_platform.app.execute import Ended
from dq_platform.app.placing import Order
from dq_platform.app.stopping import end_stopped
from dq_platform.app.together import run_together
from dq_platform.errors import Invalid, RequestIdReused
from dq_platform.models.check import CheckSelector
from dq_platform.models.job import Job, JobState, OutcomeCounts, UnitReport
from tests.integration.work.processes import until
from tests.integration.work.world import ALL, EVERYTHING, NO_PAUSE, World

MINUTE = timedelta(minutes=1)
EXCEEDED = "JOB_DEADLINE_EXCEEDED"


async def batch(world: World) -> Job:
    return await runs.run_batch(world.deps, world.who, EVERYTHING, Order(timeout=MINUTE))


async def units_of(world: World, job: Job) -> list[UnitReport]:
    return list((await jobs.list_units(world.deps, world.who, job.id, ALL)).items)


async def reasons(world: World, job: Job) -> dict[str, str]:
    """Why each check of the job has an execution error, by its id; one entry for each result."""
    found = await world.results(job_id=job.id)
    assert len({result.check_id for result in found}) == len(found)
    return {result.check_id: result.error_reason for result in found}


async def test_what_waits_past_the_deadline_fails_without_being_started(world: World) -> None:
    made = {(await world.check("row_count", table)).id for table in ("orders", "customers", "payments")}
    job = await batch(world)
    assert job.deadline_time == job.create_time + MINUTE
    assert await end_stopped(world.deps) == 0
    world.clock.advance(MINUTE)
    assert await world.work() == []
    counts = await asyncio.gather(*(end_stopped(world.deps) for _ in range(3)))
    assert sum(counts) == 3
    ended = await world.job(job)
    assert (ended.state, ended.units_done, ended.start_time) == (JobState.FAILED, 3, None)
    assert (ended.error and ended.error.reason, ended.outcomes) == (EXCEEDED, OutcomeCounts(execution_error=3))
    assert await reasons(world, job) == dict.fromkeys(made, EXCEEDED)
    for unit in await units_of(world, job):
        assert (unit.state, unit.attempts, unit.error and unit.error.reason) == (JobState.FAILED, (), EXCEEDED)
    assert await world.incidents() == []


async def test_what_runs_past_the_deadline_is_stopped_on_the_source(world: World) -> None:
    world.shop.run("CREATE VIEW slower AS SELECT * FROM slow")
    made = {(await world.check("nulls_percent", f"{view}.slept")).id for view in ("slow", "slower")}
    job = await batch(world)
    units = await world.claim_all(world.queue.take())
    working = asyncio.create_task(run_together(world.deps, units, NO_PAUSE))
    await until(lambda: world.shop.running("slow") > 0)
    world.clock.advance(MINUTE)
    assert [done.ended for done in await working] == [Ended.FAILED, Ended.FAILED]
    assert world.shop.running("slow") == 0
    assert (await world.job(job)).state is JobState.FAILED
    assert await reasons(world, job) == dict.fromkeys(made, EXCEEDED)
    for unit in await units_of(world, job):
        assert [(one.number, one.error and one.error.reason) for one in unit.attempts] == [(1, EXCEEDED)]


async def test_results_from_before_the_deadline_stay_and_a_requeue_gets_another_one(world: World) -> None:
    sound = await world.check("row_count", "orders")
    lost, paused = await world.check("row_count", "customers"), await world.check("row_count", "payments")
    job = await batch(world)
    first, gone, _ = world.queue.take()
    await execute.run_unit(world.deps, await world.claim(first), NO_PAUSE)
    late = await world.claim(gone)
    await connections.pause_connection(world.deps, world.who, world.connection.id)
    world.clock.advance(MINUTE)
    assert await end_stopped(world.deps) == 2
    assert (await world.job(job)).outcomes == OutcomeCounts(passed=1, execution_error=2)
    assert await reasons(world, job) == {sound.id: "", lost.id: EXCEEDED, paused.id: EXCEEDED}
    assert (await execute.run_unit(world.deps, late, NO_PAUSE)).ended is Ended.LOST
    await connections.resume_connection(world.deps, world.who, world.connection.id)
    again = await requeue.requeue_job(world.deps, world.who, job.id)
    assert again.deadline_time == again.create_time + world.deps.limits.timeout
    await world.work()
    assert (await world.job(again)).outcomes == OutcomeCounts(passed=2)


async def test_a_sync_past_its_deadline_fails(world: World) -> None:
    order = Order(timeout=MINUTE)
    job = await metadata.sync_metadata(world.deps, world.who, world.connection.id, order)
    world.clock.advance(MINUTE)
    assert await end_stopped(world.deps) == 1
    ended = await world.job(job)
    assert (ended.state, ended.error and ended.error.reason) == (JobState.FAILED, EXCEEDED)


async def test_a_cancelled_unit_whose_worker_is_gone_ends_while_its_connection_is_paused(world: World) -> None:
    job = await world.run(await world.check())
    await world.claim(world.queue.take()[0])
    await connections.pause_connection(world.deps, world.who, world.connection.id)
    await jobs.cancel_job(world.deps, world.who, job.id)
    assert await end_stopped(world.deps) == 0
    world.clock.advance(NO_PAUSE.lease + timedelta(seconds=1))
    assert await end_stopped(world.deps) == 1
    assert (await world.job(job)).state is JobState.CANCELLED


@pytest.mark.parametrize("seconds", [0, -1, 86_400.5])
async def test_a_timeout_that_is_too_short_or_too_long_is_refused_with_all_else(world: World, seconds: float) -> None:
    order = Order("no spaces", timedelta(seconds=seconds))
    with pytest.raises(Invalid) as caught:
        await runs.run_batch(world.deps, world.who, CheckSelector(), order)
    found = {violation.field: violation.description for violation in caught.value.violations}
    assert found.keys() == {"request_id", "timeout"}
    assert found["timeout"] == f"is {seconds:g} s; it takes more than 0 s and at most 86400 s."


async def test_a_timeout_is_part_of_a_request(world: World) -> None:
    check = await world.check()
    first = await runs.run_check(world.deps, world.who, check.id, Order("r-1", MINUTE))
    assert await runs.run_check(world.deps, world.who, check.id, Order("r-1", MINUTE)) == first
    for other in (None, 2 * MINUTE):
        with pytest.raises(RequestIdReused):
            await runs.run_check(world.deps, world.who, check.id, Order("r-1", other))
