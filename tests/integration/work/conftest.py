"""Real servers for use cases, workers and cron: one PostgreSQL for our store and the source, one Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from arq.connections import ArqRedis
from cryptography.fernet import Fernet
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.arq_queue import open_redis
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, make_engine
from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.ids import new_id
from local.ports import any_free
from local.redis import EmbeddedRedis, RedisConfig
from tests.engines.mariadb import MariaDBServer
from tests.engines.postgres import PostgresServer
from tests.integration.work import marts
from tests.integration.work.marts import Mart
from tests.integration.work.world import SHOP, Shop, World, new_world

ENCRYPTION_KEY = Fernet.generate_key().decode()


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory: Path = tmp_path_factory.mktemp("redis")
    with EmbeddedRedis(RedisConfig(directory, any_free(), directory / "redis.log", durable=False)) as redis:
        yield redis.url


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[ArqRedis]:
    """Redis, empty."""
    client = open_redis(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def store_template(server: PostgresServer) -> str:
    """The name of a migrated database that nobody connects to."""
    server.create_database("store_template")
    upgrade(server.url("store_template"))
    return "store_template"


@pytest.fixture(scope="module")
def store_url(server: PostgresServer, store_template: str) -> Iterator[str]:
    with copied(server, store_template) as name:
        yield server.url(name)


@pytest.fixture(scope="module")
async def engine(store_url: str) -> AsyncIterator[AsyncEngine]:
    engine = AsyncEngine(make_engine(store_url, PoolConfig(size=16)))
    yield engine
    await engine.dispose()


@pytest.fixture(scope="module")
def uow(engine: AsyncEngine) -> SqlUow:
    return SqlUow(engine.sync_engine, FernetCipher(ENCRYPTION_KEY))


@pytest.fixture(scope="session")
def shop_template(server: PostgresServer) -> Shop:
    server.create_database("shop")
    shop = Shop(server, "shop")
    shop.run(SHOP)
    return shop


@pytest.fixture
def shop(shop_template: Shop) -> Iterator[Shop]:
    """A copy of the shop that the test may spoil."""
    with copied(shop_template.server, shop_template.database) as name:
        yield Shop(shop_template.server, name)


@pytest.fixture
async def world(uow: SqlUow, shop: Shop) -> AsyncIterator[World]:
    async with new_world(uow, shop) as world:
        yield world


@pytest.fixture
async def other(uow: SqlUow, shop: Shop) -> AsyncIterator[World]:
    """Another workspace on the same store."""
    async with new_world(uow, shop) as world:
        yield world


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDBServer]:
    with MariaDBServer() as server:
        yield server


@pytest.fixture(params=marts.KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """An engine; a test that asks for a mart runs with one on each."""
    return str(request.param)


@pytest.fixture
async def mart(kind: str, world: World, request: pytest.FixtureRequest, tmp_path: Path) -> Mart:
    if kind == "postgresql":
        return await marts.postgresql(world)
    if kind == "mysql":
        return await marts.mysql(world, request.getfixturevalue("mariadb"))
    return await marts.duck(world, tmp_path)


@contextmanager
def copied(server: PostgresServer, template: str) -> Iterator[str]:
    """The name of a database like the template, which is gone after the block."""
    name = f"copy_{new_id()}"
    _execute(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield name
    finally:
        _execute(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def unavailable(server: PostgresServer, database: str) -> Iterator[None]:
    """Within the block, nobody is connected to the database and nobody can be."""
    name = sql.Identifier(database)
    _execute(server, sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
    ask = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
    _execute(server, ask.format(sql.Literal(database)))
    try:
        yield
    finally:
        _execute(server, sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def _execute(server: PostgresServer, statement: sql.Composed) -> None:
    with closing(server.connect()) as link:
        link.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with link.cursor() as cursor:
            cursor.execute(statement)
