from __future__ import annotations

import pytest

from dq_platform.connectors.postgresql_query import ONE_QUERY
from dq_platform.errors import SourceError, SourceProblem

DROP = "; COMMIT; DROP TABLE t; SELECT 1 --"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT E'it\\'s; ''' AS v, e'\\\\' AS w FROM t;",
        "SELECT $$it's; $1$$ || $a$ $$;' $a$ AS v",
        "SELECT v$session, a$b$ FROM t$1",
        "SELECT U&'\\0041' || N'a' || B'1' || type'\\' AS v",
        "SELECT 'a'\n  'b\\' AS v -- it's\rFROM t",
        'SELECT v AS "; DROP" /* it\'s; " */ FROM t',
        "SELECT v::text ~ '\\d+$' FROM t",
    ],
)
def test_a_query_may_quote_as_it_likes(sql: str) -> None:
    ONE_QUERY.require(sql)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT 1{DROP}",
        "SELECT 1) AS q; COMMIT; DROP TABLE t; SELECT * FROM (SELECT 1 AS v",
        f"SELECT 1 --\r{DROP}",
        f"SELECT 1 /* /* */ ' */ {DROP} '",
        f"SELECT E'\\'' {DROP} '",
        f"SELECT E'a'\n'\\'' {DROP} '",
        f"SELECT E'a' -- b\n -- c\n'\\'' {DROP} '",
        f"SELECT typeE'\\' {DROP} '",
        f"SELECT €E'\\' {DROP} '",
        f"SELECT $$ ' $$ {DROP} '",
        f"SELECT 1 AS a$$ {DROP} $$",
        f"SELECT 1$a$ ' $a$ {DROP} '",
        f"SELECT €$$ {DROP} $$",
        f"SELECT $€$ ' $€$ {DROP} '",
        "SELECT $$ open",
        "SELECT 1 /* open",
        "SELECT 1 INTO t",
        "VALUES (1)",
    ],
)
def test_what_the_server_would_execute_is_no_text(sql: str) -> None:
    with pytest.raises(SourceError) as caught:
        ONE_QUERY.require(sql)
    assert caught.value.problem is SourceProblem.PERMISSION
