from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from dq_platform.models.metadata import DataType
from local.ports import any_free
from tests.contract.engine import Engine
from tests.contract.suite import ConnectorContract
from tests.engines.redshift import RedshiftServer

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "NUMERIC(38, 10)",
    DataType.FLOAT: "DOUBLE PRECISION",
    DataType.TEXT: "VARCHAR(65535)",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "TIMESTAMP",
    DataType.TIMESTAMP_TZ: "TIMESTAMPTZ",
    DataType.TIME: "TIME",
    DataType.BINARY: "VARBYTE",
    DataType.JSON: "SUPER",
}

OTHER_TYPES = {
    "VARCHAR(20)": DataType.TEXT,
    "CHAR(3)": DataType.TEXT,
    "SMALLINT": DataType.INTEGER,
    "NUMERIC(12, 2)": DataType.DECIMAL,
    "REAL": DataType.FLOAT,
    "TIMETZ": DataType.TIME,
    "INTERVAL": DataType.OTHER,
}


@pytest.fixture(scope="module")
def server() -> Iterator[RedshiftServer]:
    with RedshiftServer() as server:
        yield server


@pytest.fixture(scope="module")
def engine(server: RedshiftServer) -> Engine:
    params = server.params

    def write(statements: Sequence[str]) -> None:
        with closing(server.connect()) as link, link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def count(condition: str) -> int:
        with closing(server.connect()) as link, link.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT {condition}) AS x")
            return cursor.fetchall()[0][0]

    def running(text: str) -> int:
        return count(
            f"1 FROM pg_stat_activity WHERE state = 'active' AND usename = 'checker' AND query LIKE '%{text}%'"
        )

    def kill_sessions() -> None:
        count("pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'dq-platform'")

    write(["CREATE SCHEMA contract"])
    return Engine(
        type="redshift",
        settings={
            "host": params.host,
            "port": params.port,
            "user": params.user,
            "password": params.password,
            "database": "postgres",
            "ssl_mode": "disable",
        },
        write=write,
        slow="SELECT pg_sleep(120)",
        types=TYPES,
        other_types=OTHER_TYPES,
        schema="contract",
        wrong_password={"password": "wr0ng-secret"},
        unreachable={"port": any_free()},
        running=running,
        kill_sessions=kill_sessions,
        column_comment="COMMENT ON COLUMN {table}.a IS '{comment}'",
    )


class TestRedshift(ConnectorContract):
    pass
