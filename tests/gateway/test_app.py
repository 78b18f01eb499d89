from __future__ import annotations

import dataclasses
import json

import httpx
import pytest
import structlog

from gateway.app import create_app
from gateway.router import ContractError
from gateway.settings import Settings
from tests.gateway.conftest import Compiled, make_contract
from tests.gateway.server import TestServer


async def test_large_answers_are_compressed_for_those_who_can_read_it(http: httpx.AsyncClient) -> None:
    large = await http.get("/succeed?size=5000", headers={"accept-encoding": "gzip"})
    small = await http.get("/healthz", headers={"accept-encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    assert large.json()["name"] == "x" * 5000
    assert "content-encoding" not in small.headers


async def test_a_listed_origin_may_call(http: httpx.AsyncClient) -> None:
    asked = {"origin": "https://ui.example", "access-control-request-method": "PATCH"}
    asked["access-control-request-headers"] = "x-api-key, content-type"
    preflight = await http.options("/things/1", headers=asked)
    answer = await http.get("/echo", headers={"origin": "https://ui.example"})
    assert preflight.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://ui.example"
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


async def test_other_origins_may_not(http: httpx.AsyncClient, lenient: httpx.AsyncClient) -> None:
    for client in (http, lenient):
        answer = await client.get("/echo", headers={"origin": "https://evil.example"})
        assert "access-control-allow-origin" not in answer.headers


async def test_a_request_is_one_line_without_its_query_and_key(http: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await http.get("/echo?id=secret-query", headers={"x-api-key": "secret-key", "x-request-id": "r1"})
    (line,) = [line for line in lines if line["event"] == "http.request"]
    assert {**line, "ms": 0} == {
        "event": "http.request", "log_level": "info", "method": "GET", "path": "/echo", "status": 200, "ms": 0,
        "client": "127.0.0.1", "request_id": "r1", "rpc": "dqtest.v1.EchoService.Echo",
    }  # fmt: skip


async def test_a_target_without_a_slash_is_400(compiled: Compiled, upstream: TestServer) -> None:
    app = create_app(Settings(), make_contract(compiled, upstream))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "method": "GET", "path": "foo", "raw_path": b"foo", "root_path": "",
        "query_string": b"", "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "scheme": "http",
    }  # fmt: skip
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert json.loads(sent[1]["body"])["code"] == 3


def test_a_service_without_an_address_is_named_at_start(compiled: Compiled, upstream: TestServer) -> None:
    contract = dataclasses.replace(make_contract(compiled, upstream), addresses={})
    with pytest.raises(ContractError, match=r"dqtest\.v1\.EchoService"):
        create_app(Settings(), contract)


async def test_the_documentation_page_needs_nothing_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = await http.get("/docs")
    style, script = await http.get("/docs/docs.css"), await http.get("/docs/docs.js")
    assert [page.status_code, style.status_code, script.status_code] == [200, 200, 200]
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for text in (page.text, style.text, script.text):
        assert text
        assert "https://" not in text
        assert "//cdn" not in text


async def test_our_own_pages_are_only_read(http: httpx.AsyncClient) -> None:
    response = await http.post("/healthz")
    assert (response.status_code, response.json()["code"]) == (405, 12)
    assert "GET" in response.headers["allow"]
