from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from dq_platform.models.metadata import DataType
from local.ports import any_free
from tests.contract.engine import Engine
from tests.contract.suite import ConnectorContract
from tests.engines.sqlserver import SqlServerStandIn, connect

TYPES = {
    DataType.BOOLEAN: "BIT",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "DECIMAL(38, 10)",
    DataType.FLOAT: "FLOAT",
    DataType.TEXT: "NVARCHAR(200)",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "DATETIME2",
    DataType.TIMESTAMP_TZ: "DATETIMEOFFSET",
    DataType.TIME: "TIME",
    DataType.BINARY: "VARBINARY(20)",
    DataType.UUID: "UNIQUEIDENTIFIER",
}

OTHER_TYPES = {
    "TINYINT": DataType.INTEGER,
    "SMALLINT": DataType.INTEGER,
    "INT": DataType.INTEGER,
    "REAL": DataType.FLOAT,
    "MONEY": DataType.DECIMAL,
    "NVARCHAR(MAX)": DataType.TEXT,
    "VARCHAR(10)": DataType.TEXT,
}


@pytest.fixture(scope="module")
def server() -> Iterator[SqlServerStandIn]:
    with SqlServerStandIn() as server:
        yield server


@pytest.fixture(scope="module")
def engine(server: SqlServerStandIn) -> Iterator[Engine]:
    params = server.params
    settings = {
        "host": params.host,
        "port": params.port,
        "user": params.user,
        "password": params.password,
        "database": "master",
        "ssl_mode": "disable",
    }
    with closing(connect(settings)) as link:

        def write(statements: Sequence[str]) -> None:
            with closing(link.cursor()) as cursor:
                for statement in statements:
                    cursor.execute(statement)

        write(["CREATE SCHEMA contract"])
        many = ", ".join(f"sys.all_columns AS c{number}" for number in range(4))
        yield Engine(
            type="sqlserver",
            settings=settings,
            write=write,
            slow=f"SELECT COUNT_BIG(*) AS n FROM {many} WHERE c0.column_id * c1.column_id % 7 = c2.column_id",
            types=TYPES,
            other_types=OTHER_TYPES,
            schema="contract",
            wrong_password={"password": "wr0ng-secret"},
            unreachable={"port": any_free()},
            running=server.running,
            kill_sessions=lambda: server.kill_sessions("dq-platform"),
            column_comment=COMMENT,
            stand_in="DuckDB behind the TDS protocol",
        )


COMMENT = (
    "EXEC sys.sp_addextendedproperty N'MS_Description', N'{comment}', "
    "N'SCHEMA', N'contract', N'TABLE', N'commented', N'COLUMN', N'a'"
)


class TestSQLServer(ConnectorContract):
    pass
