"""One table with the same rows on every engine, and sessions that read it through the platform's own connectors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.mysql_dialect import MySQLDialect
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import Sources
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import TableInfo, TableSnapshot
from tests.engines.mariadb import MariaDBServer
from tests.engines.postgres import PostgresServer

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
COLUMNS = ("id", "customer", "group", "amount", "note", "created_on", "created_at")
TYPES = {
    "postgresql": ("BIGINT", "TEXT", "TEXT", "NUMERIC(20, 4)", "TEXT", "DATE", "TIMESTAMPTZ"),
    "mysql": ("BIGINT", "TEXT", "VARCHAR(40)", "DECIMAL(20, 4)", "TEXT", "DATE", "TIMESTAMP NULL"),
    "duckdb": ("BIGINT", "TEXT", "TEXT", "DECIMAL(20, 4)", "TEXT", "DATE", "TIMESTAMPTZ"),
}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ROWS: list[tuple[Any, ...]] = [
    (1, "ann", "de", Decimal("10.0000"), None, date(2026, 3, 28), _at("2026-03-28T22:30")),  # Berlin: 28 March, 23:30
    (2, None, "DE", Decimal("20.0000"), None, date(2026, 3, 28), _at("2026-03-28T23:30")),  # 29 March, 00:30
    (3, "bob", "fr", None, None, date(2026, 3, 29), _at("2026-03-29T21:59")),  # 29 March, 23:59, summer time
    (4, "eve", "de", Decimal("12345678901234.5678"), "x", date(2026, 3, 30), _at("2026-03-29T22:00")),  # 30 March
    (5, None, None, Decimal("-0.5000"), None, date(2026, 3, 31), _at("2026-03-31T10:00")),  # today, unfinished
    (6, "zoë", "de", None, "", date(2026, 2, 28), _at("2026-02-28T23:00")),  # 1 March
    (7, None, "fr", Decimal("1.0000"), None, date(2026, 2, 28), _at("2026-02-28T22:59")),  # 28 February
    (8, "bob", "fr", Decimal("1.0000"), "y", None, None),
]


@dataclass(frozen=True)
class Shop:
    """The table `order` of one engine; both names are reserved words, as is the column `group`."""

    connection: Connection
    schema: str
    table: str = "order"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Shop]:
    with PostgresServer() as server:
        server.create_database("shop")
        with closing(server.connect("shop")) as link, link.cursor() as cursor:
            for statement in _ddl("postgresql", "public", PostgreSQLDialect()):
                cursor.execute(statement)
            cursor.executemany(f'INSERT INTO public."order" VALUES ({", ".join(["%s"] * len(COLUMNS))})', ROWS)
            link.commit()
        params = server.params
        settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
        yield Shop(_connection("postgresql", settings | {"database": "shop"}), "public")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Shop]:
    with MariaDBServer() as server:
        server.create_database("shop")
        with closing(server.connect("shop")) as link, link.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
            for statement in _ddl("mysql", "shop", MySQLDialect()):
                cursor.execute(statement)
            cursor.executemany(f"INSERT INTO `order` VALUES ({', '.join(['%s'] * len(COLUMNS))})", ROWS)
        params = server.params
        settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
        yield Shop(_connection("mysql", settings | {"database": "shop"}), "shop")


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    path = tmp_path_factory.mktemp("duck") / "shop.duckdb"
    with closing(duckdb.connect(str(path))) as link:
        for statement in _ddl("duckdb", "main", DuckDBDialect()):
            link.execute(statement)
        link.executemany(f'INSERT INTO main."order" VALUES ({", ".join(["?"] * len(COLUMNS))})', ROWS)
    return Shop(_connection("duckdb", {"database": str(path)}), "main")


@pytest.fixture(params=["postgres", "mariadb", "duck"])
def shop(request: pytest.FixtureRequest) -> Shop:
    found: Shop = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def session(shop: Shop) -> AsyncIterator[SourceSession]:
    async with Sources() as sources, sources.session(shop.connection) as session:
        yield session


async def snapshot_of(session: SourceSession, shop: Shop, table: str = "") -> TableSnapshot:
    name = table or shop.table
    columns = await session.get_columns(shop.schema, name)
    return TableSnapshot(shop.connection.id, TableInfo(shop.schema, name), tuple(columns), NOW)


def _connection(type: str, settings: dict[str, str | int | bool]) -> Connection:
    return Connection(f"c-{type}", "w", type, type, settings, NOW, NOW, time_zone="Europe/Berlin")


def _ddl(engine: str, schema: str, dialect: Dialect) -> list[str]:
    columns = ", ".join(f"{dialect.ident(name)} {kind}" for name, kind in zip(COLUMNS, TYPES[engine], strict=True))
    return [
        f"CREATE TABLE {dialect.table(schema, 'order')} ({columns})",
        f"CREATE TABLE {dialect.table(schema, 'empty')} ({columns})",
    ]
