from __future__ import annotations

import asyncio
import signal
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from arq.connections import ArqRedis
from prometheus_client import generate_latest
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app import access, checks, results, schedules, stored_samples
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.errors import NotFound
from dq_platform.models.job import Job
from dq_platform.models.result import ResultFilter
from local.ports import any_free
from telemetry.parts import Telemetry
from tests.integration.work.conftest import ENCRYPTION_KEY
from tests.integration.work.parts import parts_of
from tests.integration.work.processes import process, queued, until
from tests.integration.work.world import ALL, World
from tests.telemetry.scrape import samples, scrape, value
from workers import cron
from workers.cron import Chore, Kept

MONTH = timedelta(days=30)
KEPT = Kept(MONTH, MONTH, MONTH)


@pytest.fixture
def environment(store_url: str, redis_url: str) -> dict[str, str]:
    return {"DATABASE_URL": store_url, "REDIS_URL": redis_url, "ENCRYPTION_KEY": ENCRYPTION_KEY}


async def test_two_cron_processes_fire_once(
    world: World, environment: dict[str, str], redis: ArqRedis, tmp_path: Path
) -> None:
    await world.check("row_count", "orders")
    schedule = await schedules.create_schedule(world.deps, world.who, ScheduleDraft("now", "* * * * *"))
    async with world.deps.uow() as tx:
        due = datetime.now(UTC) - timedelta(minutes=5)
        await tx.schedules.record([replace(schedule, next_run_time=due)])
        await tx.commit()
    one, two, port = tmp_path / "one", tmp_path / "two", any_free()
    watched = environment | {"DQ_METRICS_PORT": str(port)}
    with process("workers.cron", watched, one) as first, process("workers.cron", environment, two) as second:
        await until(lambda: one.exists() and two.exists())
        await _until_fired(world)
        await asyncio.sleep(2)
        shown = await asyncio.to_thread(scrape, f"http://127.0.0.1:{port}/metrics")
        for cron_process in (first, second):
            cron_process.send_signal(signal.SIGTERM)
        await until(lambda: first.poll() is not None and second.poll() is not None)
        assert (first.returncode, second.returncode) == (0, 0)
    due_times = [job.due_time for job in await _jobs(world)]
    assert len(set(due_times)) == len(due_times)
    assert due in due_times
    assert await queued(redis) >= 1
    assert not one.exists()
    assert value(shown, "dq_cron_chore_duration_seconds_count", chore="fire") >= 1
    assert ("dq_queue_units_waiting", (("priority", "high"),)) in shown
    assert value(shown, "process_resident_memory_bytes") > 0


async def test_cron_measures_the_queue_and_the_lag_of_schedules(
    world: World, uow: SqlUow, engine: AsyncEngine, redis: ArqRedis
) -> None:
    parts = parts_of(world.deps, redis, engine, uow)
    await world.run(await world.check("row_count", "orders"))
    schedule = await schedules.create_schedule(world.deps, world.who, ScheduleDraft("now", "* * * * *"))
    assert schedule.next_run_time
    world.clock.advance(schedule.next_run_time + timedelta(minutes=5) - world.clock.now())
    await cron.measuring(parts).do()
    found = samples(generate_latest(parts.telemetry.metrics.registry).decode())
    assert value(found, "dq_queue_units_waiting", priority="high") >= 1
    assert value(found, "dq_queue_oldest_age_seconds", priority="high") >= 300
    assert value(found, "dq_queue_units_running", priority="low") == 0
    assert value(found, "dq_schedule_lag_seconds") >= 300


async def test_partitions_are_there_ahead_of_time(
    world: World, uow: SqlUow, engine: AsyncEngine, redis: ArqRedis, store_url: str
) -> None:
    upkeep = cron.chores(parts_of(world.deps, redis, engine, uow), KEPT)[0]
    world.clock.advance(timedelta(days=400))
    await upkeep.do()
    name = f"check_results_{world.clock.now():%Y_%m}"
    with closing(psycopg2.connect(store_url)) as link, link.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", (name,))
        assert cursor.fetchone() == (name,)


async def test_old_jobs_are_deleted_and_their_results_stay(
    world: World, uow: SqlUow, engine: AsyncEngine, redis: ArqRedis
) -> None:
    job = await world.run(await world.check("row_count", "orders"))
    await world.work()
    parts = parts_of(world.deps, redis, engine, uow)
    [chore] = [one for one in cron.chores(parts, Kept(timedelta(days=1), MONTH, MONTH)) if one.name == "jobs"]
    await chore.do()
    assert (await world.job(job)).units_done == 1
    world.clock.advance(timedelta(days=31))
    await chore.do()
    with pytest.raises(NotFound):
        await world.job(job)
    assert len(await world.results(job_id=job.id)) == 1


async def test_results_go_when_their_workspace_no_longer_keeps_them_or_with_their_check(
    world: World, uow: SqlUow, engine: AsyncEngine, redis: ArqRedis
) -> None:
    old, other, stays = [await world.check("row_count", "orders") for _ in range(3)]
    for check in (old, other, stays):
        await world.run(check)
        await world.work()
    parts = parts_of(world.deps, redis, engine, uow)
    chores = {chore.name: chore for chore in cron.chores(parts, KEPT)}
    await checks.delete_check(world.deps, world.who, old.id, delete_results=True)
    await checks.delete_check(world.deps, world.who, other.id)
    await chores["deleted_checks"].do()
    await chores["results"].do()
    assert {result.check_id for result in await world.results()} == {other.id, stays.id}
    await access.update_workspace(world.deps, world.who, world.who.workspace_id, {"result_retention_days": 30})
    world.clock.advance(timedelta(days=31))
    await chores["results"].do()
    assert await world.results() == []
    assert [one.check_id for one in (await results.list_latest(world.deps, world.who, ResultFilter(), ALL)).items] == [
        stays.id
    ]


async def test_old_error_samples_are_deleted(world: World, uow: SqlUow, engine: AsyncEngine, redis: ArqRedis) -> None:
    check = await world.check("nulls_count", "customers.email")
    await world.run(check)
    await world.work()
    [result] = await world.results(check_id=check.id)
    parts = parts_of(world.deps, redis, engine, uow)
    [chore] = [one for one in cron.chores(parts, KEPT) if one.name == "samples"]
    await chore.do()
    assert (await stored_samples.get_samples(world.deps, world.who, result.id)).rows
    world.clock.advance(timedelta(days=31))
    await chore.do()
    with pytest.raises(NotFound):
        await stored_samples.get_samples(world.deps, world.who, result.id)


async def test_a_chore_that_fails_is_tried_again_until_it_works() -> None:
    stop, calls = asyncio.Event(), []

    async def fragile() -> None:
        calls.append(1)
        if len(calls) == 1:
            message = "the store is away"
            raise ConnectionError(message)
        stop.set()

    metrics = Telemetry().metrics
    await cron.repeat(Chore("fragile", timedelta(milliseconds=1), fragile), stop, metrics.cron)
    assert len(calls) == 2
    found = samples(generate_latest(metrics.registry).decode())
    assert value(found, "dq_cron_chore_failures_total", chore="fragile") == 1
    assert value(found, "dq_cron_chore_duration_seconds_count", chore="fragile") == 1


async def test_a_chore_that_fails_holds_up_no_other() -> None:
    stop, calls = asyncio.Event(), []

    async def broken() -> None:
        message = "always"
        raise ConnectionError(message)

    async def sound() -> None:
        calls.append(1)
        if len(calls) == 3:
            stop.set()

    once = timedelta(milliseconds=1)
    await cron.run([Chore("broken", once, broken), Chore("sound", once, sound)], stop, Telemetry().metrics.cron)
    assert len(calls) == 3


async def _jobs(world: World) -> list[Job]:
    async with world.deps.uow() as tx:
        return list((await tx.jobs.list(world.who.workspace_id, ALL)).items)


async def _until_fired(world: World) -> None:
    for _ in range(200):
        if await _jobs(world):
            return
        await asyncio.sleep(0.1)
    pytest.fail("nothing was fired")
