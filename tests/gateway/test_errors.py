"""Cases 76 to 79 of the published list, and what our own errors look like."""

from __future__ import annotations

import httpx
import pytest

from tests.gateway.answers import details

HTTP_OF = {1: 499, 2: 500, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501, 13: 500,
           14: 503, 15: 500, 16: 401}  # fmt: skip


@pytest.mark.parametrize(("code", "status"), HTTP_OF.items())
async def test_a_grpc_code_has_its_http_code(http: httpx.AsyncClient, code: int, status: int) -> None:
    response = await http.get(f"/fail?code={code}&message=m&detail=reason")
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_plain_status_has_no_details(http: httpx.AsyncClient) -> None:
    response = await http.get("/fail?code=5&message=not%20found")
    assert response.json() == {"code": 5, "message": "not found", "details": []}


async def test_details_keep_their_types(http: httpx.AsyncClient) -> None:
    response = await http.get("/fail?code=9&message=m&detail=precondition")
    assert response.status_code == 400
    assert details(response)["PreconditionFailure"]["violations"] == [
        {"type": "TOS", "subject": "x", "description": "no"}
    ]


async def test_a_detail_of_unknown_type_is_left_out(http: httpx.AsyncClient) -> None:
    response = await http.get("/fail?code=9&message=m&detail=unknown")
    assert list(details(response)) == ["ErrorInfo"]


async def test_an_unknown_any_inside_a_response_is_left_out(http: httpx.AsyncClient) -> None:
    response = await http.get("/job")
    assert [item["@type"] for item in response.json()["error"]["details"]] == [
        "type.googleapis.com/google.rpc.ErrorInfo"
    ]


async def test_an_uncaught_exception_of_a_service_is_not_told(http: httpx.AsyncClient) -> None:
    response = await http.get("/fail?detail=crash")
    assert (response.status_code, response.json()["code"]) == (500, 2)
    assert "passwd" not in response.text
    assert details(response)["ErrorInfo"]["reason"] == "INTERNAL"


async def test_401_carries_a_constant_challenge(http: httpx.AsyncClient) -> None:
    response = await http.get("/fail?code=16&message=bad%20key")
    assert response.headers["www-authenticate"] == 'ApiKey realm="dq"'


async def test_retry_info_becomes_retry_after(http: httpx.AsyncClient) -> None:
    limited = await http.get("/fail?code=8&message=m&detail=retry")
    busy = await http.get("/fail?code=8&message=m&detail=reason")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")
    assert "retry-after" not in busy.headers


async def test_a_service_that_is_down_is_503_with_retry_after(http: httpx.AsyncClient) -> None:
    response = await http.get("/down")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert details(response)["ErrorInfo"]["reason"] == "SERVICE_UNAVAILABLE"
    assert "127.0.0.1" not in response.text


async def test_our_own_errors_have_an_error_info(http: httpx.AsyncClient) -> None:
    response = await http.get("/nothing")
    info = details(response)["ErrorInfo"]
    assert (info["reason"], info["domain"]) == ("ROUTE_NOT_FOUND", "dqplatform.dev")
