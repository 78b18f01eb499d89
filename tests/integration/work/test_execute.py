from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.engine import make_url

from dq_platform.app import checks, execute, jobs
from dq_platform.app.execute import Ended, ExecuteOptions
from dq_platform.models.check import GroupBy
from dq_platform.models.connection import SettingValue
from dq_platform.models.job import JobState, OutcomeCounts
from dq_platform.models.outcome import Outcome
from tests.integration.work.conftest import unavailable
from tests.integration.work.processes import until
from tests.integration.work.world import NO_PAUSE, World


async def test_a_batch_over_three_tables_is_three_units_and_every_check_has_one_result(world: World) -> None:
    made = [
        await world.check("nulls_percent", "customers.email"),
        await world.check("row_count", "orders"),
        await world.check("nulls_percent", "orders.amount"),
        await world.check("row_count", "payments"),
    ]
    job = await world.batch()
    done = await world.work()
    assert [one.ended for one in done] == [Ended.SUCCEEDED] * 3
    job = await world.job(job)
    assert (job.state, job.unit_count, job.units_done, job.check_count) == (JobState.SUCCEEDED, 3, 3, 4)
    assert job.outcomes == OutcomeCounts(passed=3, error=1)
    found = {result.check_id: result for result in await world.results(job_id=job.id)}
    assert set(found) == {check.id for check in made}
    assert found[made[0].id].value == 20
    assert found[made[0].id].outcome is Outcome.ERROR


async def test_a_unit_is_done_once_however_often_it_is_told(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    ids = world.queue.ids
    world.queue.again(*ids * 2)
    assert len(await world.work()) == 1
    assert await world.claim_all([ids[0]]) == []
    assert len(await world.results(job_id=job.id)) == 1


async def test_a_source_that_cannot_be_reached_is_tried_again_and_heals(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    [unit_id] = world.queue.take()
    good = world.connection
    await _set_settings(world, good.settings | {"port": 1})
    unit = await world.claim(unit_id)
    done = await execute.run_unit(world.deps, unit, NO_PAUSE)
    assert (done.ended, done.pause) == (Ended.RETRYING, timedelta())
    assert await world.results(job_id=job.id) == []
    await _set_settings(world, good.settings)
    unit = await world.claim(unit_id)
    assert unit.attempt == 2
    assert (await execute.run_unit(world.deps, unit, NO_PAUSE)).ended is Ended.SUCCEEDED
    assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_after_the_last_attempt_every_check_has_an_execution_error(world: World) -> None:
    made = [await world.check("row_count", "orders"), await world.check("nulls_percent", "orders.amount")]
    job = await world.batch()
    [unit_id] = world.queue.take()
    await _set_settings(world, world.connection.settings | {"port": 1})
    ended = [(await execute.run_unit(world.deps, await world.claim(unit_id), NO_PAUSE)).ended for _ in range(4)]
    assert ended == [Ended.RETRYING] * 3 + [Ended.FAILED]
    found = await world.results(job_id=job.id)
    assert {result.check_id for result in found} == {check.id for check in made}
    assert {(result.outcome, result.error_reason) for result in found} == {
        (Outcome.EXECUTION_ERROR, "SOURCE_UNREACHABLE")
    }
    job = await world.job(job)
    assert (job.state, job.outcomes) == (JobState.FAILED, OutcomeCounts(execution_error=2))
    assert job.error is not None
    assert job.error.reason == "SOURCE_UNREACHABLE"
    assert job.error.message.isprintable()


async def test_a_wrong_password_is_never_tried_again(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    await _set_settings(world, world.connection.settings | {"password": "not-the-password"})
    [done] = await world.work()
    assert done.ended is Ended.FAILED
    [result] = await world.results(job_id=job.id)
    assert result.error_reason == "SOURCE_CREDENTIALS"
    assert "not-the-password" not in result.message


async def test_a_table_that_is_gone_fails_its_checks_alone(world: World) -> None:
    gone = await world.check("row_count", "payments")
    sound = await world.check("row_count", "orders")
    job = await world.batch()
    world.shop.run("DROP TABLE payments")
    await world.work()
    found = {result.check_id: result for result in await world.results(job_id=job.id)}
    assert found[gone.id].error_reason == "TABLE_NOT_FOUND"
    assert found[sound.id].outcome is Outcome.PASSED
    job = await world.job(job)
    assert (job.state, job.outcomes) == (JobState.FAILED, OutcomeCounts(passed=1, execution_error=1))


async def test_a_check_deleted_meanwhile_is_left_out(world: World) -> None:
    kept, gone = await world.check("row_count", "orders"), await world.check("nulls_percent", "orders.amount")
    job = await world.batch()
    await checks.delete_check(world.deps, world.who, gone.id)
    await world.work()
    assert [result.check_id for result in await world.results(job_id=job.id)] == [kept.id]
    assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_a_unit_whose_checks_are_all_deleted_succeeds_with_nothing(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    await checks.delete_check(world.deps, world.who, check.id)
    [done] = await world.work()
    assert done.ended is Ended.SUCCEEDED
    assert (await world.job(job)).outcomes == OutcomeCounts()


async def test_cancel_stops_the_statement_on_the_source(world: World) -> None:
    check = await world.check("nulls_percent", "slow.slept")
    job = await world.run(check)
    working = asyncio.create_task(world.work())
    await until(lambda: world.shop.running("slept"))
    job = await jobs.cancel_job(world.deps, world.who, job.id)
    assert (job.state, job.cancel_requested) == (JobState.RUNNING, True)
    [done] = await working
    assert done.ended is Ended.CANCELLED
    assert world.shop.running("slept") == 0
    assert (await world.job(job)).state is JobState.CANCELLED
    assert await world.results(job_id=job.id) == []


async def test_a_job_cancelled_before_it_begins_never_runs(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    job = await jobs.cancel_job(world.deps, world.who, job.id)
    assert job.state is JobState.CANCELLED
    assert await world.work() == []


async def test_a_unit_with_a_dead_worker_whose_job_is_cancelled_ends_cancelled(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    [unit_id] = world.queue.take()
    await world.claim(unit_id)
    await jobs.cancel_job(world.deps, world.who, job.id)
    world.clock.advance(timedelta(minutes=1))
    done = await execute.run_unit(world.deps, await world.claim(unit_id), NO_PAUSE)
    assert done.ended is Ended.CANCELLED
    assert (await world.job(job)).state is JobState.CANCELLED


async def test_a_claim_that_was_lost_records_nothing(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    [unit_id] = world.queue.take()
    first = await world.claim(unit_id)
    world.clock.advance(timedelta(minutes=1))
    second = await world.claim(unit_id)
    assert (await execute.run_unit(world.deps, first, NO_PAUSE)).ended is Ended.LOST
    assert await world.results(job_id=job.id) == []
    assert (await world.incidents()) == []
    assert (await execute.run_unit(world.deps, second, NO_PAUSE)).ended is Ended.SUCCEEDED
    assert len(await world.results(job_id=job.id)) == 1


async def test_a_lease_is_renewed_while_the_work_goes_on(world: World) -> None:
    world.shop.run("CREATE VIEW rather_slow AS SELECT 1 AS id, pg_sleep(3)::text AS slept")
    check = await world.check("nulls_percent", "rather_slow.slept")
    await world.run(check)
    [unit_id] = world.queue.take()
    options = ExecuteOptions(backoff=lambda _: timedelta(), lease=timedelta(seconds=2))
    [unit] = await world.claim_all([unit_id], options)
    assert unit is not None
    working = asyncio.create_task(execute.run_unit(world.deps, unit, options))
    await asyncio.sleep(2.5)
    assert await world.claim_all([unit_id], options) == []
    assert (await working).ended is Ended.SUCCEEDED


async def test_a_store_that_is_away_for_a_moment_loses_no_work(world: World, store_url: str) -> None:
    world.shop.run("CREATE VIEW rather_slow AS SELECT 1 AS id, pg_sleep(4)::text AS slept")
    job = await world.run(await world.check("nulls_percent", "rather_slow.slept"))
    working = asyncio.create_task(world.work(ExecuteOptions(backoff=lambda _: timedelta(), lease=timedelta(seconds=5))))
    await until(lambda: world.shop.running("slept"))
    with unavailable(world.shop.server, make_url(store_url).database or ""):
        await asyncio.sleep(2.5)
    [done] = await working
    assert done.ended is Ended.SUCCEEDED
    assert (await world.job(job)).outcomes.total == 1


async def test_a_worker_that_loses_its_claim_stops_its_statement(world: World) -> None:
    check = await world.check("nulls_percent", "slow.slept")
    await world.run(check)
    [unit_id] = world.queue.take()
    options = ExecuteOptions(backoff=lambda _: timedelta(), lease=timedelta(seconds=3))
    [unit] = await world.claim_all([unit_id], options)
    assert unit is not None
    working = asyncio.create_task(execute.run_unit(world.deps, unit, options))
    await until(lambda: world.shop.running("slept"))
    world.clock.advance(timedelta(minutes=1))
    await world.claim(unit_id)
    assert (await working).ended is Ended.LOST
    assert world.shop.running("slept") == 0


async def test_a_unit_handed_back_is_free_at_once_and_spends_no_attempt(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    [unit_id] = world.queue.take()
    for _ in range(6):
        await execute.hand_back(world.deps, await world.claim(unit_id))
    unit = await world.claim(unit_id)
    assert unit.attempt == 7
    assert (await execute.run_unit(world.deps, unit, NO_PAUSE)).ended is Ended.SUCCEEDED
    assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_a_unit_that_kills_its_workers_fails_in_the_end(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    [unit_id] = world.queue.take()
    for _ in range(4):
        await world.claim(unit_id)
        world.clock.advance(timedelta(minutes=1))
    done = await execute.run_unit(world.deps, await world.claim(unit_id), NO_PAUSE)
    assert done.ended is Ended.FAILED
    [result] = await world.results(job_id=job.id)
    assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "INTERNAL")


async def test_a_unit_that_crashes_is_tried_four_times_and_then_fails(world: World) -> None:
    check = await world.check("row_count", "orders")
    job = await world.run(check)
    [unit_id] = world.queue.take()
    ended = [(await execute.crashed(world.deps, await world.claim(unit_id), NO_PAUSE)).ended for _ in range(4)]
    assert ended == [Ended.RETRYING] * 3 + [Ended.FAILED]
    job = await world.job(job)
    assert (job.state, job.outcomes) == (JobState.FAILED, OutcomeCounts(execution_error=1))
    assert job.error is not None
    assert job.error.reason == "INTERNAL"


@pytest.mark.parametrize("grouped", [False, True])
async def test_what_was_measured_is_kept_with_its_groups(world: World, *, grouped: bool) -> None:
    group_by = (GroupBy(column="country"),) if grouped else ()
    check = await world.check("nulls_percent", "customers.email", group_by=group_by)
    job = await world.run(check)
    await world.work()
    [result] = await world.results(job_id=job.id)
    assert result.data_group == ('["DE"]' if grouped else "")


async def _set_settings(world: World, settings: Mapping[str, SettingValue]) -> None:
    async with world.deps.uow() as tx:
        stored = await tx.connections.get(world.who.workspace_id, world.connection.id)
        await tx.connections.update(replace(stored, settings=settings), stored.version)
        await tx.commit()
