from __future__ import annotations

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.snowflake import SnowflakeConnector
from dq_platform.errors import SourceError, SourceProblem


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
