"""What Databricks' errors mean: an error class and an SQLSTATE in the message, or an HTTP status before any SQL."""

from __future__ import annotations

import re

from dq_platform.connectors.driver_errors import problem_of_sqlstate
from dq_platform.errors import SourceProblem

_CLASSES = {
    SourceProblem.NOT_FOUND: ("CATALOG_NOT_FOUND", "DELTA_TABLE_NOT_FOUND", "NO_SUCH_CATALOG_EXCEPTION",
                              "PATH_NOT_FOUND", "SCHEMA_NOT_FOUND", "TABLE_OR_VIEW_NOT_FOUND"),
    SourceProblem.PERMISSION: ("INSUFFICIENT_PERMISSIONS", "PERMISSION_DENIED", "UNAUTHORIZED_ACCESS"),
    SourceProblem.TIMEOUT: ("OPERATION_TIMED_OUT", "QUERY_EXECUTION_TIMEOUT_EXCEEDED", "STATEMENT_TIMEOUT"),
    SourceProblem.CANCELLED: ("OPERATION_CANCELED", "QUERY_CANCELED"),
    SourceProblem.RESOURCE: ("INSUFFICIENT_MEMORY", "RESOURCE_EXHAUSTED", "TEMPORARILY_UNAVAILABLE"),
}  # fmt: skip

_PROBLEMS = {name: problem for problem, names in _CLASSES.items() for name in names}

# Sentences of servers that name no class; the first match counts.
_SENTENCES = (
    ("found timedout", SourceProblem.TIMEOUT),
    ("found canceled", SourceProblem.CANCELLED),
    ("timed out", SourceProblem.TIMEOUT),
    ("timeout", SourceProblem.TIMEOUT),
    ("invalid sessionhandle", SourceProblem.UNREACHABLE),
    ("out of memory", SourceProblem.RESOURCE),
    ("outofmemoryerror", SourceProblem.RESOURCE),
)

_STATUS = {
    401: SourceProblem.CREDENTIALS,
    403: SourceProblem.PERMISSION,
    404: SourceProblem.NOT_FOUND,
    429: SourceProblem.RESOURCE,
}

# Not where the name of Java's exception follows: there the class is mentioned once more behind it.
_CLASS = re.compile(r"\[([A-Z][A-Z0-9_]*)(?:\.[A-Z0-9_.]+)?\](?!\s*(?:org|com|java)\.)")
_SQLSTATE = re.compile(r"SQLSTATE:? ?\(?([0-9A-Z]{5})\b")
_TOKEN = re.compile(r"token|credential", re.IGNORECASE)


def code_of(message: str) -> str:
    """The SQLSTATE, else the error class; empty if the message has neither."""
    state = _SQLSTATE.search(message)
    if state:
        return state[1]
    named = _CLASS.search(message)
    return named[1] if named else ""


def detail_of(message: str) -> str:
    """The sentence behind the last mention of the class, without the names of Java's exceptions and the stack."""
    named = _CLASS.search(message)
    return message[named.end() :] if named else ""


def problem_of(message: str) -> SourceProblem:
    """What a failed statement's message means."""
    named = _CLASS.search(message)
    if named and named[1] in _PROBLEMS:
        return _PROBLEMS[named[1]]
    state = _SQLSTATE.search(message)
    if state:
        return problem_of_sqlstate(state[1])
    lower = message.lower()
    return next((problem for words, problem in _SENTENCES if words in lower), SourceProblem.BAD_SQL)


def problem_of_status(status: int | None, reason: str) -> SourceProblem:
    """What a request that never became a statement means. An invalid token is answered with 403, too."""
    if status == 403 and _TOKEN.search(reason):
        return SourceProblem.CREDENTIALS
    return _STATUS.get(status or 0, SourceProblem.UNREACHABLE)
