from __future__ import annotations

import pytest

from dq_platform.connectors.databricks_errors import code_of, detail_of, problem_of, problem_of_status
from dq_platform.errors import SourceProblem

MISSING = (
    "org.apache.hive.service.cli.HiveSQLException: Error running query: [TABLE_OR_VIEW_NOT_FOUND] "
    "org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `a` cannot be found.\n"
    "SQLSTATE: 42P01; line 1 pos 14"
)
MALFORMED = "[CAST_INVALID_INPUT] The value 'secret' cannot be cast. SQLSTATE: 22018\n== SQL ==\nSELECT 'secret'"


@pytest.mark.parametrize(
    ("message", "problem", "code"),
    [
        (MISSING, SourceProblem.NOT_FOUND, "42P01"),
        (MALFORMED, SourceProblem.BAD_SQL, "22018"),
        ("[SCHEMA_NOT_FOUND] The schema cannot be found. SQLSTATE: 42704", SourceProblem.NOT_FOUND, "42704"),
        ("[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column. SQLSTATE: 42703", SourceProblem.BAD_SQL, "42703"),
        ("[INSUFFICIENT_PERMISSIONS] User lacks SELECT. SQLSTATE: 42501", SourceProblem.PERMISSION, "42501"),
        ("[PERMISSION_DENIED] no", SourceProblem.PERMISSION, "PERMISSION_DENIED"),
        ("[OPERATION_CANCELED] stopped", SourceProblem.CANCELLED, "OPERATION_CANCELED"),
        ("Query timed out after 5 seconds", SourceProblem.TIMEOUT, ""),
        ("Invalid SessionHandle: SessionHandle [1]", SourceProblem.UNREACHABLE, ""),
        ("java.lang.OutOfMemoryError: Java heap space", SourceProblem.RESOURCE, ""),
        ("something else", SourceProblem.BAD_SQL, ""),
    ],
)
def test_a_message_names_its_problem(message: str, problem: SourceProblem, code: str) -> None:
    assert problem_of(message) is problem
    assert code_of(message) == code


def test_the_detail_is_the_sentence_alone() -> None:
    assert detail_of(MISSING).startswith(" The table or view")
    assert detail_of("nothing of the kind") == ""


@pytest.mark.parametrize(
    ("status", "reason", "problem"),
    [
        (401, "", SourceProblem.CREDENTIALS),
        (403, "Invalid access token.", SourceProblem.CREDENTIALS),
        (403, "You may not use this warehouse", SourceProblem.PERMISSION),
        (404, "", SourceProblem.NOT_FOUND),
        (429, "", SourceProblem.RESOURCE),
        (503, "", SourceProblem.UNREACHABLE),
        (None, "", SourceProblem.UNREACHABLE),
    ],
)
def test_a_refused_request_names_its_problem(status: int | None, reason: str, problem: SourceProblem) -> None:
    assert problem_of_status(status, reason) is problem
