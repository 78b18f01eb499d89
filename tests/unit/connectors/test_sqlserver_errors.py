from __future__ import annotations

import pytest

from dq_platform.connectors.sqlserver_errors import number_of, problem_of, said
from dq_platform.errors import SourceProblem

SOURCES = "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]"
ONE = f"[42S02] {SOURCES}Invalid object name 'x'. (208) (SQLExecDirectW)"
TWO = (
    f'[42000] {SOURCES}Cannot open database "x". (4060) (SQLDriverConnect); '
    f"[28000] {SOURCES}Login failed for user 'u'. (18456)"
)


def test_the_number_and_the_words_are_the_engines() -> None:
    assert number_of(ONE) == 208
    assert said(ONE) == "Invalid object name 'x'."
    assert number_of(TWO) == 4060
    assert said("nothing of the kind") == "nothing of the kind"
    assert number_of("nothing of the kind") == 0


@pytest.mark.parametrize(
    ("sqlstate", "number", "problem"),
    [
        ("42S02", 208, SourceProblem.NOT_FOUND),
        ("42S02", 0, SourceProblem.NOT_FOUND),
        ("42000", 229, SourceProblem.PERMISSION),
        ("28000", 18456, SourceProblem.CREDENTIALS),
        ("40001", 1205, SourceProblem.RESOURCE),
        ("42000", 1222, SourceProblem.RESOURCE),
        ("08S01", 0, SourceProblem.UNREACHABLE),
        ("HYT00", 0, SourceProblem.TIMEOUT),
        ("HY008", 0, SourceProblem.CANCELLED),
        ("HY000", 0, SourceProblem.UNREACHABLE),
        ("22012", 8134, SourceProblem.BAD_SQL),
        ("42000", 102, SourceProblem.BAD_SQL),
    ],
)
def test_an_error_means_the_same_by_number_and_by_state(sqlstate: str, number: int, problem: SourceProblem) -> None:
    assert problem_of(sqlstate, number) is problem
