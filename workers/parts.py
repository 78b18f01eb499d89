"""What workers and cron are made of. The one place of `workers` that chooses adapters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from arq.connections import ArqRedis
from asyncpg import PostgresError
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from dq_platform.adapters.arq_queue import ArqQueue, open_redis
from dq_platform.adapters.bcrypt_hasher import BcryptHasher
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, make_engine
from dq_platform.adapters.sql.maintenance import SqlMaintenance
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app.deps import Deps
from dq_platform.clock import SystemClock
from dq_platform.connectors.base import Guards
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.settings import WorkerSettings

log = structlog.get_logger(__name__)

RETRY = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Parts:
    """Use cases' ports, arq's client, and the upkeep of the store."""

    deps: Deps
    redis: ArqRedis
    maintenance: SqlMaintenance
    uow: SqlUow

    async def answer(self, stop: asyncio.Event) -> bool:
        """Return True when store and queue answer, False if `stop` is set before."""
        told = False
        while not stop.is_set():
            try:
                await self.uow.ping()
                await self.redis.ping()
            except (SQLAlchemyError, PostgresError, RedisError, OSError, TimeoutError) as error:
                if not told:
                    log.warning("waiting_for_stores", error=type(error).__name__)
                told = True
                await asyncio.sleep(RETRY.total_seconds())
            else:
                return True
        return False


@asynccontextmanager
async def parts(settings: WorkerSettings, name: str) -> AsyncIterator[Parts]:
    """Everything, closed at the end; nothing is connected to before its first use. `name` is what the store shows."""
    pool = PoolConfig(size=max(settings.database_pool, settings.concurrency + 2), application_name=name)
    engine = make_engine(settings.database_url.get_secret_value(), pool)
    redis = open_redis(settings.redis_url.get_secret_value(), max_connections=settings.concurrency + 10)
    uow = SqlUow(engine, FernetCipher(settings.encryption_key.get_secret_value()))
    guards = Guards(statement_timeout=settings.statement_timeout)
    try:
        async with Sources(SourceOptions(limit=settings.source_sessions, guards=guards)) as sources:
            deps = Deps(uow, ArqQueue(redis), SystemClock(), BcryptHasher(), sources)
            yield Parts(deps, redis, SqlMaintenance(engine), uow)
    finally:
        await redis.aclose()
        await engine.dispose()
