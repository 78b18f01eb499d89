"""Case 83 of the published list."""

from __future__ import annotations

import httpx
import pytest
from grpc_health.v1 import health_pb2

from tests.gateway.conftest import Compiled, make_contract, serve_http
from tests.gateway.server import TestServer

Status = health_pb2.HealthCheckResponse
ECHO = "dqtest.v1.EchoService"


async def test_a_living_process_is_healthy(http: httpx.AsyncClient) -> None:
    response = await http.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "SERVING"})


@pytest.mark.parametrize(
    ("state", "status"),
    [(Status.SERVING, 200), (Status.NOT_SERVING, 503), (Status.UNKNOWN, 503), (Status.SERVICE_UNKNOWN, 404)],
)
async def test_a_named_service_is_as_ready_as_it_says(
    http: httpx.AsyncClient, upstream: TestServer, state: int, status: int
) -> None:
    await upstream.health.set(ECHO, state)
    response = await http.get(f"/readyz?service={ECHO}")
    assert response.status_code == status
    assert response.json()["services"] == {ECHO: Status.ServingStatus.Name(state)}


async def test_a_service_that_its_server_does_not_know_is_404(http: httpx.AsyncClient) -> None:
    response = await http.get("/readyz?service=dqtest.v1.ActService")
    assert response.status_code == 404


async def test_a_service_that_nobody_knows_is_404(http: httpx.AsyncClient) -> None:
    response = await http.get("/readyz?service=test")
    assert (response.status_code, response.json()["code"]) == (404, 5)


async def test_one_server_that_is_down_makes_the_whole_not_ready(http: httpx.AsyncClient, upstream: TestServer) -> None:
    await upstream.health.set(ECHO, Status.SERVING)
    response = await http.get("/readyz")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["services"][ECHO] == "SERVING"
    assert response.json()["services"]["dqtest.v1.DownService"] == "UNREACHABLE"


async def test_all_serving_is_ready(compiled: Compiled, upstream: TestServer, settings) -> None:
    contract = make_contract(compiled, upstream, without="DownService")
    for service in contract.services:
        await upstream.health.set(service.full_name, Status.SERVING)
    async with serve_http(settings, contract) as client:
        response = await client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "SERVING")
