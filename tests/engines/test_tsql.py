from __future__ import annotations

import pytest
from sqlglot.errors import SqlglotError

from tests.engines.tsql import for_duckdb


@pytest.mark.parametrize(
    ("tsql", "duckdb"),
    [
        ("SELECT N'a' + N'b'", "SELECT 'a' || 'b'"),
        ("SELECT 1 + 2", "SELECT 1 + 2"),
        ("SELECT CAST(1 AS BIT)", "SELECT CAST(1 AS BOOLEAN)"),
        ("SELECT v COLLATE Latin1_General_100_BIN2 FROM [t]", 'SELECT v FROM "t"'),
        ("CREATE TABLE t (v NVARCHAR(MAX), m MONEY)", "CREATE TABLE t (v TEXT, m DECIMAL(19, 4))"),
    ],
)
def test_a_statement_means_the_same(tsql: str, duckdb: str) -> None:
    [(written, _)] = for_duckdb(tsql)
    assert written == duckdb


def test_queries_are_told_from_other_statements() -> None:
    assert [asks for _, asks in for_duckdb("/* tag */ SELECT 1; DELETE FROM t")] == [True, False]
    assert list(for_duckdb("SET LOCK_TIMEOUT 5; SET ROWCOUNT 3")) == []


def test_a_description_is_a_comment() -> None:
    call = "EXEC sys.sp_addextendedproperty N'MS_Description', N'it''s', N'SCHEMA', N's', N'TABLE', N't'"
    assert list(for_duckdb(call)) == [("COMMENT ON TABLE s.t IS 'it''s'", False)]
    assert list(for_duckdb(f"{call}, N'COLUMN', N'c'")) == [("COMMENT ON COLUMN s.t.c IS 'it''s'", False)]


def test_what_is_no_tsql_is_refused() -> None:
    with pytest.raises(SqlglotError):
        list(for_duckdb("SELECT FROM WHERE ("))
