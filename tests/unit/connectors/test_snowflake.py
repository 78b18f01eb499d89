from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.snowflake import SnowflakeConnector, _data_type, _table
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType, TableInfo, TableKind

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spelled", "data_type"),
    [
        ("NUMBER(38,0)", DataType.INTEGER),
        ("NUMBER(12,2)", DataType.DECIMAL),
        ("DECFLOAT", DataType.DECIMAL),
        ("VARCHAR(16777216)", DataType.TEXT),
        ("TIMESTAMP_LTZ(9)", DataType.TIMESTAMP_TZ),
        ("TIMESTAMP_NTZ(9)", DataType.TIMESTAMP),
        ("ARRAY", DataType.OTHER),
        ("VECTOR(FLOAT, 256)", DataType.OTHER),
        ("GEOGRAPHY", DataType.OTHER),
        ("", DataType.OTHER),
    ],
)
def test_types_are_normalised_as_describe_spells_them(spelled: str, data_type: DataType) -> None:
    assert _data_type(spelled) is data_type


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("BASE TABLE", TableKind.TABLE),
        ("EXTERNAL TABLE", TableKind.TABLE),
        ("VIEW", TableKind.VIEW),
        ("MATERIALIZED VIEW", TableKind.MATERIALIZED_VIEW),
    ],
)
def test_kinds_of_tables_are_told(kind: str, wanted: TableKind) -> None:
    assert _table("s", ("t", kind, 3, 1024, MOMENT, None)) == TableInfo("s", "t", wanted, 3, "", 1024, MOMENT)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 // ' DROP TABLE t",
        "SELECT $$ ; DELETE FROM t ' ->> $$ AS v",
        r"SELECT 'it\'s; DROP TABLE t' AS v",
        'SELECT "a;b" FROM t',
    ],
)
def test_a_query_goes_as_far_as_the_session(sql: str) -> None:
    assert problem(sql) is SourceProblem.UNREACHABLE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 //\n; DROP TABLE t",
        "SELECT $$a$$; DROP TABLE t",
        "SELECT 1 AS a$$ ->> DELETE FROM t -- $$",
        "SELECT 1$$ ' $$ ->> DELETE FROM t -- '",
        "SELECT 1 //\r ->> DELETE FROM t\n",
        r"SELECT '\\'; DROP TABLE t; --'",
        "SHOW TABLES",
        "USE ROLE accountadmin",
        "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 0",
        "EXECUTE IMMEDIATE 'DROP TABLE t'",
        "CALL a_procedure()",
        "SELECT 1 ->> DROP TABLE t",
        "(SELECT 1) ->> GRANT ROLE r TO USER u",
    ],
)
def test_nothing_but_a_query_is_sent(sql: str) -> None:
    assert problem(sql) is SourceProblem.PERMISSION


def problem(sql: str) -> SourceProblem:
    """What a connector without a session says of the statement."""
    with pytest.raises(SourceError) as caught:
        SnowflakeConnector({}, Guards()).execute(sql)
    return caught.value.problem
