"""Our own store goes away and comes back, under a running worker and cron."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from arq.connections import ArqRedis

from dq_platform.adapters.arq_queue import ArqQueue
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, dispose, make_engine
from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.errors import StoreUnavailable
from dq_platform.models.job import JobState
from local.ports import any_free
from local.postgres import EmbeddedPostgres, PostgresConfig
from tests.engines.places import reachable_directory
from tests.integration.work.conftest import ENCRYPTION_KEY
from tests.integration.work.processes import process, until
from tests.integration.work.world import Shop, World, new_world


@pytest.fixture(scope="module")
def store() -> Iterator[EmbeddedPostgres]:
    """A server for our store alone, which the test may stop; the source goes on."""
    with reachable_directory() as directory:
        config = PostgresConfig(directory, any_free(), "only for tests", directory / "postgres.log", durable=False)
        with EmbeddedPostgres(config) as postgres:
            postgres.create_database("dq")
            upgrade(postgres.url("dq"))
            yield postgres


@pytest.fixture
async def told(store: EmbeddedPostgres, shop: Shop, redis: ArqRedis) -> AsyncIterator[World]:
    engine = make_engine(store.url("dq"), PoolConfig(size=4))
    async with new_world(SqlUow(engine, FernetCipher(ENCRYPTION_KEY)), shop) as world:
        yield world.using(ArqQueue(redis))
    await dispose(engine)


async def test_workers_and_cron_outlive_an_outage_and_finish_what_it_interrupted(
    store: EmbeddedPostgres, told: World, redis_url: str, tmp_path: Path
) -> None:
    told.shop.run("CREATE VIEW rather_slow AS SELECT 1 AS id, pg_sleep(2)::text AS slept")
    settings = {"DATABASE_URL": store.url("dq"), "REDIS_URL": redis_url, "ENCRYPTION_KEY": ENCRYPTION_KEY}
    environment = settings | {"DQ_LEASE": "3", "DQ_LOG_FORMAT": "json"}
    ready = [tmp_path / "worker", tmp_path / "cron"]
    with ExitStack() as stack:
        running = [
            stack.enter_context(process(module, environment, mark))
            for module, mark in zip(("workers", "workers.cron"), ready, strict=True)
        ]
        await until(lambda: all(mark.exists() for mark in ready))
        interrupted = await told.run(await told.check("nulls_percent", "rather_slow.slept"))
        await until(lambda: told.shop.running("slept"))
        await asyncio.to_thread(store.stop)
        with pytest.raises(StoreUnavailable):
            await told.job(interrupted)
        await asyncio.sleep(3)
        await asyncio.to_thread(store.start)
        fresh = await told.run(await told.check("row_count", "orders"))
        async with asyncio.timeout(60):
            for job in (fresh, interrupted):
                while not (await told.job(job)).state.is_final:  # noqa: ASYNC110  # another process sets no events
                    await asyncio.sleep(0.1)
        assert [(await told.job(job)).state for job in (fresh, interrupted)] == [JobState.SUCCEEDED] * 2
        await until(lambda: "chore.works_again" in ready[1].with_suffix(".log").read_text())
        assert [child.poll() for child in running] == [None, None]
    log = ready[1].with_suffix(".log").read_text()
    assert "Traceback" not in log + ready[0].with_suffix(".log").read_text()
