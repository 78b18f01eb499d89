"""The same tables on each engine's server or stand-in, read through the product's own connectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from dq_platform.connectors.base import BaseConnector, Guards
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.settings import validate_settings
from tests.contract.engine import FILES, upper
from tests.engines.bigquery import bigquery
from tests.engines.databricks import Databricks
from tests.engines.h2 import oracle_on_h2
from tests.engines.mariadb import MariaDBServer
from tests.engines.postgres import PostgresServer
from tests.engines.redshift import RedshiftServer
from tests.engines.snowflake import snowflake
from tests.engines.spark import SparkServer
from tests.engines.sqlserver import SqlServerStandIn, connect
from tests.integration.sensors.bench import Bench
from tests.integration.sensors.data import REFERENCE, SCHEMA, TABLE, statements


@contextmanager
def _postgresql() -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("postgresql")
    with PostgresServer() as server:
        with closing(server.connect()) as link, link.cursor() as cursor:
            link.autocommit = True
            cursor.execute(f"CREATE SCHEMA {connector.dialect.ident(SCHEMA)}")
            for statement in statements("postgresql", connector.dialect):
                cursor.execute(statement)
        yield connector(asdict(server.params) | {"database": "postgres"}, Guards())


@contextmanager
def _mysql() -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("mysql")
    with MariaDBServer() as server:
        server.create_database(SCHEMA)
        with closing(server.connect(SCHEMA)) as link, link.cursor() as cursor:
            for statement in statements("mysql", connector.dialect):
                cursor.execute(statement)
        yield connector(asdict(server.params), Guards())


@contextmanager
def _duckdb(directory: Path) -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("duckdb")
    path = directory / "sensors.duckdb"
    with duckdb.connect(str(path)) as link:
        link.execute(f"CREATE SCHEMA {connector.dialect.ident(SCHEMA)}")
        for statement in statements("duckdb", connector.dialect):
            link.execute(statement)
    yield connector({"database": str(path)}, Guards(files=FILES))


@contextmanager
def _redshift() -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("redshift")
    with RedshiftServer() as server:
        with closing(server.connect()) as link, link.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {connector.dialect.ident(SCHEMA)}")
            for statement in statements("redshift", connector.dialect):
                cursor.execute(statement)
        settings = asdict(server.params) | {"database": "postgres", "ssl_mode": "disable"}
        yield connector(validate_settings(connector, settings), Guards())


@contextmanager
def _sqlserver() -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("sqlserver")
    with SqlServerStandIn() as server:
        settings = asdict(server.params) | {"database": "master", "ssl_mode": "disable"}
        with closing(connect(settings)) as link, closing(link.cursor()) as cursor:
            cursor.execute(f"CREATE SCHEMA {connector.dialect.ident(SCHEMA)}")
            for statement in statements("sqlserver", connector.dialect):
                cursor.execute(statement)
        yield connector(validate_settings(connector, settings), Guards())


SIMPLE = {SCHEMA: "its", TABLE: "weird_select", REFERENCE: "reference"}


def simple(name: str) -> str:
    """Names of schemas and tables that Spark's own catalog takes; columns may have any."""
    return SIMPLE.get(name, name)


MANY_BRACKETS = "H2 reads so many brackets for half a minute"
WIDE_CHARACTERS = "Java counts two for a character beyond the first 65536"


@contextmanager
def _oracle() -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("oracle")
    with oracle_on_h2(";CASE_INSENSITIVE_IDENTIFIERS=TRUE") as (_, h2):
        h2.write([f"CREATE SCHEMA {connector.dialect.ident(SCHEMA)}", *statements("oracle", connector.dialect)])
        yield connector({"host": "h", "service_name": "s", "user": "u", "password": "p"}, Guards())


@contextmanager
def _databricks(spark: SparkServer, directory: Path) -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("databricks")
    workspace = Databricks(spark.port, directory)
    with workspace.serve():
        # Spark outlives this fixture, which pytest may need again for another file.
        workspace.write(["DROP SCHEMA IF EXISTS its CASCADE", "CREATE SCHEMA its"])
        workspace.write(statements("databricks", connector.dialect, simple))
        yield connector(workspace.settings, Guards())


IN_REACH = ["postgresql", "mysql", "redshift", "sqlserver", "duckdb", "oracle"]


def plain(name: str) -> str:
    """The name as letters, digits and underscores, which every engine allows."""
    return re.sub(r"\W", "_", name)


def plain_upper(name: str) -> str:
    return upper(plain(name))


@contextmanager
def _snowflake() -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("snowflake")
    with snowflake() as server:
        server.create_schema(plain_upper(SCHEMA))
        server.write(list(statements("snowflake", connector.dialect, plain_upper)))
        yield connector(validate_settings(connector, server.settings), Guards())


@contextmanager
def _bigquery() -> Iterator[BaseConnector]:
    connector = ConnectorFactory.get("bigquery")
    with bigquery() as server:
        server.create_schema(plain(SCHEMA))
        server.write(list(statements("bigquery", connector.dialect, plain)))
        yield connector(validate_settings(connector, server.settings), Guards())


RENAMING = {"databricks": simple, "snowflake": plain_upper, "bigquery": plain}
ENGINES = [
    *IN_REACH,
    *(pytest.param(engine, marks=pytest.mark.engines) for engine in ("databricks", "snowflake", "bigquery")),
]


@contextmanager
def opened(request: pytest.FixtureRequest, directory: Path) -> Iterator[Bench]:
    """The engine that the request names, with the tables in it."""
    engine = str(request.param)
    start = {
        "postgresql": _postgresql,
        "mysql": _mysql,
        "redshift": _redshift,
        "sqlserver": _sqlserver,
        "duckdb": lambda: _duckdb(directory),
        "oracle": _oracle,
        "databricks": lambda: _databricks(request.getfixturevalue("spark_server"), directory),
        "snowflake": _snowflake,
        "bigquery": _bigquery,
    }
    with ExitStack() as cleanup:
        connector = cleanup.enter_context(start[engine]())
        connector.connect()
        cleanup.callback(connector.close)
        bench = Bench(connector, RENAMING.get(engine, str))
        if engine == "oracle":
            bench.empty_is_null, bench.lacks = True, {"text_mean_length-lengths": WIDE_CHARACTERS}
            bench.slow = {"date_values_in_future_percent": MANY_BRACKETS}
        yield bench


@pytest.fixture(scope="session", params=ENGINES)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with opened(request, tmp_path_factory.mktemp("sensors")) as bench:
        yield bench


@pytest.fixture(scope="session", params=IN_REACH)
def near(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One of the engines that answer fast, for what needs hundreds of statements."""
    with opened(request, tmp_path_factory.mktemp("sensors")) as bench:
        yield bench
