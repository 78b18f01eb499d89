"""Failures as `google.rpc.Status`: the gateway's own and those of the services, with their HTTP code and headers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import grpc
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2

DOMAIN: Final = "dqplatform.dev"
CLIENT_CLOSED_REQUEST: Final = 499
CHALLENGE: Final = 'ApiKey realm="dq"'
RETRY_SECONDS: Final = 5
_DETAILS_KEY: Final = "grpc-status-details-bin"

HTTP_OF: Final[Mapping[int, int]] = {
    code_pb2.OK: HTTPStatus.OK,
    code_pb2.CANCELLED: CLIENT_CLOSED_REQUEST,
    code_pb2.UNKNOWN: HTTPStatus.INTERNAL_SERVER_ERROR,
    code_pb2.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    code_pb2.DEADLINE_EXCEEDED: HTTPStatus.GATEWAY_TIMEOUT,
    code_pb2.NOT_FOUND: HTTPStatus.NOT_FOUND,
    code_pb2.ALREADY_EXISTS: HTTPStatus.CONFLICT,
    code_pb2.PERMISSION_DENIED: HTTPStatus.FORBIDDEN,
    code_pb2.RESOURCE_EXHAUSTED: HTTPStatus.TOO_MANY_REQUESTS,
    code_pb2.FAILED_PRECONDITION: HTTPStatus.BAD_REQUEST,
    code_pb2.ABORTED: HTTPStatus.CONFLICT,
    code_pb2.OUT_OF_RANGE: HTTPStatus.BAD_REQUEST,
    code_pb2.UNIMPLEMENTED: HTTPStatus.NOT_IMPLEMENTED,
    code_pb2.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    code_pb2.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    code_pb2.DATA_LOSS: HTTPStatus.INTERNAL_SERVER_ERROR,
    code_pb2.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
}

# A status without details was not written by our services but by gRPC itself or by an uncaught exception:
# its text may name hosts, files or values, so the client gets ours instead.
_FOREIGN: Final[Mapping[int, tuple[str, str]]] = {
    code_pb2.UNKNOWN: ("INTERNAL", "The service failed to handle the request."),
    code_pb2.INTERNAL: ("INTERNAL", "The service failed to handle the request."),
    code_pb2.DATA_LOSS: ("INTERNAL", "The service failed to handle the request."),
    code_pb2.UNAVAILABLE: ("SERVICE_UNAVAILABLE", "The service behind this path cannot be reached; try again."),
    code_pb2.DEADLINE_EXCEEDED: ("DEADLINE", "The service did not answer within the time limit."),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One wrong field of a request, by its path in proto names."""

    field: str
    description: str


@dataclass(eq=False)
class Problem(Exception):
    """A request that the gateway itself refuses. `http` replaces the HTTP code of the table."""

    code: int
    reason: str
    message: str
    violations: Sequence[Violation] = ()
    http: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    def status(self) -> status_pb2.Status:
        status = _with_reason(self.code, self.reason, self.message)
        if self.violations:
            bad = error_details_pb2.BadRequest()
            for violation in self.violations:
                bad.field_violations.add(field=violation.field, description=violation.description)
            status.details.add().Pack(bad)
        return status


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed request, ready to be answered."""

    status: status_pb2.Status
    http: int
    headers: Mapping[str, str]


def invalid(violations: Sequence[Violation]) -> Problem:
    """400 for fields that are wrong, all named at once."""
    more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
    message = f"{violations[0].field}: {violations[0].description}{more}"
    return Problem(code_pb2.INVALID_ARGUMENT, "INVALID_ARGUMENT", message, violations)


def failure_of(error: Problem | grpc.aio.AioRpcError) -> Failure:
    """What to answer for a refusal of the gateway or an error of a service."""
    if isinstance(error, Problem):
        return _failure(error.status(), error.http, error.headers)
    return _failure(_status_of(error))


def internal(request_id: str) -> Failure:
    """500 for a fault of the gateway: no cause, but the request id under which it is logged."""
    status = _with_reason(code_pb2.INTERNAL, "INTERNAL", "The gateway failed to handle the request.")
    status.details.add().Pack(error_details_pb2.RequestInfo(request_id=request_id))
    return _failure(status)


def _failure(status: status_pb2.Status, http: int = 0, headers: Mapping[str, str] | None = None) -> Failure:
    http = http or HTTP_OF.get(status.code, HTTPStatus.INTERNAL_SERVER_ERROR)
    extra = dict(headers or {})
    if http == HTTPStatus.UNAUTHORIZED:
        extra["www-authenticate"] = CHALLENGE
    if status.code in {code_pb2.UNAVAILABLE, code_pb2.RESOURCE_EXHAUSTED}:
        wait = _retry_seconds(status)
        if wait or status.code == code_pb2.UNAVAILABLE:
            extra["retry-after"] = str(wait or RETRY_SECONDS)
    return Failure(status, int(http), extra)


def _status_of(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    code = error.code().value[0]
    status = _rich_status(error)
    if status is not None and status.code == code:
        return status
    if code in _FOREIGN:
        reason, message = _FOREIGN[code]
        return _with_reason(code, reason, message)
    return status_pb2.Status(code=code, message=error.details() or "")


def _rich_status(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS_KEY:
            try:
                return status_pb2.Status.FromString(value)
            except DecodeError:
                return None
    return None


def _with_reason(code: int, reason: str, message: str) -> status_pb2.Status:
    status = status_pb2.Status(code=code, message=message)
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN))
    return status


def _retry_seconds(status: status_pb2.Status) -> int:
    for detail in status.details:
        retry = error_details_pb2.RetryInfo()
        if detail.Is(retry.DESCRIPTOR):
            try:
                detail.Unpack(retry)
            except DecodeError:
                return 0
            seconds: float = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
            return max(1, math.ceil(seconds))
    return 0
