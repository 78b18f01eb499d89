from __future__ import annotations

import pytest

from dq_platform.checks.sql_text import parse_query
from dq_platform.checks.user_sql import SqlRefused

COLUMNS = ["id", "name"]
ROWS = "[dq_checked_rows] AS [t]"


def parsed(text: str, dialect: str = "tsql") -> str:
    return parse_query(text, dialect, COLUMNS, ("dbo", "t"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("SELECT id FROM t ORDER BY id", f"SELECT [id] FROM {ROWS}"),
        ("SELECT TOP 3 id FROM t ORDER BY id", f"SELECT TOP 3 [id] FROM {ROWS} ORDER BY [id]"),
        ("SELECT id, id + 1 FROM t", f"SELECT [id], [id] + 1 AS [column_2] FROM {ROWS}"),
        ("SELECT CAST(id AS DATE) FROM t", f"SELECT CAST([id] AS DATE) AS [column_1] FROM {ROWS}"),
        (
            "SELECT COUNT(*) FROM t UNION ALL SELECT 1 FROM t",
            f"SELECT COUNT(*) AS [column_1] FROM {ROWS} UNION ALL SELECT 1 FROM {ROWS}",
        ),
    ],
)
def test_sql_server_gets_a_query_that_can_stand_after_from(text: str, written: str) -> None:
    assert parsed(text) == written


def test_an_order_that_chooses_rows_is_kept() -> None:
    assert "ORDER BY" in parsed("SELECT id FROM t ORDER BY id OFFSET 2 ROWS")


@pytest.mark.parametrize("dialect", ["tsql", "mysql"])
@pytest.mark.parametrize(
    "text",
    ["SELECT id, name AS ID FROM t", "SELECT *, id FROM t", "SELECT * FROM t a JOIN t b ON a.id = b.id"],
)
def test_two_columns_of_one_name_are_refused_where_they_cannot_be(dialect: str, text: str) -> None:
    with pytest.raises(SqlRefused, match=r"two columns of one name: 'id'.*Give one another name with AS"):
        parsed(text, dialect)
    assert parsed(text, "postgres")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "WITH x AS (SELECT id FROM t) SELECT id FROM x ORDER BY id",
            f"SELECT [id] FROM (SELECT [id] AS [id] FROM {ROWS}) AS x",
        ),
        (
            "WITH x(a) AS (SELECT id FROM t), y AS (SELECT a FROM x) SELECT p.a FROM y AS p",
            f"SELECT p.[a] FROM (SELECT [a] AS [a] FROM (SELECT [id] FROM {ROWS}) AS x(a)) AS p",
        ),
        (
            "WITH t AS (SELECT id FROM t) SELECT id FROM t WHERE id IN (SELECT id FROM t)",
            (
                f"SELECT [id] FROM (SELECT [id] AS [id] FROM {ROWS}) AS t "
                f"WHERE [id] IN (SELECT [id] FROM (SELECT [id] AS [id] FROM {ROWS}) AS t)"
            ),
        ),
    ],
)
def test_sql_server_gets_what_with_names_where_it_is_read(text: str, written: str) -> None:
    assert parsed(text) == written


def test_what_with_names_is_not_written_out_without_end() -> None:
    clauses = ["x0 AS (SELECT id FROM t)"]
    clauses += [f"x{n + 1} AS (SELECT a.id FROM x{n} a, x{n} b)" for n in range(20)]
    text = f"WITH {', '.join(clauses)} SELECT id FROM x20"
    with pytest.raises(SqlRefused, match="at most 12 times"):
        parsed(text)
    assert parsed(text, "mysql")
