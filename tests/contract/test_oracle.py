from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import oracledb
import pytest

from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine, upper
from tests.contract.paging import PagedColumns
from tests.contract.suite import ConnectorContract
from tests.engines.h2 import oracle_on_h2

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "NUMBER(20)",
    DataType.DECIMAL: "NUMBER(38, 10)",
    DataType.FLOAT: "BINARY_DOUBLE",
    DataType.TEXT: "VARCHAR2(200)",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "TIMESTAMP(6)",
    DataType.TIMESTAMP_TZ: "TIMESTAMP(6) WITH TIME ZONE",
    DataType.BINARY: "RAW(20)",
}
OTHER_TYPES = {
    "NUMBER": DataType.DECIMAL,
    "NUMBER(5)": DataType.INTEGER,
    "BINARY_FLOAT": DataType.FLOAT,
    "CHAR(3)": DataType.TEXT,
    "NVARCHAR2(10)": DataType.TEXT,
    "CLOB": DataType.TEXT,
    "BLOB": DataType.BINARY,
}
SLOW = "SELECT COUNT(*) AS n FROM {big} a, {big} b, {big} c, {big} d WHERE ORA_HASH(a.object_name || d.object_name) = 1"
EVERY = {
    "type": "oracle",
    "types": TYPES,
    "other_types": OTHER_TYPES,
    "fold": upper,
    "forbidden": '"',
    "forbidden_in_tables": '"',
    "empty_is_null": True,
    "column_comment": "COMMENT ON COLUMN {table}.a IS '{comment}'",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    dsn = os.environ.get("DQ_TEST_ORACLE_DSN")
    if dsn:
        yield from on_server(dsn)
    else:
        yield from on_h2()


def on_h2() -> Iterator[Engine]:
    with oracle_on_h2() as (double, h2):
        h2.write(["CREATE SCHEMA contract"])
        double.expected |= {"host": "oracle.example.org", "password": "its (password)"}
        yield Engine(
            settings={
                "host": "oracle.example.org",
                "service_name": "shop",
                "user": "checker",
                "password": "its (password)",
            },
            write=h2.write,
            slow="SELECT COUNT(*) AS n FROM SYSTEM_RANGE(1, 1E8) a, SYSTEM_RANGE(1, 1E8) b WHERE a.x + b.x = 3",
            schema="CONTRACT",
            wrong_password={"password": "wr0ng-secret"},
            unreachable={"host": "nowhere.example.org"},
            kill_sessions=double.kill_sessions,
            stand_in="H2 in its Oracle mode, without Oracle's driver",
            lacks={
                "samples": "H2 has no SAMPLE",
                "wide_characters": "Java counts two for a character beyond the first 65536",
            },
            **EVERY,
        )


def on_server(dsn: str) -> Iterator[Engine]:
    """A user's own schema on a server of version 23 or later, which knows multi-row inserts and booleans."""
    user, password, target = oracledb.ConnectParams().parse_dsn_with_credentials(dsn)
    settings: dict[str, Any] = {"connect_by": "connect_string", "connect_string": target}
    with closing(oracledb.connect(user=user, password=password, dsn=target)) as link, link.cursor() as cursor:

        def write(statements: Sequence[str]) -> None:
            for statement in statements:
                cursor.execute(statement)
            link.commit()

        write(["ALTER SESSION SET TIME_ZONE = 'UTC' NLS_NUMERIC_CHARACTERS = '.,'"])
        owned = "SELECT object_type, object_name FROM user_objects WHERE object_type IN ('TABLE', 'VIEW')"
        for kind, name in cursor.execute(owned).fetchall():
            write([f'DROP {kind} "{name}" CASCADE CONSTRAINTS' + (" PURGE" if kind == "TABLE" else "")])
        yield Engine(
            settings={**settings, "user": str(user), "password": str(password)},
            write=write,
            slow=SLOW.format(big="all_objects"),
            schema=str(user).upper(),
            wrong_password={"password": "wr0ng-secret"},
            unreachable={"connect_string": "127.0.0.1:1/nowhere"},
            **EVERY,
        )


class TestOracle(ConnectorContract, PagedColumns):
    pass
