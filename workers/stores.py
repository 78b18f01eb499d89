"""Waiting for the stores that a worker or cron cannot work without."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from dq_platform.compose import Parts
from dq_platform.errors import StoreUnavailable

log = structlog.get_logger(__name__)

RETRY = timedelta(milliseconds=500)


async def answer(made: Parts, stop: asyncio.Event) -> bool:
    """Return True when store and queue answer, False if `stop` is set before."""
    told = False
    while not stop.is_set():
        try:
            await made.uow.ping()
            await made.redis.ping()
        except (StoreUnavailable, RedisError, OSError) as error:
            if not told:
                log.warning("waiting_for_stores", error=type(error).__name__)
            told = True
            await asyncio.sleep(RETRY.total_seconds())
        else:
            return True
    return False
