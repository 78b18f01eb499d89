"""Puts the adapters together, for the composition roots: the one place that chooses them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast

from arq.connections import ArqRedis
from sqlalchemy.pool import QueuePool

from dq_platform.adapters.arq_queue import ArqQueue, open_redis
from dq_platform.adapters.bcrypt_hasher import BcryptHasher
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.notify.destinations import Destinations
from dq_platform.adapters.notify.outlet import Outlet
from dq_platform.adapters.source_watch import SourceWatch
from dq_platform.adapters.sql.engine import PoolConfig, dispose, make_engine
from dq_platform.adapters.sql.maintenance import SqlMaintenance
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app.deps import Deps
from dq_platform.app.limits import JobLimits
from dq_platform.clock import SystemClock
from dq_platform.connectors.base import Guards
from dq_platform.connectors.file_places import FilePlaces
from dq_platform.connectors.references import References
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.settings import CoreSettings
from telemetry.parts import Telemetry

SPARE = 2
REDIS_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process is made of; `uow.ping` raises StoreUnavailable while the store does not answer.

    `outlet` is where messages leave; links in them begin with `public_url`, empty: there are none.
    """

    deps: Deps
    redis: ArqRedis
    maintenance: SqlMaintenance
    uow: SqlUow
    telemetry: Telemetry
    outlet: Outlet
    public_url: str


@asynccontextmanager
async def parts(settings: CoreSettings, name: str, telemetry: Telemetry, tasks: int = 0) -> AsyncIterator[Parts]:
    """Everything, closed at the end; nothing is connected to before its first use.

    `name` is what the store shows. `tasks` is how many run at once that may each hold a connection to store and queue.
    """
    pool = PoolConfig(size=max(settings.database_pool, tasks + SPARE), application_name=name)
    engine = make_engine(settings.database_url.get_secret_value(), pool)
    redis = open_redis(settings.redis_url.get_secret_value(), max_connections=tasks + REDIS_CONNECTIONS)
    store = telemetry.metrics.store
    store.watch_pool(cast("QueuePool", engine.pool).checkedout, pool.size)
    uow = SqlUow(engine, FernetCipher(settings.encryption_key.get_secret_value()), store.unavailable)
    guards = Guards(statement_timeout=settings.statement_timeout, files=FilePlaces(settings.file_directories))
    references = References(variables=settings.source_variables)
    options = SourceOptions(
        settings.source_sessions, guards=guards, references=references, watch=partial(SourceWatch, telemetry)
    )
    try:
        async with Sources(options) as sources:
            hasher = BcryptHasher(settings.bcrypt_rounds)
            limits = JobLimits(settings.job_timeout, settings.max_queued_units)
            deps = Deps(uow, ArqQueue(redis, telemetry.tracer), SystemClock(), hasher, sources, limits)
            outlet = Outlet(Destinations(settings.notification_networks))
            yield Parts(deps, redis, SqlMaintenance(engine), uow, telemetry, outlet, settings.public_url)
    finally:
        await redis.aclose()
        await dispose(engine)
