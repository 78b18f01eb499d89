"""Everything that can be wrong, as a tree: the class is the meaning, `reason` the machine name, `facts` the details.

A message is written for the caller: it never holds credentials, SQL literals or a driver's own text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class DomainError(Exception):
    """Base of all errors that a caller may see. `facts` are the variable parts of the message, as text."""

    reason: str = "INTERNAL"

    def __init__(self, message: str, **facts: str) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with the input.

    `field` is the path as the contract spells it (`check.thresholds.error.max_percent`), `description` says what is
    wrong with which value and what would be right, `reason` is the machine name (`UNKNOWN_CHECK_TYPE`).
    """

    field: str
    description: str
    reason: str = "INVALID_VALUE"


class Invalid(DomainError):
    """The request cannot be accepted as it is; `violations` lists everything that is wrong with it, at once."""

    reason = "INVALID_ARGUMENT"

    def __init__(self, violations: Sequence[Violation]) -> None:
        first = violations[0]
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        super().__init__(f"{first.field}: {first.description}{more}", field=first.field)
        self.violations = tuple(violations)

    @classmethod
    def one(cls, field: str, description: str, reason: str = "INVALID_VALUE") -> Invalid:
        return cls([Violation(field, description, reason)])


class NotFound(DomainError):
    """`kind` `id` does not exist, or belongs to another workspace, which is told apart for nobody."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"{kind} {id!r} does not exist.", kind=kind, id=id)
        self.reason = f"{kind.upper().replace(' ', '_')}_NOT_FOUND"


class AlreadyExists(DomainError):
    """Something with this identity exists already."""

    reason = "ALREADY_EXISTS"

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"{kind} {id!r} exists already.", kind=kind, id=id)


class RequestIdReused(DomainError):
    """The request id was used before with other contents."""

    reason = "REQUEST_ID_REUSED"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"request_id {request_id!r} was used before with different contents; take a new one.",
            kind="request_id",
            id=request_id,
        )


class EtagMismatch(DomainError):
    """The resource changed since the caller read it."""

    reason = "ETAG_MISMATCH"

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"{kind} {id!r} has changed since it was read; read it again and repeat.", kind=kind, id=id)


class WrongState(DomainError):
    """The resource is in a state that does not allow this; `reason` names which."""

    def __init__(self, reason: str, message: str, **facts: str) -> None:
        super().__init__(message, **facts)
        self.reason = reason


class Unsupported(DomainError):
    """The engine cannot do what the check needs."""

    reason = "SENSOR_UNSUPPORTED_ON_ENGINE"


class Unauthenticated(DomainError):
    """No key, or one that is not valid."""

    reason = "API_KEY_INVALID"


class PermissionDenied(DomainError):
    """The key is valid but its role does not allow this."""

    reason = "ROLE_REQUIRED"

    def __init__(self, required: str, actual: str) -> None:
        super().__init__(
            f"This needs the role {required}; the key has the role {actual}.", required=required, actual=actual
        )


class Exhausted(DomainError):
    """A limit is reached; it may work again after `retry_after`."""

    reason = "RESOURCE_EXHAUSTED"

    def __init__(self, message: str, retry_after: timedelta, **facts: str) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after


class QueueFull(Exhausted):
    """The workspace's jobs have as many units to do as they may; `queued` are there, `units` were to come."""

    reason = "QUEUE_FULL"

    def __init__(self, queued: int, units: int, limit: int) -> None:
        super().__init__(
            f"{queued:,} units of this workspace's jobs have not ended, and this job has {units:,}; at most {limit:,} "
            "are allowed. Ask again when some have ended, or cancel jobs that are not needed.",
            timedelta(seconds=10),
            queued=str(queued),
            units=str(units),
            limit=str(limit),
        )


class StoreUnavailable(DomainError):
    """The platform's own store cannot be reached, or takes too long; it may work again after `retry_after`."""

    reason = "STORE_UNAVAILABLE"
    retry_after = timedelta(seconds=2)

    def __init__(self) -> None:
        super().__init__("The platform's own store cannot be reached at the moment; try again.")


class DeliveryFailed(DomainError):
    """A message did not reach its receiver; `reason` names why. `may_heal`: sending it again later may help."""

    def __init__(self, reason: str, message: str, *, may_heal: bool, retry_after: timedelta = timedelta()) -> None:
        super().__init__(message)
        self.reason = reason
        self.may_heal = may_heal
        self.retry_after = retry_after


class SourceProblem(StrEnum):
    """What can be wrong with a customer's engine, whichever it is."""

    UNREACHABLE = "UNREACHABLE"
    CREDENTIALS = "CREDENTIALS"
    PERMISSION = "PERMISSION"
    NOT_FOUND = "NOT_FOUND"
    TIMEOUT = "TIMEOUT"
    CANCELLED = "CANCELLED"
    BAD_SQL = "BAD_SQL"
    RESOURCE = "RESOURCE"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    DRIVER_MISSING = "DRIVER_MISSING"


class SourceError(DomainError):
    """The customer's engine failed. `code` is its SQLSTATE or error number, empty if it gave none."""

    def __init__(self, problem: SourceProblem, message: str, *, code: str = "") -> None:
        facts = {"problem": problem.value} | ({"code": code} if code else {})
        super().__init__(message, **facts)
        self.problem = problem
        self.code = code
        self.reason = f"SOURCE_{problem.value}"

    @property
    def may_heal(self) -> bool:
        """Whether the same statement can work later without anybody changing it."""
        return self.problem in (SourceProblem.UNREACHABLE, SourceProblem.RESOURCE)

    @property
    def concerns_whole_source(self) -> bool:
        """Whether every other statement to the same source would fail for the same cause."""
        return self.problem in (
            SourceProblem.UNREACHABLE,
            SourceProblem.CREDENTIALS,
            SourceProblem.CANCELLED,
            SourceProblem.TIMEOUT,
            SourceProblem.DRIVER_MISSING,
            SourceProblem.RESOURCE,
        )
