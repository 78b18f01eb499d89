"""What DuckDB's exceptions mean; it has classes and sentences instead of codes."""

from __future__ import annotations

from dq_platform.errors import SourceProblem

# Class name and what its message contains; the first match counts, and BAD_SQL where none does.
_MEANINGS = (
    ("InterruptException", "", SourceProblem.CANCELLED),
    ("PermissionException", "", SourceProblem.PERMISSION),
    ("OutOfMemoryException", "", SourceProblem.RESOURCE),
    ("CatalogException", "Table with name", SourceProblem.NOT_FOUND),
    ("CatalogException", "View with name", SourceProblem.NOT_FOUND),
    ("CatalogException", "Schema with name", SourceProblem.NOT_FOUND),
    ("BinderException", 'Catalog "', SourceProblem.NOT_FOUND),
    ("IOException", "Could not set lock", SourceProblem.RESOURCE),
    ("IOException", "No files found", SourceProblem.NOT_FOUND),
    ("IOException", "not a valid DuckDB database", SourceProblem.NOT_FOUND),
    ("IOException", "", SourceProblem.UNREACHABLE),
    ("HTTPException", "SignatureDoesNotMatch", SourceProblem.CREDENTIALS),
    ("HTTPException", "InvalidAccessKeyId", SourceProblem.CREDENTIALS),
    ("HTTPException", "HTTP 401", SourceProblem.CREDENTIALS),
    ("HTTPException", "HTTP 403", SourceProblem.PERMISSION),
    ("HTTPException", "HTTP 404", SourceProblem.NOT_FOUND),
    ("HTTPException", "", SourceProblem.UNREACHABLE),
    ("ConnectionException", "", SourceProblem.UNREACHABLE),
    ("FatalException", "", SourceProblem.UNREACHABLE),
    ("InternalException", "", SourceProblem.UNREACHABLE),
    ("InvalidInputException", "read-only mode", SourceProblem.PERMISSION),
)


def problem_of(error: Exception) -> SourceProblem:
    name, said = type(error).__name__, str(error)
    for kind, words, problem in _MEANINGS:
        if kind == name and words in said:
            return problem
    return SourceProblem.BAD_SQL
