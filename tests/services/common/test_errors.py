from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

import dq_platform
from dq.v1 import error_pb2
from dq_platform import errors
from dq_platform.app.execute import Unmeasured
from dq_platform.errors import DomainError, Invalid, SourceError, SourceProblem, Violation
from services.common.errors import SOURCE_CODES, deadline_exceeded, internal, is_known, status_of

# What clients take in headers by default; text that is not ASCII triples, and bytes grow by a third.
HEADER_LIMIT = 8192


def subclasses(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from subclasses(sub)


def size_in_headers(status: Status) -> int:
    return len(status.message.encode()) * 3 + (status.ByteSize() + 2) // 3 * 4


def detail(status: Status, kind: type) -> object:
    for packed in status.details:
        found = kind()
        if packed.Unpack(found):
            return found
    raise AssertionError(f"no {kind.__name__}")


def test_every_domain_error_is_in_the_table() -> None:
    for module in pkgutil.walk_packages(dq_platform.__path__, "dq_platform."):
        importlib.import_module(module.name)
    unknown = {kind for kind in subclasses(DomainError) if not is_known(kind)}
    assert unknown == {Unmeasured}, "workers alone raise this"


def test_every_problem_of_a_source_has_a_code_and_a_reason_in_the_contract() -> None:
    assert SOURCE_CODES.keys() == set(SourceProblem)
    for problem in SourceProblem:
        error_pb2.ErrorReason.Value(f"ERROR_REASON_{SourceError(problem, 'x').reason}")


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (Invalid.one("a", "is wrong"), code_pb2.INVALID_ARGUMENT, "INVALID_ARGUMENT"),
        (errors.NotFound("check type", "x"), code_pb2.NOT_FOUND, "CHECK_TYPE_NOT_FOUND"),
        (errors.AlreadyExists("workspace", "x"), code_pb2.ALREADY_EXISTS, "ALREADY_EXISTS"),
        (errors.RequestIdReused("x"), code_pb2.ALREADY_EXISTS, "REQUEST_ID_REUSED"),
        (errors.EtagMismatch("check", "x"), code_pb2.ABORTED, "ETAG_MISMATCH"),
        (errors.WrongState("CONNECTION_IN_USE", "x"), code_pb2.FAILED_PRECONDITION, "CONNECTION_IN_USE"),
        (errors.Unsupported("x"), code_pb2.FAILED_PRECONDITION, "SENSOR_UNSUPPORTED_ON_ENGINE"),
        (errors.Unauthenticated("x"), code_pb2.UNAUTHENTICATED, "API_KEY_INVALID"),
        (errors.PermissionDenied("admin", "viewer"), code_pb2.PERMISSION_DENIED, "ROLE_REQUIRED"),
        (errors.Exhausted("x", timedelta(seconds=1)), code_pb2.RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED"),
        (errors.QueueFull(9, 2, 10), code_pb2.RESOURCE_EXHAUSTED, "QUEUE_FULL"),
        (errors.StoreUnavailable(), code_pb2.UNAVAILABLE, "STORE_UNAVAILABLE"),
        (SourceError(SourceProblem.UNREACHABLE, "x"), code_pb2.UNAVAILABLE, "SOURCE_UNREACHABLE"),
        (SourceError(SourceProblem.CANCELLED, "x"), code_pb2.CANCELLED, "SOURCE_CANCELLED"),
    ],
)
def test_an_error_has_its_code_and_its_reason(error: DomainError, code: int, reason: str) -> None:
    status = status_of(error)
    info = detail(status, error_details_pb2.ErrorInfo)
    assert (status.code, info.reason, info.domain) == (code, reason, "dqplatform.dev")
    assert status.message == error.message
    assert dict(info.metadata) == error.facts
    error_pb2.ErrorReason.Value(f"ERROR_REASON_{reason}")


def test_all_violations_are_told_with_their_reasons() -> None:
    status = status_of(Invalid([Violation("a.b", "is wrong", "X"), Violation("c", "too", "Y")]))
    told = detail(status, error_details_pb2.BadRequest).field_violations
    assert [(one.field, one.description, one.reason) for one in told] == [("a.b", "is wrong", "X"), ("c", "too", "Y")]


def test_a_limit_says_when_to_try_again() -> None:
    status = status_of(errors.Exhausted("x", timedelta(milliseconds=1500)))
    assert detail(status, error_details_pb2.RetryInfo).retry_delay == Duration(seconds=1, nanos=500_000_000)


@pytest.mark.parametrize("letter", ["x", "ж", "😀"])
@pytest.mark.parametrize(
    "make",
    [
        lambda text: errors.NotFound("check", text),
        lambda text: errors.WrongState("BUSY", text, **{f"fact{n}": text for n in range(50)}),
        lambda text: errors.Exhausted(text, timedelta(seconds=1), fact=text),
        lambda text: Invalid([Violation(text, text)] * 1000),
    ],
)
def test_a_status_fits_into_headers_however_long_its_text_is(make: object, letter: str) -> None:
    assert size_in_headers(status_of(make(letter * 1_000_000))) < HEADER_LIMIT


def test_violations_that_do_not_fit_are_counted() -> None:
    status = status_of(Invalid([Violation(f"field{n}", "is wrong") for n in range(1000)]))
    told = detail(status, error_details_pb2.BadRequest).field_violations
    shown = len(told) - 1
    assert shown > 10
    assert told[-1].description == f"{1000 - shown} more violations are not shown."


def test_a_fault_of_ours_has_the_request_id_and_no_cause() -> None:
    status = internal("r-1")
    assert status.code == code_pb2.INTERNAL
    assert detail(status, error_details_pb2.RequestInfo).request_id == "r-1"


def test_a_deadline_has_a_reason() -> None:
    assert detail(deadline_exceeded(), error_details_pb2.ErrorInfo).reason == "DEADLINE"
