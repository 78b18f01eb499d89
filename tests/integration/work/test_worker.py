from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from arq.connections import ArqRedis
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.arq_queue import MOST_TOKENS, ArqQueue, open_redis
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app import jobs
from dq_platform.compose import Parts
from dq_platform.models.job import Job, JobState, Priority
from dq_platform.settings import WorkerSettings
from local.ports import any_free
from local.redis import EmbeddedRedis, RedisConfig
from tests.integration.work.conftest import ENCRYPTION_KEY
from tests.integration.work.parts import parts_of
from tests.integration.work.processes import process, queued, until, working
from tests.integration.work.world import World
from workers.__main__ import make_worker


@pytest.fixture
def environment(store_url: str, redis_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": store_url,
        "REDIS_URL": redis_url,
        "ENCRYPTION_KEY": ENCRYPTION_KEY,
        "DQ_LEASE": "3",
        "DQ_LOG_FORMAT": "json",
    }


@pytest.fixture
def settings(environment: Mapping[str, str]) -> WorkerSettings:
    return WorkerSettings(**environment)


@pytest.fixture
def told(world: World, redis: ArqRedis) -> World:
    """The world with a real queue."""
    return world.using(ArqQueue(redis))


@pytest.fixture
def made(told: World, redis: ArqRedis, uow: SqlUow, engine: AsyncEngine) -> Parts:
    return parts_of(told.deps, redis, engine, uow)


@pytest.fixture
async def worker(told: World, made: Parts, settings: WorkerSettings) -> AsyncIterator[None]:
    async with working(told, made, settings):
        yield


async def ended(world: World, job: Job, seconds: float = 30) -> Job:
    async with asyncio.timeout(seconds):
        async for seen in jobs.watch_job(world.deps, world.who, job.id):
            job = seen
    return job


@pytest.mark.usefixtures("worker")
async def test_a_worker_does_a_batch_over_three_tables(told: World, redis: ArqRedis) -> None:
    for table in ("customers", "orders", "payments"):
        await told.check("row_count", table)
    job = await ended(told, await told.batch())
    assert (job.state, job.units_done, job.outcomes.passed) == (JobState.SUCCEEDED, 3, 3)
    assert await queued(redis) == 0
    assert await redis.keys("arq:*") == []


@pytest.mark.usefixtures("worker")
async def test_a_worker_stops_the_statement_of_a_cancelled_job(told: World) -> None:
    job = await told.run(await told.check("nulls_percent", "slow.slept"))
    await until(lambda: told.shop.running("slept"))
    assert (await told.job(job)).current_tables == ((told.connection.id, "public", "slow"),)
    await jobs.cancel_job(told.deps, told.who, job.id)
    job = await ended(told, job)
    assert (job.state, job.current_tables) == (JobState.CANCELLED, ())
    assert told.shop.running("slept") == 0


@pytest.mark.usefixtures("worker")
async def test_a_worker_finds_by_itself_what_it_was_not_told_of(told: World, redis: ArqRedis) -> None:
    job = await told.using(told.queue).run(await told.check("row_count", "orders"))
    assert await queued(redis) == 0
    assert (await ended(told, job, 5)).state is JobState.SUCCEEDED


async def test_tokens_that_told_of_nothing_more_are_forgotten(
    told: World, made: Parts, settings: WorkerSettings, redis: ArqRedis
) -> None:
    for priority in Priority:
        await told.deps.queue.wake(700, priority)
    assert await queued(redis) == MOST_TOKENS
    async with working(told, made, settings):
        job = await told.run(await told.check("row_count", "orders"))
        assert (await ended(told, job, 5)).state is JobState.SUCCEEDED
        async with asyncio.timeout(10):
            while await queued(redis):  # noqa: ASYNC110  # the worker sets no events
                await asyncio.sleep(0.05)


async def test_a_source_that_is_slow_does_not_hold_up_another(
    told: World, made: Parts, settings: WorkerSettings
) -> None:
    """Though there are more tasks of the slow one than the worker has places."""
    slow = [await told.check("nulls_percent", "slow.slept") for _ in range(10)]
    stuck = [await told.run(check) for check in slow]
    quick = await told.connect()
    check = await told.check("row_count", "orders", connection=quick)
    async with working(told, made, settings):
        await until(lambda: told.shop.running("slept") == 4)
        for _ in range(3):
            assert (await ended(told, await told.run(check), 5)).state is JobState.SUCCEEDED
        assert told.shop.running("slept") == 4
        for job in stuck:
            await jobs.cancel_job(told.deps, told.who, job.id)


async def test_a_worker_ends_at_whatever_moment_it_is_told_to(made: Parts, settings: WorkerSettings) -> None:
    for moment in range(1, 100):
        worker = make_worker(made, settings)
        working = asyncio.create_task(worker.async_run())
        for _ in range(moment):
            await asyncio.sleep(0)
        async with asyncio.timeout(20):
            await worker.finish(timedelta(seconds=5))
        await asyncio.wait({working}, timeout=1)
        assert working.cancelled()


async def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    told: World, environment: dict[str, str], tmp_path: Path, made: Parts, settings: WorkerSettings
) -> None:
    told.shop.run("CREATE VIEW rather_slow AS SELECT 1 AS id, pg_sleep(2)::text AS slept")
    for target in ("customers.email", "orders.amount", "payments.paid", "rather_slow.slept"):
        await told.check("nulls_percent", target)
    job = await told.batch()
    with process("workers", environment, tmp_path / "ready") as victim:
        await until(lambda: told.shop.running("slept"))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    assert (await told.job(job)).state is JobState.RUNNING
    async with working(told, made, settings):
        job = await ended(told, job)
    assert (job.state, job.units_done, job.outcomes.total) == (JobState.SUCCEEDED, 4, 4)
    found = await told.results(job_id=job.id)
    assert len({result.check_id for result in found}) == len(found) == 4


async def test_a_worker_that_is_stopped_hands_its_units_back(
    told: World, environment: dict[str, str], tmp_path: Path
) -> None:
    job = await told.run(await told.check("nulls_percent", "slow.slept"))
    ready = tmp_path / "ready"
    with process("workers", environment, ready) as worker:
        await until(lambda: told.shop.running("slept"))
        assert ready.exists()
        worker.send_signal(signal.SIGTERM)
        await until(lambda: worker.poll() is not None)
        assert worker.returncode == 0
    assert not ready.exists()
    assert told.shop.running("slept") == 0
    assert (await told.job(job)).state is JobState.RUNNING
    [unit_id] = told.queue.take()
    assert (await told.claim(unit_id)).attempt == 2


async def test_a_worker_goes_on_when_redis_comes_back(
    world: World, uow: SqlUow, engine: AsyncEngine, environment: dict[str, str], tmp_path: Path
) -> None:
    world.shop.run("CREATE VIEW rather_slow AS SELECT 1 AS id, pg_sleep(3)::text AS slept")
    config = RedisConfig(tmp_path, any_free(), tmp_path / "redis.log", durable=False)
    client = open_redis(f"redis://127.0.0.1:{config.port}/0")
    told = world.using(ArqQueue(client))
    made = parts_of(told.deps, client, engine, uow)
    server = EmbeddedRedis(config)
    server.start()
    async with working(told, made, WorkerSettings(**environment)):
        during = await told.run(await told.check("nulls_percent", "rather_slow.slept"))
        await until(lambda: told.shop.running("slept"))
        await asyncio.to_thread(server.stop)
        without = await told.run(await told.check("row_count", "orders"))
        assert (await ended(told, without, 10)).outcomes.total == 1
        assert (await ended(told, during)).outcomes.total == 1
        server = EmbeddedRedis(config)
        await asyncio.to_thread(server.start)
        later = [await told.run(await told.check("row_count", "orders")) for _ in range(20)]
        for job in later:
            assert (await ended(told, job)).state is JobState.SUCCEEDED
    await client.aclose()
    server.stop()


async def test_a_worker_waits_for_stores_that_are_away(environment: dict[str, str], tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with process("workers", environment | {"REDIS_URL": "redis://127.0.0.1:1/0"}, ready) as worker:
        log = ready.with_suffix(".log")
        await until(lambda: "waiting_for_stores" in log.read_text())
        assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        await until(lambda: worker.poll() is not None)
    assert worker.returncode == 0
    assert not ready.exists()


async def test_wrong_settings_are_told_at_once(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with process("workers", {"DATABASE_URL": "", "REDIS_URL": "", "ENCRYPTION_KEY": ""}, ready) as worker:
        await until(lambda: worker.poll() is not None)
    assert worker.returncode == 2
    assert "DATABASE_URL" in ready.with_suffix(".log").read_text()
