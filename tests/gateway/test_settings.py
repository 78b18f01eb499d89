from __future__ import annotations

import os

import pytest
from pydantic import ValidationError

from gateway.settings import Settings


def test_defaults_serve_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DQ_GATEWAY_PORT", "API_KEY_HEADER", "DQ_CHECK_ADDR"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings.of(os.environ)
    assert (settings.port, settings.api_key_header, settings.cors_origins) == (8000, "X-API-Key", ())
    assert settings.upstreams()["dq.v1.JobService"] == "127.0.0.1:50052"


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQ_CORS_ORIGINS", "https://a.example, http://b.example:3000")
    monkeypatch.setenv("DQ_GATEWAY_LENIENT", "1")
    monkeypatch.setenv("DQ_RESULTS_ADDR", "results:50053")
    settings = Settings.of(os.environ)
    assert settings.cors_origins == ("https://a.example", "http://b.example:3000")
    assert settings.lenient
    assert settings.upstreams()["dq.v1.IncidentService"] == "results:50053"


def test_one_address_may_serve_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DQ_CONNECTION_ADDR", "DQ_CHECK_ADDR", "DQ_RESULTS_ADDR"):
        monkeypatch.setenv(name, "platform:50051")
    served = Settings.of(os.environ).upstreams()
    assert set(served.values()) == {"platform:50051"}
    assert {"dq.v1.AccessService", "dq.v1.JobService", "dq.v1.IncidentService"} <= set(served)


def test_everything_wrong_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "DQ_GATEWAY_PORT": "http",
        "DQ_CHECK_ADDR": "nowhere",
        "DQ_CORS_ORIGINS": "*",
        "API_KEY_HEADER": "X API Key",
        "DQ_GATEWAY_BODY_LIMIT": "0",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings.of(os.environ)
    assert {fault["loc"][0] for fault in caught.value.errors()} == set(wrong)
