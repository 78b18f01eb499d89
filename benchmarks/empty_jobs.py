"""A bare worker of arq and jobs that do nothing: python -m benchmarks.empty_jobs REDIS_URL runs one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

QUEUE = "bench:empty"
READY = "ready"
CONCURRENCY = 8
POLL = 0.1


async def nothing(context: Mapping[object, object]) -> None:
    """The job."""


async def enqueue(redis_url: str, count: int) -> None:
    """Queue that many jobs."""
    redis = await _connect(redis_url)
    for number in range(count):
        await redis.enqueue_job("nothing", _job_id=f"empty-{number}")
    await redis.aclose()


async def waiting(redis_url: str) -> int:
    """How many jobs have not ended."""
    redis = await _connect(redis_url)
    count = int(await redis.zcard(QUEUE))
    await redis.aclose()
    return count


async def _connect(redis_url: str) -> ArqRedis:
    return await create_pool(RedisSettings.from_dsn(redis_url), default_queue_name=QUEUE)


async def _work(redis_url: str) -> None:
    worker = Worker(
        [func(nothing, keep_result=0)],  # type: ignore[arg-type]  # arq types its tasks as taking anything
        redis_pool=await _connect(redis_url),
        queue_name=QUEUE,
        max_jobs=CONCURRENCY,
        poll_delay=POLL,
        keep_result=0,
        handle_signals=False,
    )
    print(READY, flush=True)  # whoever started it waits for this
    await worker.async_run()


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1]))
