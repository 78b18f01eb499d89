from __future__ import annotations

import dataclasses
import json

import httpx
import pytest

from gateway.app import create_app
from gateway.router import ContractError
from gateway.settings import Settings
from telemetry.parts import Telemetry
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


async def test_a_target_without_a_slash_is_400(compiled: Compiled, upstream: TestServer) -> None:
    app = create_app(Settings(), make_contract(compiled, upstream), Telemetry())
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
        create_app(Settings(), contract, Telemetry())


async def test_our_own_pages_are_only_read(http: httpx.AsyncClient) -> None:
    response = await http.post("/healthz")
    assert (response.status_code, response.json()["code"]) == (405, 12)
    assert "GET" in response.headers["allow"]
