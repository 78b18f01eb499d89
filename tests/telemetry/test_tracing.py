from __future__ import annotations

import sys
from time import perf_counter

import pytest

from telemetry.tracing import NoTracer, TracingError, open_tracer

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_SERVICE_NAME": "mine"},
        ENDPOINT | {"OTEL_SDK_DISABLED": "True"},
        ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_nobody_traces_unless_asked(environment: dict[str, str]) -> None:
    assert isinstance(open_tracer("check", environment), NoTracer)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "pigeon"}, "OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/protobuf, grpc"),
        ({"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be one of"),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER must be otlp or none, not zipkin"),
    ],
)
def test_what_cannot_be_done_is_told(more: dict[str, str], message: str) -> None:
    with pytest.raises(TracingError, match=message):
        open_tracer("check", ENDPOINT | more)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "telemetry.otel", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(TracingError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT .*dq-platform\[otel\]"):
        open_tracer("check", ENDPOINT)


def test_a_span_that_nobody_sees_costs_next_to_nothing() -> None:
    tracer, rounds = NoTracer(), 20_000
    started = perf_counter()
    for _ in range(rounds):
        with tracer.span("rpc", "server") as span:
            span.set("dq.request_id", "r")
    assert (perf_counter() - started) / rounds < 20e-6
    assert tracer.carrier() == {}
