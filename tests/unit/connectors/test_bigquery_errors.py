from __future__ import annotations

import pytest

from dq_platform.connectors.bigquery_errors import meaning_of
from dq_platform.errors import SourceProblem


@pytest.mark.parametrize(
    ("status", "reason", "problem"),
    [
        (400, "invalidQuery", SourceProblem.BAD_SQL),
        (400, "resourcesExceeded", SourceProblem.RESOURCE),
        (401, "", SourceProblem.CREDENTIALS),
        (403, "accessDenied", SourceProblem.PERMISSION),
        (403, "quotaExceeded", SourceProblem.RESOURCE),
        (403, "rateLimitExceeded", SourceProblem.RESOURCE),
        (404, "notFound", SourceProblem.NOT_FOUND),
        (429, "", SourceProblem.RESOURCE),
        (499, "stopped", SourceProblem.CANCELLED),
        (500, "backendError", SourceProblem.UNREACHABLE),
        (503, "", SourceProblem.UNREACHABLE),
    ],
)
def test_the_reason_counts_more_than_the_status(status: int, reason: str, problem: SourceProblem) -> None:
    error = meaning_of(status, reason, "")
    assert error.problem is problem
    assert error.code == (reason or str(status))


@pytest.mark.parametrize(
    "said", ["Job timed out after 300000 ms.", "Job execution was cancelled: Job timed out after 5s"]
)
def test_a_job_that_its_deadline_stopped_was_too_slow(said: str) -> None:
    assert meaning_of(499, "stopped", said).problem is SourceProblem.TIMEOUT


def test_a_bill_that_would_be_too_high_names_the_setting() -> None:
    error = meaning_of(400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 10485760.")
    assert error.problem is SourceProblem.PERMISSION
    assert "maximum_bytes_billed" in error.message
    assert not error.may_heal


@pytest.mark.parametrize(
    "said",
    [
        "Bad double value: secret",
        "Bad int64 value: secret; error in a column",
        "Invalid date: secret",
        "Could not cast literal: secret",
        'Failed to parse input string "secret"',
    ],
)
def test_a_value_of_the_table_is_not_repeated(said: str) -> None:
    assert "secret" not in meaning_of(400, "invalidQuery", said).message


def test_bad_sql_is_told() -> None:
    error = meaning_of(400, "invalidQuery", 'Syntax error: Expected end of input but got identifier "x" at [1:3]')
    assert error.message == (
        "BigQuery cannot execute the statement. It says: Syntax error: Expected end of input but got identifier … at "
        "[1:3]"
    )
