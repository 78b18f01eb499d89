"""What a server gives its use cases: store, queue, hash, sources. The one place of `services` that chooses adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dq_platform.adapters.arq_queue import ArqQueue, open_redis
from dq_platform.adapters.bcrypt_hasher import BcryptHasher
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, make_engine
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app.access import KeyVerifier
from dq_platform.app.deps import Deps
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.clock import SystemClock
from dq_platform.connectors.sources import Sources
from services.common.paging import PageTokens


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Where store and queue are, and the key, or several with commas between them, that encrypts."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    encryption_key: str = field(repr=False)
    application_name: str = "dq-platform"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a server is made of. `store_answers` raises while the store does not answer."""

    deps: Deps
    verifier: KeyVerifier
    tokens: PageTokens
    store_answers: Callable[[], Awaitable[object]]


@asynccontextmanager
async def parts(config: StoreConfig) -> AsyncIterator[Parts]:
    """Everything, closed at the end. Nothing is connected to before its first use. Raises BadEncryptionKey."""
    cipher = FernetCipher(config.encryption_key)
    engine = make_engine(config.database_url, PoolConfig(application_name=config.application_name))
    redis = open_redis(config.redis_url)
    uow = SqlUow(engine, cipher, types_of_category)
    try:
        async with Sources() as sources:
            deps = Deps(uow, ArqQueue(redis), SystemClock(), BcryptHasher(), sources)
            yield Parts(deps, KeyVerifier(deps), PageTokens(first_key(config.encryption_key)), uow.ping)
    finally:
        await redis.aclose()
        await engine.dispose()


def types_of_category(category: str) -> Sequence[str]:
    return [check_type.name for check_type in CHECK_REGISTRY.items() if check_type.category == category]


def first_key(keys: str) -> str:
    """The key that encrypts; others only decrypt what was encrypted before they were replaced."""
    return next(key for key in map(str.strip, keys.split(",")) if key)
