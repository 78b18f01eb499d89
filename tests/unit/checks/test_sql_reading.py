from __future__ import annotations

import pytest
from sqlglot import exp

from dq_platform.checks.sql_reading import parsed, settled, shown, written
from dq_platform.checks.sql_text import parse_condition
from dq_platform.checks.user_sql import SqlRefused

COLUMNS = ["id", "name"]


def test_what_is_written_must_come_back_the_same() -> None:
    assert settled("1", "postgres", lambda text: text) == "1"
    with pytest.raises(SqlRefused, match="would not reach the source as it is meant"):
        settled("1", "postgres", lambda text: f"{text} + 1")


def test_what_is_written_must_be_readable() -> None:
    with pytest.raises(SqlRefused, match="would not reach the source"):
        settled("1", "postgres", lambda _: "1; 2")


@pytest.mark.parametrize("error", [IndexError, KeyError, ValueError, TypeError, AttributeError, RecursionError])
def test_whatever_the_parser_raises_is_a_refusal(error: type[Exception]) -> None:
    def read(_: str) -> str:
        raise error

    with pytest.raises(SqlRefused, match="cannot be read"):
        settled("1", "postgres", read)


@pytest.mark.parametrize("dialect", ["mysql", "bigquery"])
def test_an_interval_that_makes_no_sense_is_a_refusal(dialect: str) -> None:
    with pytest.raises(SqlRefused, match="cannot be read"):
        parse_condition("DATE_ADD(id, INTERVAL 1 'd''x') = 1", dialect, COLUMNS)


def test_the_flags_of_a_pattern_are_not_lost() -> None:
    with pytest.raises(SqlRefused, match=r"takes no flags here; begin the pattern with \(\?i\) or \(\?-i\)\.$"):
        parse_condition("REGEXP_LIKE(name, '^A', 'c')", "mysql", COLUMNS)
    assert parse_condition("REGEXP_LIKE(name, '(?-i)^A')", "mysql", COLUMNS) == "`name` REGEXP '(?-i)^A'"


def test_sql_in_a_message_is_short() -> None:
    tree = parsed("name = '" + "x" * 100 + "'", "postgres", exp.Condition)
    assert len(shown(tree, "postgres")) == 60
    assert len(written(tree, "postgres")) > 100
