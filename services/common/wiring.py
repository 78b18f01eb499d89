"""What a server gives its use cases: store, queue, hash, sources. The one place of `services` that chooses adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from dq_platform.adapters.arq_queue import ArqQueue, open_redis
from dq_platform.adapters.bcrypt_hasher import BcryptHasher
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, make_engine
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app.access import KeyVerifier
from dq_platform.app.deps import Deps
from dq_platform.clock import SystemClock
from dq_platform.connectors.base import Guards
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.settings import ServerSettings
from services.common.paging import PageTokens


@dataclass(frozen=True, slots=True)
class Parts:
    """What a server is made of. `store_answers` raises while the store does not answer."""

    deps: Deps
    verifier: KeyVerifier
    tokens: PageTokens
    store_answers: Callable[[], Awaitable[object]]


@asynccontextmanager
async def parts(settings: ServerSettings, name: str) -> AsyncIterator[Parts]:
    """Everything, closed at the end; nothing is connected to before its first use. `name` is what the store shows."""
    keys = settings.encryption_key.get_secret_value()
    pool = PoolConfig(size=settings.database_pool, application_name=name)
    engine = make_engine(settings.database_url.get_secret_value(), pool)
    redis = open_redis(settings.redis_url.get_secret_value())
    uow = SqlUow(engine, FernetCipher(keys))
    guards = Guards(statement_timeout=settings.statement_timeout)
    try:
        async with Sources(SourceOptions(limit=settings.source_sessions, guards=guards)) as sources:
            hasher = BcryptHasher(settings.bcrypt_rounds)
            deps = Deps(uow, ArqQueue(redis), SystemClock(), hasher, sources)
            yield Parts(deps, KeyVerifier(deps), PageTokens(first_key(keys)), uow.ping)
    finally:
        await redis.aclose()
        await engine.dispose()


def first_key(keys: str) -> str:
    """The key that encrypts; others only decrypt what was encrypted before they were replaced."""
    return next(key for key in map(str.strip, keys.split(",")) if key)
