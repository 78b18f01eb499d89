from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import HealthServicer

from local.ports import LOOPBACK, any_free
from local.ready import file_exists, grpc_serves, http_serves


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture
def web() -> Iterator[str]:
    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()


@pytest.fixture
def health() -> Iterator[tuple[str, HealthServicer]]:
    server = grpc.server(ThreadPoolExecutor(2))
    servicer = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    server.start()
    yield f"{LOOPBACK}:{port}", servicer
    server.stop(None).wait()


def test_a_grpc_server_serves_when_it_says_so(health: tuple[str, HealthServicer]) -> None:
    address, servicer = health
    assert grpc_serves(address)
    servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    assert not grpc_serves(address)


def test_a_gateway_serves_when_it_answers_200(web: str) -> None:
    assert http_serves(f"{web}/readyz")
    assert not http_serves(f"{web}/other")


def test_nobody_listening_does_not_serve() -> None:
    assert not grpc_serves(f"{LOOPBACK}:{any_free()}")
    assert not http_serves(f"http://{LOOPBACK}:{any_free()}/readyz")


def test_probes_do_not_go_through_a_proxy(
    web: str, health: tuple[str, HealthServicer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{LOOPBACK}:{any_free()}")
    assert http_serves(f"{web}/readyz")
    assert grpc_serves(health[0])


def test_a_ready_file_counts_when_it_is_there(tmp_path: Path) -> None:
    assert not file_exists(tmp_path / "ready")
    (tmp_path / "ready").touch()
    assert file_exists(tmp_path / "ready")
