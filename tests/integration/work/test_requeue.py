from __future__ import annotations

import pytest

from dq_platform.app import checks, jobs, metadata, requeue
from dq_platform.app.placing import Order
from dq_platform.errors import NotFound, WrongState
from dq_platform.models.job import Attempt, Job, JobKind, JobState, Priority
from tests.integration.work.world import ALL, World


async def half_failed(world: World) -> tuple[Job, str]:
    """A job of two tables, of which one is gone, and the id of the check that failed for it."""
    await world.check("row_count", "orders")
    lost = await world.check("nulls_percent", "payments.paid")
    world.shop.run("ALTER TABLE payments RENAME TO paid")
    job = await world.batch()
    await world.work()
    return await world.job(job), lost.id


async def test_what_failed_is_done_again_as_a_job_of_its_own(world: World) -> None:
    failed, check_id = await half_failed(world)
    assert failed.state is JobState.FAILED
    world.shop.run("ALTER TABLE paid RENAME TO payments")
    again = await requeue.requeue_job(world.deps, world.who, failed.id)
    assert (again.requeue_of_job_id, again.kind, again.priority) == (failed.id, failed.kind, Priority.HIGH)
    assert (again.unit_count, again.check_count) == (1, 1)
    await world.work()
    assert (await world.job(again)).state is JobState.SUCCEEDED
    assert [result.check_id for result in await world.results(job_id=again.id)] == [check_id]
    assert await world.job(failed) == failed


async def test_a_failed_unit_tells_why(world: World) -> None:
    failed, check_id = await half_failed(world)
    [unit] = (await jobs.list_units(world.deps, world.who, failed.id, ALL, [JobState.FAILED])).items
    [attempt] = unit.attempts
    assert unit.check_ids == (check_id,)
    assert attempt == Attempt(1, attempt.start_time, unit.end_time, failed.error)
    assert failed.error is not None


async def test_an_unreachable_source_leaves_a_reason_for_each_attempt(world: World) -> None:
    job = await metadata.sync_metadata(world.deps, world.who, (await world.unreachable()).id)
    [unit_id] = world.queue.take()
    for _ in range(4):
        world.queue.again(unit_id)
        await world.work()
    [unit] = (await jobs.list_units(world.deps, world.who, job.id, ALL)).items
    assert [(one.number, one.error and one.error.reason) for one in unit.attempts] == [
        (number, "SOURCE_UNREACHABLE") for number in (1, 2, 3, 4)
    ]
    assert unit.state is JobState.FAILED
    again = await requeue.requeue_job(world.deps, world.who, job.id)
    assert (again.kind, again.connection_id) == (JobKind.SYNC_METADATA, job.connection_id)


async def test_a_repeated_request_to_requeue_returns_the_first_job(world: World) -> None:
    failed, check_id = await half_failed(world)
    first = await requeue.requeue_job(world.deps, world.who, failed.id, Order("again-1"))
    await checks.delete_check(world.deps, world.who, check_id)
    assert (await requeue.requeue_job(world.deps, world.who, failed.id, Order("again-1"))).id == first.id
    with pytest.raises(WrongState, match="were deleted") as caught:
        await requeue.requeue_job(world.deps, world.who, failed.id)
    assert caught.value.reason == "NOTHING_TO_REQUEUE"


async def test_only_a_job_of_ours_that_has_ended_with_failures_is_requeued(world: World, other: World) -> None:
    job = await world.run(await world.check("row_count", "orders"))
    with pytest.raises(WrongState) as early:
        await requeue.requeue_job(world.deps, world.who, job.id)
    assert (early.value.reason, early.value.facts["state"]) == ("JOB_NOT_ENDED", "queued")
    await world.work()
    with pytest.raises(WrongState) as fine:
        await requeue.requeue_job(world.deps, world.who, job.id)
    assert fine.value.reason == "NOTHING_TO_REQUEUE"
    with pytest.raises(NotFound):
        await requeue.requeue_job(other.deps, other.who, job.id)
