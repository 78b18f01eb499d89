from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from dq_platform.app import checks, jobs, runs
from dq_platform.app.placing import Order
from dq_platform.errors import Invalid, NotFound, RequestIdReused
from dq_platform.ids import new_id
from dq_platform.models.check import CheckSelector, Mode, PeriodWindow
from dq_platform.models.job import JobKind, JobState, Priority
from tests.integration.work.world import ALL, World


async def test_a_run_is_queued_and_told_after_it_is_stored(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    assert (job.kind, job.state, job.priority) == (JobKind.EXECUTE_CHECK, JobState.QUEUED, Priority.HIGH)
    assert (job.unit_count, job.check_count, job.created_by) == (1, 1, "admin")
    assert await world.job(job) == job
    assert len(world.queue.ids) == 1


async def test_a_repeated_request_id_returns_the_first_job(world: World) -> None:
    check = await world.check("row_count", "orders")
    first = await world.run(check, request_id="r-1")
    again = await world.run(check, request_id="r-1")
    assert again == first
    assert len(world.queue.ids) == 1


async def test_a_request_id_used_at_once_makes_one_job(world: World) -> None:
    check = await world.check("row_count", "orders")
    made = await asyncio.gather(*(world.run(check, request_id="r-1") for _ in range(5)))
    assert len({job.id for job in made}) == 1
    assert len(world.queue.ids) == 1


async def test_a_request_id_belongs_to_one_request(world: World) -> None:
    one, two = await world.check("row_count", "orders"), await world.check("row_count", "customers")
    await world.run(one, request_id="r-1")
    with pytest.raises(RequestIdReused):
        await world.run(two, request_id="r-1")
    with pytest.raises(RequestIdReused):
        await runs.run_batch(world.deps, world.who, CheckSelector(check_ids=(one.id,)), Order("r-1"))


async def test_a_repeated_request_id_returns_the_first_job_though_its_checks_are_gone(world: World) -> None:
    check = await world.check("row_count", "orders")
    selector = CheckSelector(connection_id=world.connection.id)
    single = await world.run(check, request_id="r-1")
    batch = await runs.run_batch(world.deps, world.who, selector, Order("r-2"))
    await checks.delete_check(world.deps, world.who, check.id)
    assert (await world.run(check, request_id="r-1")).id == single.id
    assert (await runs.run_batch(world.deps, world.who, selector, Order("r-2"))).id == batch.id
    with pytest.raises(RequestIdReused):
        await world.run(check, request_id="r-2")
    with pytest.raises(NotFound):
        await world.run(check, request_id="r-3")


@pytest.mark.parametrize("request_id", ["no spaces", "x" * 65, "a\x00b", "ä"])
async def test_a_request_id_is_short_and_plain(world: World, request_id: str) -> None:
    with pytest.raises(Invalid, match="request_id"):
        await world.run(await world.check("row_count", "orders"), request_id)


async def test_a_single_run_takes_a_disabled_check_and_a_batch_leaves_it_out(world: World) -> None:
    off = await world.check("row_count", "orders", about={"enabled": False})
    on = await world.check("row_count", "customers")
    assert (await world.run(off)).check_count == 1
    batch = await world.batch()
    assert (batch.kind, batch.check_count) == (JobKind.EXECUTE_CHECK_BATCH, 1)
    await world.work()
    assert [result.check_id for result in await world.results(job_id=batch.id)] == [on.id]


async def test_a_batch_that_selects_nothing_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        await world.batch(CheckSelector(schema_name="nothing"))
    assert caught.value.violations[0].reason == "NO_CHECKS_SELECTED"
    assert world.queue.ids == []


async def test_a_batch_of_checks_that_do_not_exist_names_them(world: World) -> None:
    check, gone = await world.check("row_count", "orders"), new_id()
    with pytest.raises(Invalid, match=gone):
        await world.batch(CheckSelector(check_ids=(check.id, gone, "nonsense")))
    with pytest.raises(NotFound):
        await runs.run_check(world.deps, world.who, gone)


async def test_everything_wrong_with_a_batch_is_told_at_once(world: World) -> None:
    now = datetime.now(UTC)
    selector = CheckSelector(check_ids=("x",) * 10_001, check_type="row_cuont", labels={"": "x"})
    with pytest.raises(Invalid) as caught:
        await runs.run_batch(world.deps, world.who, selector, Order("no spaces"), PeriodWindow(now, now))
    fields = {violation.field for violation in caught.value.violations}
    assert {"request_id", "selector.check_ids", "selector.check_type", "window.end_time"} <= fields


CALENDAR_ENDS = [((1, 1, 1), (1, 1, 2)), ((9999, 12, 30), (9999, 12, 31)), ((1, 1, 1), (9999, 12, 31))]


@pytest.mark.parametrize(("start", "end"), CALENDAR_ENDS)
async def test_a_window_at_the_end_of_the_calendar_is_refused(
    world: World, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    check = await world.check("row_count", "orders", mode=Mode.PARTITIONED, partition_column="placed_on")
    window = PeriodWindow(datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC))
    with pytest.raises(Invalid, match="window: must lie within the years 1000 to 9000"):
        await runs.run_check(world.deps, world.who, check.id, window=window)
    assert world.queue.ids == []


async def test_a_run_of_partitions_reads_the_window_it_names(world: World) -> None:
    check = await world.check("row_count", "orders", mode=Mode.PARTITIONED, partition_column="placed_on")
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    window = PeriodWindow(today - timedelta(days=3), today - timedelta(days=1))
    job = await runs.run_check(world.deps, world.who, check.id, window=window)
    assert (await world.job(job)).window == window
    await world.work()
    found = await world.results(job_id=job.id)
    assert {result.time_period for result in found} == {today - timedelta(days=3), today - timedelta(days=2)}


async def test_a_job_is_watched_until_its_end(world: World) -> None:
    job = await world.run(await world.check("row_count", "orders"))
    watching = asyncio.create_task(_states(world, job.id))
    await asyncio.sleep(0.5)
    await world.work()
    states = await asyncio.wait_for(watching, 10)
    assert states[0] is JobState.QUEUED
    assert states[-1] is JobState.SUCCEEDED
    assert await _states(world, job.id) == [JobState.SUCCEEDED]


async def test_jobs_are_listed_newest_first_and_by_state(world: World) -> None:
    check = await world.check("row_count", "orders")
    first = await world.run(check)
    await world.work()
    second = await world.run(check)
    listed = (await jobs.list_jobs(world.deps, world.who, ALL)).items
    assert [job.id for job in listed] == [second.id, first.id]
    queued = (await jobs.list_jobs(world.deps, world.who, ALL, [JobState.QUEUED])).items
    assert [job.id for job in queued] == [second.id]


async def test_a_finished_job_cannot_be_cancelled(world: World) -> None:
    job = await world.run(await world.check("row_count", "orders"))
    await world.work()
    assert (await jobs.cancel_job(world.deps, world.who, job.id)).state is JobState.SUCCEEDED


async def _states(world: World, id: str) -> list[JobState]:
    return [job.state async for job in jobs.watch_job(world.deps, world.who, id)]
