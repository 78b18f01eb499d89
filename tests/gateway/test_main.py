"""The process itself: starts, answers, stops when told, says what is wrong with its settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.gateway.server import free_port


@contextmanager
def gateway(**settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    env = {**os.environ, "DQ_GATEWAY_PORT": str(port), "DQ_LOG_FORMAT": "json", **settings}
    process = subprocess.Popen([sys.executable, "-m", "gateway"], env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def get(url: str, process: subprocess.Popen[str]) -> httpx.Response:
    """The first answer of a process that is starting."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=12), trust_env=False, timeout=20) as client:
        assert process.poll() is None
        return client.get(url)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_gateway_serves_its_contract_and_stops_when_told(workers: str) -> None:
    with gateway(DQ_GATEWAY_WORKERS=workers) as (process, url):
        assert get(f"{url}/healthz", process).json() == {"status": "SERVING"}
        assert "/api/v1/checks/{check_id}/run" in get(f"{url}/openapi.json", process).json()["paths"]
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGTERM}
    requests = [json.loads(line) for line in errors.splitlines() if line.startswith("{")]
    assert {"event": "http.request", "path": "/openapi.json", "status": 200}.items() <= requests[-1].items()


def test_wrong_settings_are_listed_and_nothing_starts() -> None:
    with gateway(DQ_GATEWAY_BODY_LIMIT="many", DQ_CHECK_ADDR="nowhere") as (process, _):
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "DQ_GATEWAY_BODY_LIMIT" in errors
    assert "DQ_CHECK_ADDR" in errors
    assert "Traceback" not in errors
