from __future__ import annotations

import httpx
import pytest

from gateway.deadlines import requested_limit
from gateway.errors import Problem


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("10S", 10), ("500m", 0.5), ("2M", 120), ("1H", 300), ("7u", 7e-6), ("9n", 9e-9), ("99999999H", 300)],
)
def test_units_are_those_of_grpc(header: str, seconds: float) -> None:
    assert requested_limit(header) == pytest.approx(seconds)


@pytest.mark.parametrize("header", ["INVALID", "", "10", "S", "-1S", "1.5S", "999999999S", "10s"])
def test_anything_else_is_refused(header: str) -> None:
    with pytest.raises(Problem):
        requested_limit(header)


async def test_a_malformed_timeout_is_400(http: httpx.AsyncClient) -> None:
    response = await http.get("/slow?pause=0s", headers={"grpc-timeout": "INVALID"})
    assert response.status_code == 400
    assert "Grpc-Timeout" in response.text


async def test_a_call_that_outlives_its_deadline_is_504(http: httpx.AsyncClient) -> None:
    response = await http.get("/slow?pause=20s", headers={"grpc-timeout": "20m"})
    assert (response.status_code, response.json()["code"]) == (504, 4)


@pytest.mark.parametrize(("path", "low", "high"), [("/metadata", 25, 30.1), ("/preview-slow", 55, 60.1)])
async def test_the_service_sees_the_time_that_is_left(
    http: httpx.AsyncClient, path: str, low: float, high: float
) -> None:
    response = await http.get(path)
    assert low < response.json()["seconds_left"] <= high
