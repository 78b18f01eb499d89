"""The queue that wakes workers: one arq queue in Redis, whose members say no more than that there is work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import structlog
from arq.connections import ArqRedis
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

from dq_platform.ids import new_id
from dq_platform.log import bound
from dq_platform.models.job import Priority
from telemetry.tracing import NoTracer, Tracer

log = structlog.get_logger()

QUEUE_NAME = "dq:units"
DEADLINE = timedelta(seconds=1)
MOST_TOKENS = 1_000
"""How many tokens wait at most, those of the highest priority: enough to wake every worker."""
REQUEST_ID = "request_id"
"""What an origin calls the request's id, beside W3C's names for its trace."""


def open_redis(redis_url: str, max_connections: int = 10) -> ArqRedis:
    """A client for servers and workers alike; it connects with its first command. `aclose` it at the end."""
    pool = BlockingConnectionPool.from_url(
        redis_url,
        max_connections=max_connections,
        timeout=DEADLINE.total_seconds(),
        socket_connect_timeout=DEADLINE.total_seconds(),
        socket_timeout=5,
        socket_keepalive=True,
    )
    redis = ArqRedis(pool, default_queue_name=QUEUE_NAME)
    # Nobody else has the pool: it ends with the client.
    redis.auto_close_connection_pool = True
    return redis


class ArqQueue:
    """Wakes workers with tokens, one for each task that was stored; what a worker does then the store decides.

    Their scores are moments, less the head start of the priority, so that the highest is seen first.
    """

    def __init__(self, redis: ArqRedis, tracer: Tracer | None = None, deadline: timedelta = DEADLINE) -> None:
        self._redis = redis
        self._tracer = tracer or NoTracer()
        self._deadline = deadline

    @contextmanager
    def placing(self, job_id: str) -> Iterator[Mapping[str, str]]:
        """A span of the trace, in which the job's units will be, and what tells of it and of the request."""
        known = bound()
        with self._tracer.span("job.enqueue", "producer") as span:
            span.set("dq.job_id", job_id)
            request = {REQUEST_ID: known[REQUEST_ID]} if REQUEST_ID in known else {}
            yield {**self._tracer.carrier(), **request}

    async def wake(self, tasks: int, priority: Priority) -> None:
        """Returns within the deadline, whether Redis is there or not."""
        if not tasks:
            return
        score = round((time.time() - priority.head_start.total_seconds()) * 1000)
        tokens = {new_id(): score for _ in range(min(tasks, MOST_TOKENS))}
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                async with self._redis.pipeline(transaction=False) as pipe:
                    pipe.zadd(QUEUE_NAME, tokens)
                    pipe.zremrangebyrank(QUEUE_NAME, MOST_TOKENS, -1)
                    await pipe.execute()
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("queue.absent", error=type(error).__name__, tasks=tasks)
