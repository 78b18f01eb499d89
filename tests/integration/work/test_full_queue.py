"""A workspace whose unfinished jobs have as many units to do as they may gets no more, until some have ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.app import jobs, metadata, requeue, runs, schedules
from dq_platform.app.limits import JobLimits
from dq_platform.app.placing import Order
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.errors import Invalid, QueueFull
from dq_platform.models.job import JobState
from tests.integration.work.world import ALL, EVERYTHING, World


@pytest.fixture
def tight(world: World) -> World:
    """The world with room for three units."""
    return replace(world, deps=replace(world.deps, limits=JobLimits(max_queued_units=3)))


async def stored(world: World) -> int:
    return len((await jobs.list_jobs(world.deps, world.who, ALL)).items)


async def test_a_job_that_does_not_fit_is_refused_as_a_whole_until_others_have_ended(
    tight: World, other: World
) -> None:
    for table in ("orders", "customers"):
        await tight.check("row_count", table)
    first = await tight.batch()
    with pytest.raises(QueueFull) as caught:
        await tight.batch()
    assert caught.value.facts == {"queued": "2", "units": "2", "limit": "3"}
    assert caught.value.retry_after.total_seconds() > 0
    assert await stored(tight) == 1
    last = await metadata.sync_metadata(tight.deps, tight.who, tight.connection.id)
    with pytest.raises(QueueFull):
        await tight.run(await tight.check())
    theirs = replace(other, deps=replace(other.deps, limits=tight.deps.limits))
    await theirs.run(await theirs.check())
    await tight.work()
    assert (await tight.job(first)).state is JobState.SUCCEEDED
    assert (await tight.job(last)).state is JobState.SUCCEEDED
    assert (await tight.batch()).unit_count == 2


async def test_a_repeated_request_gets_its_job_though_the_queue_is_full(tight: World) -> None:
    check = await tight.check()
    first = await tight.run(check, "r-1")
    for _ in range(2):
        await tight.run(check)
    with pytest.raises(QueueFull):
        await tight.run(check, "r-2")
    assert await tight.run(check, "r-1") == first


async def test_a_job_that_no_queue_has_room_for_is_wrong(world: World) -> None:
    one = replace(world, deps=replace(world.deps, limits=JobLimits(max_queued_units=1)))
    for table in ("orders", "customers"):
        await world.check("row_count", table, filter="1 / 0 = id")
    schedule = await schedules.create_schedule(world.deps, world.who, ScheduleDraft("hourly", "0 * * * *"))
    failed = await world.batch()
    await world.work()
    for field, request in (
        ("selector", runs.run_batch(one.deps, one.who, EVERYTHING, Order("r-1"))),
        ("schedule_id", schedules.run_schedule(one.deps, one.who, schedule.id)),
        ("job_id", requeue.requeue_job(one.deps, one.who, failed.id)),
    ):
        with pytest.raises(Invalid) as caught:
            await request
        [violation] = caught.value.violations
        told = "makes a job of 2 units, of a table each; at most 1 may wait at once. Divide it."
        assert (violation.field, violation.description) == (field, told)
    assert await stored(world) == 1
