"""A store that is migrated once and copied for every test module.

`DQ_TEST_TIMESCALE_URL` names a server with TimescaleDB and a user who may create databases: then everything runs there.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest
from cryptography.fernet import Fernet
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, make_engine
from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.ids import new_id
from tests.engines.postgres import PostgresServer
from tests.integration.store.world import World, new_world

TIMESCALE = os.environ.get("DQ_TEST_TIMESCALE_URL", "")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    if TIMESCALE:
        yield TIMESCALE
        return
    with PostgresServer() as server:
        yield server.url()


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """The name of a migrated database to copy; TimescaleDB's own workers would be in the way of copying one."""
    if TIMESCALE:
        yield "template1"
        return
    with database(server_url) as url:
        upgrade(url)
        yield make_url(url).database or ""


@pytest.fixture
def empty_database(server_url: str) -> Iterator[str]:
    """The URL of a database that no migration has seen."""
    with database(server_url) as url:
        yield url


@pytest.fixture(scope="module")
def store_url(server_url: str, template: str) -> Iterator[str]:
    with database(server_url, template) as url:
        if TIMESCALE:
            upgrade(url)
        yield url


@pytest.fixture(scope="module")
async def engine(store_url: str) -> AsyncIterator[AsyncEngine]:
    engine = AsyncEngine(make_engine(store_url, PoolConfig(size=16)))
    yield engine
    await engine.dispose()


@pytest.fixture(scope="module")
def uow(engine: AsyncEngine) -> SqlUow:
    return SqlUow(engine.sync_engine, FernetCipher(Fernet.generate_key().decode()))


@pytest.fixture
async def world(uow: SqlUow) -> World:
    return await new_world(uow)


@pytest.fixture
async def other(uow: SqlUow) -> World:
    """Another workspace in the same store."""
    return await new_world(uow)


@contextmanager
def database(server_url: str, template: str = "") -> Iterator[str]:
    name = f"t_{new_id().replace('-', '')}"
    origin = sql.SQL("TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    _run(server_url, sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), origin))
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    _run(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(server_url: str, statement: sql.Composed) -> None:
    url = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(url)) as connection:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as cursor:
            cursor.execute(statement)
