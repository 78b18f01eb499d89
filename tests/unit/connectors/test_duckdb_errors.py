from __future__ import annotations

import duckdb
import pytest

from dq_platform.connectors.duckdb_errors import problem_of
from dq_platform.errors import SourceProblem


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (duckdb.InterruptException("Interrupted!"), SourceProblem.CANCELLED),
        (duckdb.OutOfMemoryException("failed to allocate"), SourceProblem.RESOURCE),
        (duckdb.IOException("Could not set lock on file"), SourceProblem.RESOURCE),
        (duckdb.IOException("disk gone"), SourceProblem.UNREACHABLE),
        (duckdb.CatalogException("Table with name x does not exist!"), SourceProblem.NOT_FOUND),
        (duckdb.CatalogException("Scalar Function with name x does not exist!"), SourceProblem.BAD_SQL),
        (duckdb.HTTPException("HTTP GET error reading 's3://b/x' (HTTP 403 Forbidden)"), SourceProblem.PERMISSION),
        (duckdb.HTTPException("HTTP GET error (HTTP 403) SignatureDoesNotMatch"), SourceProblem.CREDENTIALS),
        (duckdb.HTTPException("HTTP GET error (HTTP 503)"), SourceProblem.UNREACHABLE),
        (duckdb.ParserException("syntax error"), SourceProblem.BAD_SQL),
    ],
)
def test_an_exception_means_a_problem(error: duckdb.Error, problem: SourceProblem) -> None:
    assert problem_of(error) is problem
