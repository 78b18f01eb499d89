from __future__ import annotations

import random

import pytest
import sqlglot
from sqlglot.errors import TokenError
from sqlglot.tokens import TokenType

from dq_platform.connectors import bigquery, databricks, mysql, oracle, redshift, snowflake, sqlserver
from dq_platform.connectors.one_query import (
    BACKTICKED,
    BLOCK_COMMENT,
    BRACKETED,
    DOUBLE_QUOTED,
    DOUBLE_QUOTED_WITH_ESCAPES,
    LINE_COMMENT,
    TEXT,
    TEXT_WITH_ESCAPES,
    OneQuery,
)
from dq_platform.errors import SourceError, SourceProblem

STANDARD = OneQuery("Engine", LINE_COMMENT, BLOCK_COMMENT, TEXT, DOUBLE_QUOTED, BRACKETED)
ESCAPING = OneQuery("Engine", LINE_COMMENT, BLOCK_COMMENT, TEXT_WITH_ESCAPES, DOUBLE_QUOTED_WITH_ESCAPES, BACKTICKED)


@pytest.mark.parametrize("rule", [STANDARD, ESCAPING])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "select 1 ;",
        "/* dq job=1 */ SELECT 1 -- the end; DROP TABLE t",
        "  (SELECT 1) UNION ALL (SELECT 2)",
        "WITH x AS (SELECT 1 AS v) SELECT v FROM x",
        "SELECT '; DELETE FROM t' AS v",
        'SELECT "into" FROM t',
        "SELECT REPLACE(v, 'a', 'b') FROM t",
        "SELECT COUNT(*) FROM (SELECT updated, deleted FROM t) q",
        "SELECT 'it''s' AS v",
    ],
)
def test_a_query_may_run(rule: OneQuery, sql: str) -> None:
    rule.require(sql)


@pytest.mark.parametrize("rule", [STANDARD, ESCAPING])
@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "SELECT 1; -- no\nDROP TABLE t",
        "INSERT INTO t VALUES (1)",
        "WITH x AS (SELECT 1) DELETE FROM t",
        "SELECT 1 INTO t",
        "SELECT v FROM t FOR UPDATE",
        "EXEC sp_who",
        "BEGIN SELECT 1; END",
        "SELECT 1) AS q; DROP TABLE t; SELECT 1 FROM (SELECT 1",
        "SELECT 1) FROM (SELECT 1",
        "/*! SET x = 1 */",
        "SELECT 'open",
        "SELECT (1",
        'SELECT "open',
    ],
)
def test_anything_else_is_refused(rule: OneQuery, sql: str) -> None:
    with pytest.raises(SourceError) as caught:
        rule.require(sql)
    assert caught.value.problem is SourceProblem.PERMISSION


def test_an_escaped_quote_ends_a_text_only_where_it_does() -> None:
    trick = "SELECT '\\'; DROP TABLE t; --'"
    ESCAPING.require(trick)
    with pytest.raises(SourceError):
        STANDARD.require(trick)


def test_a_doubled_quote_is_no_escape_where_the_backslash_is() -> None:
    ESCAPING.require("SELECT 'a' 'b'")


def test_names_in_square_brackets_hide_their_words() -> None:
    STANDARD.require("SELECT [delete], [a]]; into] FROM t")


STRICT = OneQuery("Engine", BLOCK_COMMENT, TEXT, also=("DROP",), never=r"'|/\*|\d(?=[A-Za-z])")


@pytest.mark.parametrize("sql", ["SELECT 'drop 1x /* '", "SELECT 1 /* drop 1x */", "SELECT (SELECT drop FROM t)"])
def test_what_an_engine_refuses_may_stand_in_quotes_and_comments_and_further_words_in_brackets(sql: str) -> None:
    STRICT.require(sql)


@pytest.mark.parametrize("sql", ["SELECT 1 DROP TABLE t", "SELECT 1 drop", "SELECT (1x)", "SELECT 1 /* ", "SELECT 'a"])
def test_an_engine_refuses_words_and_patterns_of_its_own(sql: str) -> None:
    with pytest.raises(SourceError) as caught:
        STRICT.require(sql)
    assert caught.value.problem is SourceProblem.PERMISSION


ENGINES = [
    pytest.param(bigquery._ONE_QUERY, "bigquery", id="bigquery"),
    pytest.param(databricks._ONE_QUERY, "databricks", id="databricks"),
    pytest.param(mysql._ONE_QUERY, "mysql", id="mysql"),
    pytest.param(oracle._ONE_QUERY, "oracle", id="oracle"),
    pytest.param(redshift._ONE_QUERY, "redshift", id="redshift"),
    pytest.param(snowflake._ONE_QUERY, "snowflake", id="snowflake"),
    pytest.param(sqlserver._ONE_QUERY, "tsql", id="sqlserver"),
]
MARKS = (
    "'",
    '"',
    "`",
    "''",
    '""',
    "$$",
    "--",
    "-- ",
    "//",
    "# ",
    "/*",
    "/* ",
    "*/",
    "[",
    "]",
    "\n",
    "\\",
    " ",
    "a",
    "1",
)


@pytest.mark.parametrize(("rule", "grammar"), ENGINES)
def test_no_mixture_of_quotes_and_comments_hides_a_second_statement(rule: OneQuery, grammar: str) -> None:
    """Judged by sqlglot, which takes texts apart in a way of its own."""
    chance, dialect, accepted = random.Random(7), sqlglot.Dialect.get_or_raise(grammar), 0
    for _ in range(20_000):
        before, after = ("".join(chance.choices(MARKS, k=chance.randint(1, 6))) for _ in range(2))
        sql = f"SELECT 1 {before}; DELETE FROM t {after}"
        try:
            rule.require(sql)
        except SourceError:
            continue
        accepted += 1
        try:
            tokens = dialect.tokenize(sql)
        except TokenError:
            continue  # neither would the engine execute it
        assert TokenType.SEMICOLON not in {token.token_type for token in tokens}, sql
    assert accepted > 50
