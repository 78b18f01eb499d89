from __future__ import annotations

import httpx
import pytest
import structlog


async def test_a_request_is_one_line_without_its_query_and_key(http: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await http.get("/echo?id=secret-query", headers={"x-api-key": "secret-key", "x-request-id": "r1"})
    (line,) = [line for line in lines if line["event"] == "http.request"]
    assert {**line, "ms": 0} == {
        "event": "http.request", "log_level": "info", "method": "GET", "path": "/echo", "status": 200, "ms": 0,
        "client": "127.0.0.1", "request_id": "r1", "rpc": "dqtest.v1.EchoService.Echo",
    }  # fmt: skip


async def test_a_good_request_id_is_kept_everywhere(http: httpx.AsyncClient) -> None:
    response = await http.get("/metadata", headers={"x-request-id": "Ab-1._"})
    assert response.headers["x-request-id"] == "Ab-1._"
    assert response.json()["values"]["x-request-id"] == "Ab-1._"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a,b"])
async def test_a_bad_request_id_is_replaced(http: httpx.AsyncClient, given: str) -> None:
    response = await http.get("/metadata", headers={"x-request-id": given})
    made = response.headers["x-request-id"]
    assert made != given
    assert response.json()["values"]["x-request-id"] == made
    assert response.headers.get_list("x-request-id") == [made]
