"""Servers and sessions that read the shop's table through the platform's own connectors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import duckdb
import pytest

from dq_platform.connectors.databricks_dialect import DatabricksDialect
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.mysql_dialect import MySQLDialect
from dq_platform.connectors.oracle_dialect import OracleDialect
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import Sources
from tests.engines.databricks import Databricks
from tests.engines.h2 import oracle_on_h2
from tests.engines.mariadb import MariaDBServer
from tests.engines.postgres import PostgresServer
from tests.engines.spark import SparkServer
from tests.integration.execution.bench import Bench
from tests.integration.execution.shop import (
    COLUMNS,
    ROWS,
    Shop,
    connection_of,
    create_statements,
    insert_statement,
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Shop]:
    with PostgresServer() as server:
        server.create_database("shop")
        with closing(server.connect("shop")) as link, link.cursor() as cursor:
            for statement in create_statements("postgresql", "public", PostgreSQLDialect()):
                cursor.execute(statement)
            cursor.executemany(f'INSERT INTO public."order" VALUES ({", ".join(["%s"] * len(COLUMNS))})', ROWS)
            link.commit()
        params = server.params
        settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
        yield Shop(connection_of("postgresql", settings | {"database": "shop"}), "public")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Shop]:
    with MariaDBServer() as server:
        server.create_database("shop")
        with closing(server.connect("shop")) as link, link.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
            for statement in create_statements("mysql", "shop", MySQLDialect()):
                cursor.execute(statement)
            cursor.executemany(f"INSERT INTO `order` VALUES ({', '.join(['%s'] * len(COLUMNS))})", ROWS)
        params = server.params
        settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
        yield Shop(connection_of("mysql", settings | {"database": "shop"}), "shop")


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    path = tmp_path_factory.mktemp("duck") / "shop.duckdb"
    with closing(duckdb.connect(str(path))) as link:
        for statement in create_statements("duckdb", "main", DuckDBDialect()):
            link.execute(statement)
        link.executemany(f'INSERT INTO main."order" VALUES ({", ".join(["?"] * len(COLUMNS))})', ROWS)
    return Shop(connection_of("duckdb", {"database": str(path)}), "main")


@pytest.fixture(scope="session")
def oracle() -> Iterator[Shop]:
    dialect = OracleDialect()
    with oracle_on_h2(";CASE_INSENSITIVE_IDENTIFIERS=TRUE") as (_, h2):
        created = create_statements("oracle", "SHOP", dialect)
        h2.write(["CREATE SCHEMA shop", *created, insert_statement("SHOP", dialect)])
        settings = {"host": "h", "service_name": "s", "user": "u", "password": "p"}
        yield Shop(connection_of("oracle", settings), "SHOP", empty_is_null=True)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    dialect = DatabricksDialect()
    with SparkServer() as server:
        workspace = Databricks(server.port, tmp_path_factory.mktemp("databricks"))
        with workspace.serve():
            created = create_statements("databricks", "shop", dialect)
            workspace.write(["CREATE SCHEMA shop", *created, insert_statement("shop", dialect)])
            yield Shop(connection_of("databricks", workspace.settings), "shop")


@pytest.fixture(params=["postgres", "mariadb", "duck", "oracle", pytest.param("spark", marks=pytest.mark.engines)])
def shop(request: pytest.FixtureRequest) -> Shop:
    found: Shop = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def session(shop: Shop) -> AsyncIterator[SourceSession]:
    async with Sources() as sources, sources.session(shop.connection) as session:
        yield session


@pytest.fixture
def bench(shop: Shop, session: SourceSession) -> Bench:
    return Bench(shop, session)


@pytest.fixture
async def postgres_bench(postgres: Shop) -> AsyncIterator[Bench]:
    async with Sources() as sources, sources.session(postgres.connection) as session:
        yield Bench(postgres, session)
