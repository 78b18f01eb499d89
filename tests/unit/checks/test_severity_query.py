from __future__ import annotations

import pytest

from dq_platform.checks.severity_query import parse_severity_query
from dq_platform.checks.user_sql import SqlRefused
from dq_platform.models.check import Target

COLUMNS = ("id", "Email", "severity")
TABLE, COLUMN = Target("c", "shop", "orders"), Target("c", "shop", "orders", "Email")


def parsed(query: str, target: Target = TABLE, dialect: str = "postgres") -> str:
    return parse_severity_query(query, dialect, COLUMNS, target)


def test_a_query_is_stored_as_it_will_be_sent() -> None:
    assert (
        parsed("select count(*) as actual_value, 2 as Severity from shop.orders where id > 1")
        == 'SELECT COUNT(*) AS actual_value, 2 AS Severity FROM "dq_checked_rows" AS "orders" WHERE "id" > 1'
    )


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "duckdb"])
def test_a_column_or_a_star_may_be_the_severity(dialect: str) -> None:
    assert "severity" in parsed("SELECT severity FROM orders LIMIT 1", dialect=dialect)
    assert "*" in parsed("SELECT * FROM orders LIMIT 1", dialect=dialect)


def test_a_check_of_a_column_must_look_at_it() -> None:
    assert '"Email"' in parsed("SELECT COUNT(email) AS severity FROM orders", COLUMN)
    with pytest.raises(SqlRefused, match="must look at the checked column 'Email'"):
        parsed("SELECT COUNT(id) AS severity FROM orders", COLUMN)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT COUNT(*) AS actual_value, 1 AS sevrity FROM orders", "it returns actual_value, sevrity"),
        ("SELECT 1 AS severity, 2 AS SEVERITY FROM orders", "returns 'severity' 2 times"),
        ("SELECT 1 AS severity, 2 AS actual_value, 3 AS actual_value FROM orders", "returns 'actual_value' 2 times"),
        ("SELECT 1 AS severity FROM customers", "only the checked table 'orders', not 'customers'"),
        ("SELECT 1 AS severity; DELETE FROM orders", "semicolon"),
        ("DELETE FROM orders RETURNING 1 AS severity", "cannot be read"),
        ("SELECT pg_sleep(9) AS severity FROM orders", "'pg_sleep' is not allowed"),
        ("1 AS severity", ""),
    ],
)
def test_what_brings_no_severity_or_is_no_harmless_query_is_refused(query: str, words: str) -> None:
    with pytest.raises(SqlRefused) as error:
        parsed(query)
    assert words in str(error.value)
