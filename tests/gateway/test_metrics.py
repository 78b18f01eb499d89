from __future__ import annotations

import httpx
import pytest

from gateway.settings import Settings
from tests.gateway.conftest import Compiled, make_contract, serve_http
from tests.gateway.server import TestServer
from tests.telemetry.scrape import Samples, samples, value

ECHO = "dqtest.v1.EchoService/Echo"


async def scraped(http: httpx.AsyncClient) -> Samples:
    response = await http.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    return samples(response.text)


async def test_requests_are_counted_by_method_and_status(http: httpx.AsyncClient) -> None:
    name, before = "dq_gateway_request_duration_seconds_count", await scraped(http)
    await http.get("/echo")
    await http.get("/nowhere/at/all")
    await http.get("/healthz")
    after = await scraped(http)
    grown = {key: after[key] - before.get(key, 0) for key in after if key[0] == name and after[key] != before.get(key)}
    assert grown == {
        (name, (("code", "200"), ("method", ECHO))): 1,
        (name, (("code", "404"), ("method", ""))): 1,
    }
    assert value(after, "dq_gateway_request_duration_seconds_sum", method=ECHO, code="200") > 0


async def test_one_of_several_processes_does_not_pass_for_all(compiled: Compiled, upstream: TestServer) -> None:
    async with serve_http(Settings(workers=2), make_contract(compiled, upstream)) as client:
        response = await client.get("/metrics")
    assert response.status_code == 501
    assert "DQ_GATEWAY_WORKERS" in response.text


@pytest.mark.parametrize("name", ["traceparent", "tracestate"])
async def test_a_trace_of_the_client_passes_a_gateway_that_does_not_trace(http: httpx.AsyncClient, name: str) -> None:
    response = await http.get("/metadata", headers={name: "00-x"})
    assert response.json()["values"][name] == "00-x"
