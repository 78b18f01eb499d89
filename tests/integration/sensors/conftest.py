"""The same tables on each engine's server or stand-in, read through the product's own connectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from dq_platform.connectors.base import BaseConnector, Guards
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.settings import validate_settings
from tests.engines.mariadb import MariaDBServer
from tests.engines.postgres import PostgresServer
from tests.engines.redshift import RedshiftServer
from tests.engines.sqlserver import SqlServerStandIn, connect
from tests.integration.sensors.bench import Bench
from tests.integration.sensors.data import SCHEMA, statements


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
    yield connector({"database": str(path)}, Guards())


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


@pytest.fixture(scope="session", params=["postgresql", "mysql", "redshift", "sqlserver", "duckdb"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One engine with the tables in it."""
    with ExitStack() as cleanup:
        if request.param == "postgresql":
            connector = cleanup.enter_context(_postgresql())
        elif request.param == "mysql":
            connector = cleanup.enter_context(_mysql())
        elif request.param == "redshift":
            connector = cleanup.enter_context(_redshift())
        elif request.param == "sqlserver":
            connector = cleanup.enter_context(_sqlserver())
        else:
            connector = cleanup.enter_context(_duckdb(tmp_path_factory.mktemp("sensors")))
        connector.connect()
        cleanup.callback(connector.close)
        yield Bench(connector)
