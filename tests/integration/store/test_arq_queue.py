from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from arq.connections import ArqRedis

from dq_platform import log
from dq_platform.adapters.arq_queue import MOST_TOKENS, QUEUE_NAME, ArqQueue, open_redis
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


async def tokens(redis: ArqRedis) -> list[bytes]:
    """As a worker sees them, the first first."""
    return list(await redis.zrangebyscore(QUEUE_NAME, min=float("-inf"), max=time.time() * 1000 + 1))


async def test_there_is_a_token_for_each_task_and_a_worker_sees_it_at_once(redis: ArqRedis) -> None:
    await ArqQueue(redis).wake(3, Priority.LOW)
    assert len(set(await tokens(redis))) == 3


async def test_a_higher_priority_is_seen_first(redis: ArqRedis) -> None:
    queue, seen = ArqQueue(redis), []
    for priority in Priority:
        before = await tokens(redis)
        await queue.wake(1, priority)
        seen += [one for one in await tokens(redis) if one not in before]
    assert await tokens(redis) == seen[::-1]


async def test_a_token_that_waited_long_enough_is_seen_before_a_fresh_one_of_high_priority(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    await queue.wake(1, Priority.LOW)
    [low] = await tokens(redis)
    waited = Priority.HIGH.head_start + timedelta(seconds=1)
    await redis.zincrby(QUEUE_NAME, -waited.total_seconds() * 1000, low)
    await queue.wake(1, Priority.HIGH)
    assert (await tokens(redis))[0] == low


async def test_no_more_tokens_wait_than_workers_need_and_the_first_stay(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    await queue.wake(2, Priority.HIGH)
    high = await tokens(redis)
    await queue.wake(100_000, Priority.LOW)
    assert len(await tokens(redis)) == MOST_TOKENS
    assert (await tokens(redis))[:2] == high


async def test_nothing_to_tell_is_fine(redis: ArqRedis) -> None:
    await ArqQueue(redis).wake(0, Priority.HIGH)
    assert await tokens(redis) == []


async def test_an_absent_redis_is_a_warning_not_an_error() -> None:
    client = open_redis(f"redis://127.0.0.1:{any_free()}/0")
    with structlog.testing.capture_logs() as lines:
        await ArqQueue(client).wake(2, Priority.HIGH)
    await client.aclose()
    assert lines == [{"event": "queue.absent", "error": "ConnectionError", "tasks": 2, "log_level": "warning"}]


async def test_a_redis_that_does_not_answer_is_given_up_at_the_deadline() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    port = any_free()
    async with await asyncio.start_server(say_nothing, "127.0.0.1", port):
        client = open_redis(f"redis://127.0.0.1:{port}/0")
        started = time.monotonic()
        with structlog.testing.capture_logs() as lines:
            await ArqQueue(client, deadline=timedelta(seconds=0.2)).wake(1, Priority.HIGH)
        assert time.monotonic() - started < 4
        await client.aclose()
    assert [line["event"] for line in lines] == ["queue.absent"]


async def test_a_job_that_is_placed_keeps_the_request_it_came_with(redis: ArqRedis) -> None:
    queue = ArqQueue(redis)
    with log.context(request_id="r-1"), queue.placing("j-1") as origin:
        assert origin == {"request_id": "r-1"}
    with queue.placing("j-2") as origin:
        assert origin == {}
