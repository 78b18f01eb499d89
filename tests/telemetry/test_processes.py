"""What every process does with settings of telemetry that cannot be followed: it says so, and does not start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from cryptography.fernet import Fernet

import gateway.__main__ as gateway
import workers.__main__ as worker
import workers.process
from local.ports import any_free
from services.check.services import services
from services.common import process as server
from telemetry.parts import Telemetry, serving
from workers import cron

MAINS: dict[str, Callable[[], int]] = {
    "check": lambda: server.main("check", services),
    "worker": lambda: workers.process.main("worker", worker.serve),
    "cron": lambda: workers.process.main("cron", cron.serve),
}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("ENCRYPTION_KEY", Fernet.generate_key().decode())
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = before


@pytest.mark.parametrize("main", [*MAINS.values(), gateway.main], ids=[*MAINS, "gateway"])
def test_traces_that_cannot_be_sent_are_a_wrong_setting(
    main: Callable[[], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "pigeon")
    assert main() == 2
    assert "must be one of http/protobuf, grpc, not pigeon" in capsys.readouterr().err


@pytest.mark.parametrize("name", MAINS)
def test_a_taken_port_of_metrics_keeps_a_process_from_starting(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = any_free()
    monkeypatch.setenv("DQ_METRICS_PORT", str(port))
    with serving(Telemetry(), "127.0.0.1", port):
        assert MAINS[name]() == 1
    assert f"DQ_METRICS_PORT: 127.0.0.1:{port} cannot be listened on" in capsys.readouterr().err
