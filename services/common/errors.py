"""Domain errors as `google.rpc.Status`: one table says which code and which details each one has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import (
    BadRequest,
    ErrorInfo,
    PreconditionFailure,
    QuotaFailure,
    RequestInfo,
    ResourceInfo,
    RetryInfo,
)
from google.rpc.status_pb2 import Status

from dq_platform import errors
from dq_platform.errors import DomainError, SourceProblem, Violation
from dq_platform.execution import problems
from services.common.text import clip

DOMAIN = "dqplatform.dev"
RETRY_AFTER = timedelta(seconds=5)
# A status travels in headers, of which clients take 8 KiB by default; text that is not ASCII triples on the way.
MESSAGE_SIZE = 600
FACT_SIZE = 200
FACTS_SIZE = 1000
DESCRIPTION_SIZE = 400
VIOLATIONS_SIZE = 2000

Details = Callable[[DomainError], Sequence[Message]]


def status_of(error: DomainError) -> Status:
    """The status that a caller sees for the error: always with an ErrorInfo, never longer than headers take."""
    code, details = _entry(error)
    return _status(code, error.message, error.reason, error.facts, details(error))


def deadline_exceeded() -> Status:
    return _status(code_pb2.DEADLINE_EXCEEDED, "The request took longer than its deadline.", "DEADLINE", {}, ())


def internal(request_id: str) -> Status:
    """The status for a fault of ours: no cause, but the request id under which it is logged."""
    message = "The service failed to handle the request."
    return _status(code_pb2.INTERNAL, message, "INTERNAL", {}, [RequestInfo(request_id=request_id)])


def is_known(kind: type[DomainError]) -> bool:
    """Whether the table has an entry for this class of errors."""
    return any(base in TABLE for base in _bases(kind))


def _entry(error: DomainError) -> tuple[int, Details]:
    if isinstance(error, errors.SourceError):
        code = SOURCE_CODES[error.problem]
        return code, _retry if code == code_pb2.UNAVAILABLE else _nothing
    return next(TABLE[base] for base in _bases(type(error)) if base in TABLE)


def _bases(kind: type[DomainError]) -> Sequence[type[DomainError]]:
    """The class and the domain errors that it is a case of, the nearest first."""
    return [base for base in kind.__mro__ if issubclass(base, DomainError)]


def _status(code: int, message: str, reason: str, facts: Mapping[str, str], details: Sequence[Message]) -> Status:
    status = Status(code=code, message=clip(message, MESSAGE_SIZE))
    status.details.add().Pack(ErrorInfo(reason=reason, domain=DOMAIN, metadata=dict(_clipped(facts))))
    for detail in details:
        status.details.add().Pack(detail)
    return status


def _clipped(facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    room = FACTS_SIZE
    for key, value in facts.items():
        short = clip(value, FACT_SIZE)
        room -= len(key) + len(short.encode())
        if room < 0:
            return
        yield key, short


def _violations(error: DomainError) -> Sequence[Message]:
    found: Sequence[Violation] = getattr(error, "violations", ())
    detail = BadRequest()
    for violation in found:
        field, description = clip(violation.field, FACT_SIZE), clip(violation.description, DESCRIPTION_SIZE)
        detail.field_violations.add(field=field, description=description, reason=violation.reason)
        if detail.ByteSize() > VIOLATIONS_SIZE:
            break
    left_out = len(found) - len(detail.field_violations)
    if left_out:
        detail.field_violations.add(field="", description=f"{left_out} more violations are not shown.")
    return [detail]


def _resource(error: DomainError) -> Sequence[Message]:
    kind, name = (clip(error.facts.get(fact, ""), FACT_SIZE) for fact in ("kind", "id"))
    return [ResourceInfo(resource_type=kind, resource_name=name)]


def _precondition(error: DomainError) -> Sequence[Message]:
    detail = PreconditionFailure()
    detail.violations.add(type=error.reason, description=clip(error.message, DESCRIPTION_SIZE))
    return [detail]


def _quota(error: DomainError) -> Sequence[Message]:
    detail = QuotaFailure()
    detail.violations.add(subject=error.reason, description=clip(error.message, DESCRIPTION_SIZE))
    return [detail, *_retry(error)]


def _retry(error: DomainError) -> Sequence[Message]:
    delay = Duration()
    delay.FromTimedelta(getattr(error, "retry_after", RETRY_AFTER))
    return [RetryInfo(retry_delay=delay)]


def _nothing(_error: DomainError) -> Sequence[Message]:
    return ()


# A SourceError's entry is looked up by its problem, in SOURCE_CODES.
TABLE: Mapping[type[DomainError], tuple[int, Details]] = {
    errors.Invalid: (code_pb2.INVALID_ARGUMENT, _violations),
    errors.NotFound: (code_pb2.NOT_FOUND, _resource),
    errors.AlreadyExists: (code_pb2.ALREADY_EXISTS, _resource),
    errors.RequestIdReused: (code_pb2.ALREADY_EXISTS, _resource),
    errors.EtagMismatch: (code_pb2.ABORTED, _nothing),
    errors.WrongState: (code_pb2.FAILED_PRECONDITION, _precondition),
    errors.Unsupported: (code_pb2.FAILED_PRECONDITION, _precondition),
    errors.Unauthenticated: (code_pb2.UNAUTHENTICATED, _nothing),
    errors.PermissionDenied: (code_pb2.PERMISSION_DENIED, _nothing),
    errors.Exhausted: (code_pb2.RESOURCE_EXHAUSTED, _quota),
    errors.StoreUnavailable: (code_pb2.UNAVAILABLE, _retry),
    errors.DeliveryFailed: (code_pb2.FAILED_PRECONDITION, _precondition),
    errors.SourceError: (code_pb2.UNAVAILABLE, _retry),
    problems.TableMissing: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.ColumnMissing: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.ColumnTypeUnsuitable: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.ReferenceFailed: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.SensorFailed: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.TooManyGroups: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.ImportFailed: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.RowsMultiplied: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.ScanBudgetExceeded: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.ScanSizeUnknown: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.SearchRefused: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.NothingToShow: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.IdsNotReturned: (code_pb2.FAILED_PRECONDITION, _precondition),
    problems.TooManySamples: (code_pb2.FAILED_PRECONDITION, _precondition),
}

SOURCE_CODES: Mapping[SourceProblem, int] = {
    SourceProblem.UNREACHABLE: code_pb2.UNAVAILABLE,
    SourceProblem.RESOURCE: code_pb2.UNAVAILABLE,
    SourceProblem.TIMEOUT: code_pb2.DEADLINE_EXCEEDED,
    SourceProblem.CANCELLED: code_pb2.CANCELLED,
    SourceProblem.CREDENTIALS: code_pb2.FAILED_PRECONDITION,
    SourceProblem.PERMISSION: code_pb2.FAILED_PRECONDITION,
    SourceProblem.NOT_FOUND: code_pb2.FAILED_PRECONDITION,
    SourceProblem.BAD_SQL: code_pb2.FAILED_PRECONDITION,
    SourceProblem.TOO_MANY_ROWS: code_pb2.FAILED_PRECONDITION,
    SourceProblem.DRIVER_MISSING: code_pb2.FAILED_PRECONDITION,
}
