from __future__ import annotations

import pytest

from dq_platform.checks.sql_text import parse_condition
from dq_platform.checks.user_sql import SqlRefused

COLUMNS = ["id", "name"]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "DATE_PART('x) y', id) = 1"),
        ("mysql", "TIMESTAMPDIFF('x) y', id, id) = 1"),
        ("tsql", "DATEADD('x) y', 1, id) = id"),
        ("databricks", "EXTRACT('x) y' FROM id) = 1"),
        ("duckdb", "name COLLATE 'x) y' = ''"),
    ],
)
def test_a_unit_and_a_collation_are_one_word(dialect: str, text: str) -> None:
    with pytest.raises(SqlRefused, match=r"one word, not '[xX]\) [yY]'"):
        parse_condition(text, dialect, COLUMNS)


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("oracle", "id > DATE '2020-01-01'"),
        ("oracle", "id BETWEEN DATE '2020-01-01' AND TRUNC(SYSDATE)"),
        ("oracle", "id > ADD_MONTHS(SYSDATE, -1) OR MONTHS_BETWEEN(SYSDATE, id) > 3 OR id > SYSTIMESTAMP"),
        ("oracle", "DECODE(name, 'a', 1, 2) = 1"),
        ("tsql", "DATEDIFF(day, id, GETDATE()) > 3 OR DATEDIFF(hour, id, SYSUTCDATETIME()) < 5"),
        ("tsql", "CONVERT(DATE, name, 103) > id OR TRY_CONVERT(INT, name) IS NULL OR ISDATE(name) = 1"),
        ("databricks", "date_add(current_date(), -1) > id OR date_sub(current_date(), 1) > id"),
        ("databricks", "date_format(id, 'yyyy') = '2020' OR dateadd(DAY, -1, current_date()) < id"),
        ("databricks", "add_months(id, 1) > id OR unix_timestamp(id) > 1"),
        ("redshift", "DATEADD(day, -1, GETDATE()) > id OR DATEDIFF(day, id, GETDATE()) > 3"),
        ("redshift", "CONVERT_TIMEZONE('UTC', id) > id OR ADD_MONTHS(id, 1) > id"),
        ("snowflake", "PARSE_JSON(name):a = 1 OR CONVERT_TIMEZONE('UTC', 'Europe/Berlin', id) > id"),
        ("snowflake", "TRY_TO_NUMBER(name) IS NULL OR ADD_MONTHS(id, 1) > id"),
        ("bigquery", "TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY) < id OR DATETIME_DIFF(id, id, DAY) < 1"),
        ("bigquery", "DATE_TRUNC(id, WEEK(MONDAY)) = id OR DATETIME(id) > DATETIME '2020-01-01'"),
        ("mysql", "id > DATE_SUB(NOW(), INTERVAL 1 DAY) OR TIMESTAMPDIFF(DAY, id, NOW()) > 3"),
        ("mysql", "DATE_ADD(id, INTERVAL '1:1' MINUTE_SECOND) > id"),
        ("postgres", "DATE_PART('day', id) = 1 OR id > NOW() - INTERVAL '1 month 2 days'"),
        ("duckdb", "DATE_DIFF('day', id, today()) > 3 OR name COLLATE nocase = ''"),
    ],
)
def test_dates_are_compared_in_the_engines_own_words(dialect: str, text: str) -> None:
    written = parse_condition(text, dialect, COLUMNS)
    assert parse_condition(written, dialect, COLUMNS) == written


def test_what_was_understood_is_not_passed_off_as_what_was_written() -> None:
    with pytest.raises(SqlRefused, match=r"^NEWID\(\) is not allowed in a condition\.$"):
        parse_condition("NEWID() = name", "tsql", COLUMNS)
    with pytest.raises(SqlRefused, match=r"^What was read as CURRENT_USER\(\) is not allowed in a condition\.$"):
        parse_condition("SYSTEM_USER = name", "tsql", COLUMNS)
