from __future__ import annotations

import pytest

from dq_platform.checks.sql_text import SqlRefused, parse_query

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


def test_sql_server_is_told_that_with_cannot_be_used() -> None:
    text = "WITH x AS (SELECT id FROM t) SELECT id FROM x"
    with pytest.raises(SqlRefused, match="SQL Server allows no WITH"):
        parsed(text)
    assert parsed(text, "mysql")
