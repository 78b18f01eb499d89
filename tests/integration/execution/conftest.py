"""Servers and sessions that read the shop's table through the platform's own connectors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import asdict

import duckdb
import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.databricks_dialect import DatabricksDialect
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.mysql_dialect import MySQLDialect
from dq_platform.connectors.oracle_dialect import OracleDialect
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.connectors.redshift_dialect import RedshiftDialect
from dq_platform.connectors.settings import validate_settings
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.connectors.sqlserver_dialect import SQLServerDialect
from dq_platform.models.connection import SettingValue
from tests.contract.engine import FILES
from tests.engines.databricks import Databricks
from tests.engines.h2 import oracle_on_h2
from tests.engines.mariadb import MariaDBServer
from tests.engines.postgres import PostgresServer
from tests.engines.redshift import RedshiftServer
from tests.engines.spark import SparkServer
from tests.engines.sqlserver import SqlServerStandIn, connect
from tests.integration.execution import check_tables, random_tables
from tests.integration.execution.bench import Bench
from tests.integration.execution.shop import (
    COLUMNS,
    ROWS,
    Shop,
    connection_of,
    create_statements,
    insert_statement,
)

OPTIONS = SourceOptions(guards=Guards(files=FILES))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Shop]:
    with PostgresServer() as server:
        server.create_database("shop")
        with closing(server.connect("shop")) as link, link.cursor() as cursor:
            dialect = PostgreSQLDialect()
            for statement in (
                *create_statements("postgresql", "public", dialect),
                *check_tables.statements("postgresql", "public", dialect),
                *random_tables.statements("postgresql", "public", dialect),
            ):
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
            dialect = MySQLDialect()
            for statement in (
                *create_statements("mysql", "shop", dialect),
                *check_tables.statements("mysql", "shop", dialect),
                *random_tables.statements("mysql", "shop", dialect),
            ):
                cursor.execute(statement)
            cursor.executemany(f"INSERT INTO `order` VALUES ({', '.join(['%s'] * len(COLUMNS))})", ROWS)
        params = server.params
        settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
        yield Shop(connection_of("mysql", settings | {"database": "shop"}), "shop")


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    path = tmp_path_factory.mktemp("duck") / "shop.duckdb"
    with closing(duckdb.connect(str(path))) as link:
        dialect = DuckDBDialect()
        for statement in (
            *create_statements("duckdb", "main", dialect),
            *check_tables.statements("duckdb", "main", dialect),
            *random_tables.statements("duckdb", "main", dialect),
        ):
            link.execute(statement)
        link.executemany(f'INSERT INTO main."order" VALUES ({", ".join(["?"] * len(COLUMNS))})', ROWS)
    return Shop(connection_of("duckdb", {"database": str(path)}), "main")


@pytest.fixture(scope="session")
def redshift() -> Iterator[Shop]:
    with RedshiftServer() as server:
        with closing(server.connect()) as link, link.cursor() as cursor:
            for statement in create_statements("redshift", "public", RedshiftDialect()):
                cursor.execute(statement)
            cursor.executemany(f'INSERT INTO public."order" VALUES ({", ".join(["%s"] * len(COLUMNS))})', ROWS)
        settings = asdict(server.params) | {"database": "postgres", "ssl_mode": "disable"}
        yield Shop(connection_of("redshift", complete("redshift", settings)), "public")


@pytest.fixture(scope="session")
def sqlserver() -> Iterator[Shop]:
    dialect = SQLServerDialect()
    with SqlServerStandIn() as server:
        settings = asdict(server.params) | {"database": "master", "ssl_mode": "disable"}
        with closing(connect(settings)) as link, closing(link.cursor()) as cursor:
            for statement in create_statements("sqlserver", "dbo", dialect):
                cursor.execute(statement)
            for row in ROWS:
                values = ["NULL" if value is None else dialect.literal(value) for value in row]
                cursor.execute(f"INSERT INTO dbo.[order] VALUES ({', '.join(values)})")
        yield Shop(connection_of("sqlserver", complete("sqlserver", settings)), "dbo")


def complete(engine: str, settings: dict[str, object]) -> dict[str, SettingValue]:
    return dict(validate_settings(ConnectorFactory.get(engine), settings))


@pytest.fixture(scope="session")
def oracle() -> Iterator[Shop]:
    dialect = OracleDialect()
    with oracle_on_h2(";CASE_INSENSITIVE_IDENTIFIERS=TRUE") as (_, h2):
        created = create_statements("oracle", "SHOP", dialect)
        h2.write(["CREATE SCHEMA shop", *created, insert_statement("SHOP", dialect)])
        settings = {"host": "h", "service_name": "s", "user": "u", "password": "p"}
        yield Shop(connection_of("oracle", settings), "SHOP", empty_is_null=True)


@pytest.fixture(scope="session")
def spark(spark_server: SparkServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    dialect = DatabricksDialect()
    workspace = Databricks(spark_server.port, tmp_path_factory.mktemp("databricks"))
    with workspace.serve():
        created = create_statements("databricks", "shop", dialect)
        workspace.write(["CREATE SCHEMA shop", *created, insert_statement("shop", dialect)])
        yield Shop(connection_of("databricks", workspace.settings), "shop")


IN_REACH = ["postgres", "mariadb", "redshift", "sqlserver", "duck", "oracle"]


@pytest.fixture(params=[*IN_REACH, pytest.param("spark", marks=pytest.mark.engines)])
def shop(request: pytest.FixtureRequest) -> Shop:
    found: Shop = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def session(shop: Shop) -> AsyncIterator[SourceSession]:
    async with (
        Sources(OPTIONS) as sources,
        sources.session(shop.connection) as session,
    ):
        yield session


@pytest.fixture
def bench(shop: Shop, session: SourceSession) -> Bench:
    return Bench(shop, session)


@pytest.fixture
async def postgres_bench(postgres: Shop) -> AsyncIterator[Bench]:
    async with (
        Sources(OPTIONS) as sources,
        sources.session(postgres.connection) as session,
    ):
        yield Bench(postgres, session)
