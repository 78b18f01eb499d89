from __future__ import annotations

from typing import Any

import httpx
import pytest

from cli.api import problem
from cli.errors import Exit, UsageError

BAD_REQUEST = {
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    "field_violations": [
        {"field": "check.check_type", "description": "There is no 'x'.", "reason": "UNKNOWN_CHECK_TYPE"},
        {"field": "check.target", "description": "is required"},
    ],
}
INFO = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "X", "domain": "dqplatform.dev"}


def status(message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"code": 3, "message": message, "details": [INFO, *details]}


def test_every_violation_is_a_line() -> None:
    error = problem(httpx.Response(400, json=status("first (and 1 more)", BAD_REQUEST)))
    assert error.message.splitlines()[1:] == [
        "  check.check_type: There is no 'x'.",
        "  check.target: is required",
    ]


@pytest.mark.parametrize("code", [400, 404, 409])
def test_a_wrong_call_is_a_usage_error(code: int) -> None:
    error = problem(httpx.Response(code, json=status("check 'x' does not exist.")))
    assert isinstance(error, UsageError)
    assert error.message == "check 'x' does not exist."


@pytest.mark.parametrize("code", [403, 429, 500, 503, 504])
def test_what_the_system_cannot_do_is_a_system_error(code: int) -> None:
    error = problem(httpx.Response(code, json=status("no")))
    assert (error.code, error.message) == (Exit.SYSTEM, "no")


def test_a_refused_key_tells_how_to_give_one() -> None:
    error = problem(httpx.Response(401, json=status("The key is not valid.")))
    assert error.code is Exit.SYSTEM
    assert error.message.startswith("The key is not valid.")
    assert "DQ_API_KEY" in error.message


def test_the_error_of_a_stream_is_read_like_any_other() -> None:
    error = problem(httpx.Response(404, json={"error": status("job 'x' does not exist.")}))
    assert isinstance(error, UsageError)
    assert error.message == "job 'x' does not exist."


@pytest.mark.parametrize("body", ["<html>Bad gateway</html>", "", "[]", '"x"', "null"])
def test_an_answer_of_another_server_is_told_by_its_code(body: str) -> None:
    error = problem(httpx.Response(502, text=body))
    assert (error.code, error.message) == (Exit.SYSTEM, "The server answered 502.")
