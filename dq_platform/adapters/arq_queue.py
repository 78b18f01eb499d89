"""The queue that wakes workers: one arq queue in Redis, served in order of priority and age."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

import structlog
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix, job_key_prefix, retry_key_prefix
from arq.jobs import serialize_job
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

from dq_platform.log import bound
from dq_platform.models.job import Priority
from telemetry.tracing import NoTracer, Tracer

log = structlog.get_logger()

QUEUE_NAME = "dq:units"
FUNCTION = "run_units"
HEAD_START: Mapping[Priority, timedelta] = MappingProxyType(
    {Priority.HIGH: timedelta(seconds=120), Priority.NORMAL: timedelta(seconds=60), Priority.LOW: timedelta()}
)
"""How much older a unit of this priority counts than it is: it overtakes what is younger than that, and no more."""
FORGOTTEN_AFTER = timedelta(days=1)
DEADLINE = timedelta(seconds=1)
CHUNK = 1_000
ORIGIN = "origin"
"""What a task says of its unit's origin, beside the unit's id: the request's id, and W3C's names for its trace."""
REQUEST_ID, JOB_ID = "request_id", "job_id"


def serialize(value: object) -> bytes:
    """How tasks are written to Redis, and the errors that arq keeps for no time at all, by their text."""
    return json.dumps(value, default=str).encode()


def deserialize(stored: bytes) -> dict[str, object]:
    """What `serialize` wrote."""
    value: dict[str, object] = json.loads(stored)
    return value


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
    redis = ArqRedis(pool, serialize, deserialize, QUEUE_NAME)
    # Nobody else has the pool: it ends with the client.
    redis.auto_close_connection_pool = True
    return redis


class ArqQueue:
    """Tells workers of units by id; the unit's row decides what there is to do.

    Telling again keeps a waiting unit's place. It also clears the marks of a worker that died with the unit, which
    would keep arq from starting it again until the longest task would have ended. What was told of a waiting unit's
    origin stays.
    """

    def __init__(self, redis: ArqRedis, tracer: Tracer | None = None, deadline: timedelta = DEADLINE) -> None:
        self._redis = redis
        self._tracer = tracer or NoTracer()
        self._deadline = deadline

    async def enqueue(self, tasks: Sequence[Sequence[str]], priority: Priority) -> None:
        """Returns within the deadline (per 1,000 tasks), whether Redis is there or not."""
        known = bound()
        if JOB_ID not in known:
            return await self._enqueue(tasks, priority, {})
        with self._tracer.span("job.enqueue", "producer") as span:
            span.set("dq.job_id", known[JOB_ID])
            origin = dict(self._tracer.carrier())
            if REQUEST_ID in known:
                origin[REQUEST_ID] = known[REQUEST_ID]
            return await self._enqueue(tasks, priority, origin)

    async def _enqueue(self, tasks: Sequence[Sequence[str]], priority: Priority, origin: Mapping[str, str]) -> None:
        for start in range(0, len(tasks), CHUNK):
            chunk = tasks[start : start + CHUNK]
            try:
                async with asyncio.timeout(self._deadline.total_seconds()):
                    await self._tell(chunk, priority, origin)
            except (RedisError, OSError, TimeoutError) as error:
                untold = sum(map(len, tasks[start:]))
                log.warning("queue.absent", error=type(error).__name__, units=untold)
                return

    async def _tell(self, tasks: Sequence[Sequence[str]], priority: Priority, origin: Mapping[str, str]) -> None:
        """Write what arq's `enqueue_job` would, for all tasks in one round trip instead of three for each.

        A task goes by its first unit's id.
        """
        names = [unit_ids[0] for unit_ids in tasks]
        more = {ORIGIN: dict(origin)} if origin else {}
        now_ms = int(time.time() * 1000)
        score = now_ms - _milliseconds(HEAD_START[priority])
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.delete(*_marks(names))
            for name, unit_ids in zip(names, tasks, strict=True):
                task = serialize_job(FUNCTION, tuple(unit_ids), more, None, now_ms, serializer=serialize)
                # A task that waits keeps all of its units.
                pipe.execute_command("SET", job_key_prefix + name, task, "PX", _milliseconds(FORGOTTEN_AFTER), "NX")
            pipe.zadd(QUEUE_NAME, dict.fromkeys(names, score), nx=True)
            await pipe.execute()


def _marks(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield in_progress_key_prefix + name
        yield retry_key_prefix + name


def _milliseconds(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)
