from __future__ import annotations

import pytest

from dq_platform.checks.sql_text import parse_query
from dq_platform.checks.user_sql import SqlRefused

COLUMNS = ["id", "Amount", "status"]
TABLE = ("shop", "t")
ROWS = '"dq_checked_rows"'


def parsed(text: str, dialect: str = "postgres") -> str:
    return parse_query(text, dialect, COLUMNS, TABLE)


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("oracle", "SELECT pkg.fn AS fn FROM t"),
        ("oracle", "SELECT evil_fn AS evil_fn FROM t"),
        ("oracle", "SELECT 1 AS evil_fn, evil_fn AS x FROM t"),
        ("oracle", "SELECT MAX(id) AS evil_fn FROM t GROUP BY evil_fn"),
        ("oracle", "SELECT id AS evil_fn FROM t WHERE evil_fn = 1"),
        ("oracle", "SELECT id AS evil_fn FROM t ORDER BY evil_fn + 1"),
        ("oracle", "SELECT ROW_NUMBER() OVER (ORDER BY evil_fn) AS evil_fn FROM t"),
        ("oracle", "SELECT seq.nextval AS nextval FROM t"),
        ("oracle", "SELECT t.nextval AS nextval FROM t"),
        ("oracle", "SELECT x.a FROM (SELECT id AS evil_fn FROM t) y, (SELECT evil_fn AS a FROM t) x"),
        (
            "oracle",
            "SELECT a.id FROM t a JOIN t b ON b.id = evil_fn JOIN (SELECT id AS evil_fn FROM t) c ON c.evil_fn = 1",
        ),
        ("oracle", "WITH x AS (SELECT evil_fn AS a FROM t), y AS (SELECT id AS evil_fn FROM t) SELECT a FROM x, y"),
        ("oracle", "SELECT id FROM t WHERE id IN (SELECT evil_fn FROM t a) AND 1 IN (SELECT 1 AS evil_fn FROM t)"),
        ("oracle", "SELECT id FROM t UNION SELECT evil_fn AS id FROM t"),
        ("oracle", "SELECT id FROM t UNION SELECT id AS evil_fn FROM t ORDER BY evil_fn"),
        ("snowflake", "SELECT current_role AS current_role FROM t"),
        ("postgres", "SELECT session_user AS session_user FROM t"),
        ("postgres", "SELECT t FROM t"),
        ("postgres", "SELECT o FROM t AS o"),
        ("postgres", "SELECT t.id FROM t AS o"),
        ("postgres", "SELECT other.id FROM t"),
        ("postgres", "SELECT other.* FROM t"),
        ("postgres", "SELECT a.n FROM (SELECT id AS n FROM t) AS b"),
        ("postgres", "SELECT id FROM (t AS a JOIN t AS b ON a.id = b.id)"),
        ("postgres", "SELECT x.id FROM t AS o, (SELECT o.id FROM t AS p) AS x"),
        ("postgres", "SELECT count FROM (SELECT COUNT(*) FROM t) AS x"),
        ("postgres", "SELECT a.id FROM t a JOIN t b USING (nothing)"),
    ],
)
def test_a_name_that_neither_table_nor_query_defines_is_refused(dialect: str, text: str) -> None:
    with pytest.raises(SqlRefused) as caught:
        parsed(text, dialect)
    assert str(caught.value).endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("SELECT Amount AS amount FROM t", f'SELECT "Amount" AS amount FROM {ROWS} AS "t"'),
        ("SELECT amount AS id FROM t WHERE id > 1", f'SELECT "Amount" AS id FROM {ROWS} AS "t" WHERE "id" > 1'),
        ("SELECT id AS N FROM t ORDER BY n", f'SELECT "id" AS N FROM {ROWS} AS "t" ORDER BY "n"'),
        ("SELECT -id AS amount FROM t ORDER BY amount", f'SELECT -"id" AS amount FROM {ROWS} AS "t" ORDER BY "amount"'),
        ("SELECT o.* FROM t AS o", f"SELECT o.* FROM {ROWS} AS o"),
        ("SELECT O.amount FROM t AS o", f'SELECT o."Amount" FROM {ROWS} AS o'),
        ('SELECT "O".id FROM t AS "O"', f'SELECT "O"."id" FROM {ROWS} AS "O"'),
        (
            "SELECT n FROM (SELECT status, COUNT(*) AS n FROM t GROUP BY status) AS q WHERE q.n > 1",
            (
                f'SELECT "n" FROM (SELECT "status", COUNT(*) AS n FROM {ROWS} AS "t" GROUP BY "status") AS q '
                'WHERE q."n" > 1'
            ),
        ),
        (
            "SELECT x.amount FROM (SELECT * FROM t) AS x",
            f'SELECT x."Amount" FROM (SELECT * FROM {ROWS} AS "t") AS x',
        ),
        (
            "WITH x(a) AS (SELECT id FROM t), y AS (SELECT a AS b FROM x) SELECT b FROM y ORDER BY y.b",
            (
                f'WITH x(a) AS (SELECT "id" FROM {ROWS} AS "t"), y AS (SELECT "a" AS b FROM x) '
                'SELECT "b" FROM y ORDER BY y."b"'
            ),
        ),
        (
            "SELECT id FROM t AS o WHERE EXISTS (SELECT 1 FROM t AS p WHERE p.id = o.id AND o.amount > 1)",
            (
                f'SELECT "id" FROM {ROWS} AS o WHERE EXISTS(SELECT 1 FROM {ROWS} AS p '
                'WHERE p."id" = o."id" AND o."Amount" > 1)'
            ),
        ),
        (
            "SELECT a.id FROM t a JOIN t b USING (AMOUNT)",
            f'SELECT a."id" FROM {ROWS} AS a JOIN {ROWS} AS b USING ("Amount")',
        ),
        (
            "SELECT id AS k FROM t UNION ALL SELECT amount FROM t ORDER BY k",
            f'SELECT "id" AS k FROM {ROWS} AS "t" UNION ALL SELECT "Amount" FROM {ROWS} AS "t" ORDER BY "k"',
        ),
        (
            "SELECT k FROM (SELECT id, amount FROM t) AS x(k)",
            f'SELECT "k" FROM (SELECT "id", "Amount" FROM {ROWS} AS "t") AS x(k)',
        ),
    ],
)
def test_a_name_stands_for_what_the_engine_finds_first(text: str, written: str) -> None:
    assert parsed(text) == written


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("oracle", '"N"'),
        ("snowflake", '"N"'),
        ("postgres", '"n"'),
        ("redshift", '"n"'),
        ("duckdb", '"n"'),
        ("tsql", "[n]"),
    ],
)
def test_a_name_of_the_query_is_quoted_as_the_engine_keeps_it(dialect: str, name: str) -> None:
    assert parsed("SELECT q.n FROM (SELECT id AS n FROM t) q", dialect).startswith(f"SELECT q.{name} ")


@pytest.mark.parametrize("dialect", ["snowflake", "databricks", "duckdb", "redshift", "bigquery", "mysql"])
def test_an_alias_may_be_used_where_the_engine_allows_it(dialect: str) -> None:
    assert parsed("SELECT id + 1 AS n, COUNT(*) AS c FROM t GROUP BY n HAVING c > 1", dialect)


def test_the_sentence_names_what_is_not_there() -> None:
    with pytest.raises(SqlRefused, match="reads nothing that is called 'pkg'"):
        parsed("SELECT pkg.fn FROM t", "oracle")
    with pytest.raises(SqlRefused, match="no column 'stattus'; did you mean 'status'"):
        parsed("SELECT stattus FROM t")
