"""What PostgreSQL and libpq mean when no session comes about or one ends: such errors carry no SQLSTATE."""

from __future__ import annotations

from dq_platform.connectors.tls import TlsFailure
from dq_platform.errors import SourceProblem

# First match counts.
_TLS = (
    ("server does not support SSL", TlsFailure.NOT_OFFERED),
    ("no encryption", TlsFailure.DEMANDED),
    ("certificate verify failed", TlsFailure.NOT_VERIFIED),
    ("does not match host name", TlsFailure.WRONG_HOST),
    ("root certificate file", TlsFailure.FILE_UNREADABLE),
    ("could not read certificate file", TlsFailure.FILE_UNREADABLE),
    ("could not load private key file", TlsFailure.FILE_UNREADABLE),
    ("private key file", TlsFailure.FILE_UNREADABLE),
    ("requires a valid client certificate", TlsFailure.CLIENT_REFUSED),
    ("certificate authentication failed", TlsFailure.CLIENT_REFUSED),
    ("alert certificate", TlsFailure.CLIENT_REFUSED),
    ("alert bad certificate", TlsFailure.CLIENT_REFUSED),
    ("alert unknown ca", TlsFailure.CLIENT_REFUSED),
)

_REFUSALS = (
    ("too many clients", SourceProblem.RESOURCE),
    ("too many connections", SourceProblem.RESOURCE),
    ("connection slots are reserved", SourceProblem.RESOURCE),
    ("is starting up", SourceProblem.UNREACHABLE),
    ("is shutting down", SourceProblem.UNREACHABLE),
    ("recovery", SourceProblem.UNREACHABLE),
    ("permission denied for database", SourceProblem.PERMISSION),
    ("no password supplied", SourceProblem.CREDENTIALS),
)


def tls_failure_of(said: str) -> TlsFailure | None:
    """What went wrong with TLS, None if it was something else."""
    return next((failure for words, failure in _TLS if words in said), None)


def problem_of(said: str) -> SourceProblem:
    """The server's refusal of a session, or libpq's own failure to get or keep one."""
    for words, problem in _REFUSALS:
        if words in said:
            return problem
    if "FATAL:" not in said:
        return SourceProblem.UNREACHABLE
    missing_database = "database" in said and "does not exist" in said
    return SourceProblem.NOT_FOUND if missing_database else SourceProblem.CREDENTIALS
