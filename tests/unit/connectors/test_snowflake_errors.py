from __future__ import annotations

import pytest

from dq_platform.connectors.snowflake_errors import meaning_of, problem_of
from dq_platform.errors import SourceProblem


class DriverError(Exception):
    """As much of the driver's as is looked at."""

    def __init__(self, errno: int, sqlstate: str = "n/a", message: str = "") -> None:
        super().__init__(message)
        self.errno, self.sqlstate, self.raw_msg = errno, sqlstate, message


@pytest.mark.parametrize(
    ("number", "sqlstate", "problem"),
    [
        (250001, "08001", SourceProblem.UNREACHABLE),
        (290503, "n/a", SourceProblem.UNREACHABLE),
        (290404, "n/a", SourceProblem.NOT_FOUND),
        (390100, "08001", SourceProblem.CREDENTIALS),
        (390144, "08001", SourceProblem.CREDENTIALS),
        (394304, "28000", SourceProblem.CREDENTIALS),
        (390111, "08001", SourceProblem.UNREACHABLE),
        (390201, "08004", SourceProblem.NOT_FOUND),
        (2003, "42S02", SourceProblem.NOT_FOUND),
        (3001, "42501", SourceProblem.PERMISSION),
        (630, "57014", SourceProblem.TIMEOUT),
        (604, "57014", SourceProblem.CANCELLED),
        (90073, "57014", SourceProblem.RESOURCE),
        (1003, "42000", SourceProblem.BAD_SQL),
        (100038, "22018", SourceProblem.BAD_SQL),
        (-1, "n/a", SourceProblem.BAD_SQL),
    ],
)
def test_a_number_counts_more_than_its_family_and_that_more_than_the_sqlstate(
    number: int, sqlstate: str, problem: SourceProblem
) -> None:
    assert problem_of(number, sqlstate) is problem


def test_bad_sql_is_told_by_its_own_line_without_literals() -> None:
    said = "SQL compilation error:\nsyntax error line 1 at position 7 unexpected 'secret'."
    error = meaning_of(DriverError(1003, "42000", said))
    assert error.message == (
        "Snowflake cannot execute the statement. It says: syntax error line 1 at position 7 unexpected …."
    )
    assert error.code == "001003"


def test_a_missing_warehouse_is_named_as_the_setting() -> None:
    error = meaning_of(DriverError(606, "57P03", "No active warehouse selected in the current session."))
    assert error.problem is SourceProblem.PERMISSION
    assert "setting warehouse" in error.message


def test_nothing_but_bad_sql_repeats_what_the_server_says() -> None:
    error = meaning_of(DriverError(390100, "08001", "Incorrect username or password: host.example.org:443, BOB"))
    assert "BOB" not in error.message
    assert "example" not in error.message
