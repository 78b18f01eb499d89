from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix, job_key_prefix
from arq.worker import Worker, func

from dq_platform.adapters.arq_queue import (
    FUNCTION,
    HEAD_START,
    QUEUE_NAME,
    ArqQueue,
    deserialize,
    open_redis,
    serialize,
)
from dq_platform.models.job import Priority
from local.ports import any_free
from local.redis import EmbeddedRedis, RedisConfig


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    place: Path = tmp_path_factory.mktemp("redis")
    with EmbeddedRedis(RedisConfig(place, any_free(), place / "log", durable=False)) as redis:
        yield redis


@pytest.fixture
async def redis(server: EmbeddedRedis) -> AsyncIterator[ArqRedis]:
    client = open_redis(server.url)
    await client.flushall()
    yield client
    await client.aclose()


async def work(redis: ArqRedis, max_jobs: int = 1) -> list[str]:
    """What a worker of arq runs, in its order, until the queue is empty."""
    ran: list[str] = []

    async def run_units(_context: dict[Any, Any], *unit_ids: str) -> None:
        ran.extend(unit_ids)

    worker = Worker(
        [func(run_units, name=FUNCTION)],
        redis_pool=redis,
        queue_name=QUEUE_NAME,
        burst=True,
        poll_delay=0.01,
        max_jobs=max_jobs,
        keep_result=0,
        handle_signals=False,
        job_serializer=serialize,
        job_deserializer=deserialize,
    )
    await worker.async_run()
    return ran


async def test_a_worker_of_arq_runs_what_was_told(redis: ArqRedis) -> None:
    await ArqQueue(redis).enqueue([["u-1"], ["u-2"]], Priority.NORMAL)
    assert sorted(await work(redis)) == ["u-1", "u-2"]
    assert await redis.keys("arq:job:*") == []


async def test_what_is_written_is_what_arq_itself_would_write(redis: ArqRedis) -> None:
    await redis.enqueue_job(FUNCTION, "theirs", _job_id="theirs")
    await ArqQueue(redis).enqueue([["ours"]], Priority.LOW)
    theirs, ours = [deserialize(await redis.get(f"{job_key_prefix}{name}")) for name in ("theirs", "ours")]
    assert {**ours, "et": 0, "a": []} == {**theirs, "et": 0, "a": []}
    assert ours["a"] == ["ours"]
    scores = {name.decode(): score for name, score in await redis.zrange(QUEUE_NAME, 0, -1, withscores=True)}
    assert abs(scores["ours"] - scores["theirs"]) < 60_000
    assert await redis.pttl(f"{job_key_prefix}ours") > 86_000_000


async def test_a_higher_priority_is_served_first(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    await queue.enqueue([["low"]], Priority.LOW)
    await queue.enqueue([["normal"]], Priority.NORMAL)
    await queue.enqueue([["high"]], Priority.HIGH)
    assert await work(redis) == ["high", "normal", "low"]


async def test_waiting_raises_a_low_priority_above_a_fresh_high_one(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    await queue.enqueue([["low"]], Priority.LOW)
    waited = HEAD_START[Priority.HIGH] + timedelta(seconds=1)
    await redis.zincrby(QUEUE_NAME, -waited.total_seconds() * 1000, "low")
    await queue.enqueue([["high"]], Priority.HIGH)
    assert await work(redis) == ["low", "high"]


async def test_telling_twice_runs_once_and_keeps_the_place(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    await queue.enqueue([["first"]], Priority.NORMAL)
    before = await redis.zscore(QUEUE_NAME, "first")
    await asyncio.sleep(0.005)
    await queue.enqueue([["first"]], Priority.NORMAL)
    assert await redis.zscore(QUEUE_NAME, "first") == before
    assert await work(redis) == ["first"]


async def test_telling_again_frees_a_unit_whose_worker_died(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    await queue.enqueue([["orphan"]], Priority.NORMAL)
    await redis.psetex(f"{in_progress_key_prefix}orphan", 3_600_000, b"1")
    await queue.enqueue([["orphan"]], Priority.NORMAL)
    assert await work(redis) == ["orphan"]


async def test_thousands_are_told_at_once(redis: ArqRedis) -> None:
    ids = [[f"u-{number}"] for number in range(2_500)]
    await ArqQueue(redis).enqueue(ids, Priority.NORMAL)
    assert await redis.zcard(QUEUE_NAME) == len(ids)
    assert len(await redis.keys("arq:job:*")) == len(ids)


async def test_nothing_to_tell_is_fine(redis: ArqRedis) -> None:
    await ArqQueue(redis).enqueue([], Priority.HIGH)
    assert await redis.zcard(QUEUE_NAME) == 0


async def test_an_absent_redis_is_a_warning_not_an_error() -> None:
    client = open_redis(f"redis://127.0.0.1:{any_free()}/0")
    with structlog.testing.capture_logs() as lines:
        await ArqQueue(client).enqueue([["u-1"], ["u-2"]], Priority.HIGH)
    await client.aclose()
    assert lines == [{"event": "queue.absent", "error": "ConnectionError", "units": 2, "log_level": "warning"}]


async def test_a_redis_that_does_not_answer_is_given_up_at_the_deadline() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    port = any_free()
    async with await asyncio.start_server(say_nothing, "127.0.0.1", port):
        client = open_redis(f"redis://127.0.0.1:{port}/0")
        started = time.monotonic()
        with structlog.testing.capture_logs() as lines:
            await ArqQueue(client, deadline=timedelta(seconds=0.2)).enqueue([["u-1"]], Priority.HIGH)
        assert time.monotonic() - started < 4
        await client.aclose()
    assert [line["event"] for line in lines] == ["queue.absent"]


async def test_a_task_brings_all_of_its_units_though_one_is_told_again(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    await queue.enqueue([["u-1", "u-2"]], Priority.NORMAL)
    await queue.enqueue([["u-1"]], Priority.NORMAL)
    assert await work(redis) == ["u-1", "u-2"]
