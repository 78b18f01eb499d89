"""Real servers on a real PostgreSQL and Redis; the source is a database on the same PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.settings import ServerSettings
from local.ports import any_free
from local.redis import EmbeddedRedis, RedisConfig
from tests.engines.places import reachable_directory
from tests.engines.postgres import PostgresServer
from tests.services.platform import Account, Platform, platform
from tests.services.shop import SOURCE, Shop, new_shop

TABLES = """
    CREATE SCHEMA shop;
    CREATE TABLE shop.orders (
        id bigint PRIMARY KEY, status text NOT NULL, amount numeric(10, 2), placed_on date NOT NULL
    );
    COMMENT ON COLUMN shop.orders.amount IS 'what it cost';
    INSERT INTO shop.orders
        SELECT n, CASE WHEN n % 10 = 0 THEN 'draft' ELSE 'paid' END, CASE WHEN n % 4 = 0 THEN NULL ELSE n END,
            DATE '2026-01-01' + n % 5
        FROM generate_series(1, 100) AS n;
    CREATE VIEW shop.paid_orders AS SELECT * FROM shop.orders WHERE status = 'paid';
    CREATE TABLE shop.customers (id bigint PRIMARY KEY, name text);
"""


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        server.create_database(SOURCE)
        server.create_database("dq")
        with closing(server.connect(SOURCE)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(TABLES)
        upgrade(server.url("dq"))
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with reachable_directory() as directory:
        config = RedisConfig(directory, any_free(), directory / "redis.log", durable=False)
        with EmbeddedRedis(config) as redis:
            yield redis.url


@pytest.fixture(scope="session")
def settings(postgres: PostgresServer, redis_url: str) -> ServerSettings:
    return ServerSettings(
        DATABASE_URL=postgres.url("dq"),
        REDIS_URL=redis_url,
        ENCRYPTION_KEY=Fernet.generate_key().decode(),
        DQ_BCRYPT_ROUNDS=4,
        DQ_NOTIFICATION_NETWORKS="127.0.0.2/32",
        DQ_PUBLIC_URL="https://dq.example.com/",
    )


@pytest.fixture(scope="session")
async def servers(settings: ServerSettings) -> AsyncIterator[Platform]:
    async with platform(settings) as running:
        yield running


@pytest.fixture
async def account(servers: Platform) -> Account:
    return await servers.account(f"w-{uuid4().hex}")


@pytest.fixture
async def stranger(servers: Platform) -> Account:
    """Another workspace on the same servers."""
    return await servers.account(f"w-{uuid4().hex}")


@pytest.fixture
async def shop(account: Account, postgres: PostgresServer) -> Shop:
    return await new_shop(account, postgres)
