"""What goes wrong at BigQuery, by the reason that it gives, else by the HTTP status."""

from __future__ import annotations

import re

from dq_platform.connectors.driver_errors import source_error
from dq_platform.errors import SourceError, SourceProblem

_REASONS = {
    **dict.fromkeys(("backendError", "internalError", "badGateway", "tableUnavailable"), SourceProblem.UNREACHABLE),
    **dict.fromkeys(("accessDenied", "billingNotEnabled", "blocked", "policyViolation"), SourceProblem.PERMISSION),
    **dict.fromkeys(("bytesBilledLimitExceeded", "billingTierLimitExceeded"), SourceProblem.PERMISSION),
    **dict.fromkeys(("authError", "required"), SourceProblem.CREDENTIALS),
    "notFound": SourceProblem.NOT_FOUND,
    "timeout": SourceProblem.TIMEOUT,
    "stopped": SourceProblem.CANCELLED,
    **dict.fromkeys(("quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded"), SourceProblem.RESOURCE),
    **dict.fromkeys(("resourcesExceeded", "resourceInUse", "responseTooLarge"), SourceProblem.RESOURCE),
}

_STATUSES = {
    401: SourceProblem.CREDENTIALS,
    403: SourceProblem.PERMISSION,
    404: SourceProblem.NOT_FOUND,
    408: SourceProblem.UNREACHABLE,
    429: SourceProblem.RESOURCE,
    499: SourceProblem.CANCELLED,
}

_TOO_MANY_BYTES = (
    "The statement would be billed for more bytes than maximum_bytes_billed of the connection allows; a filter on the "
    "table's partitions makes it read less."
)

# A job that its own deadline ended is stopped like one that somebody cancelled; only the sentence differs.
_LATE = re.compile(r"tim(ed|e) ?out", re.IGNORECASE)
# What follows may be a value of the table, without quotes.
_VALUE = re.compile(r"\b(bad|invalid|could not|failed to|unable to)\b[^:]*:.*", re.IGNORECASE | re.DOTALL)


def meaning_of(status: int, reason: str, message: str) -> SourceError:
    """An answer of the API, or the end of a job, in our words. `status` is 0 for none."""
    problem = _problem(status, reason)
    if problem is SourceProblem.CANCELLED and _LATE.search(message):
        problem = SourceProblem.TIMEOUT
    code = reason or (str(status) if status else "")
    if reason == "bytesBilledLimitExceeded":
        return SourceError(problem, _TOO_MANY_BYTES, code=code)
    detail = _VALUE.sub(r"\1 value", message) if problem is SourceProblem.BAD_SQL else ""
    return source_error(problem, "BigQuery", code=code, detail=detail)


def _problem(status: int, reason: str) -> SourceProblem:
    if reason in _REASONS:
        return _REASONS[reason]
    if status in _STATUSES:
        return _STATUSES[status]
    return SourceProblem.UNREACHABLE if status >= 500 else SourceProblem.BAD_SQL
