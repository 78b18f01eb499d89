"""The same tables on a real PostgreSQL, MariaDB and DuckDB, read through the product's own connectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from dq_platform.connectors.base import BaseConnector, Guards
from dq_platform.connectors.factory import ConnectorFactory
from tests.engines.mariadb import MariaDBServer
from tests.engines.postgres import PostgresServer
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


@pytest.fixture(scope="session", params=["postgresql", "mysql", "duckdb"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One engine with the tables in it."""
    with ExitStack() as cleanup:
        if request.param == "postgresql":
            connector = cleanup.enter_context(_postgresql())
        elif request.param == "mysql":
            connector = cleanup.enter_context(_mysql())
        else:
            connector = cleanup.enter_context(_duckdb(tmp_path_factory.mktemp("sensors")))
        connector.connect()
        cleanup.callback(connector.close)
        yield Bench(connector)
