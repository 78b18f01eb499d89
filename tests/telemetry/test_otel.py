from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from telemetry.otel import OtelTracer, open_tracer
from tests.telemetry.receiver import Receiver, receiving

ORIGIN = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def tracer(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> OtelTracer:
    receiver.spans.clear()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
    return open_tracer("check", {})


def test_spans_go_on_from_their_origin_and_into_each_other(tracer: OtelTracer, receiver: Receiver) -> None:
    with tracer.span("outer", "server", ORIGIN):
        assert tracer.carrier()["traceparent"].startswith(f"00-{'a' * 32}-")
        with tracer.span("inner", "client") as span:
            span.rename("renamed")
            span.set("dq.check_ids", ["one", "two"])
    tracer.close()
    inner, outer = receiver.spans
    assert (inner.name, inner.parent_id, inner.attributes) == (
        "renamed", outer.span_id, {"dq.check_ids": ["one", "two"]}
    )  # fmt: skip
    assert (outer.trace_id, outer.parent_id, outer.service) == ("a" * 32, "b" * 16, "dq-check")


@pytest.mark.parametrize("origin", [{}, {"traceparent": "nonsense"}])
def test_without_a_usable_origin_a_trace_begins(tracer: OtelTracer, receiver: Receiver, origin: dict[str, str]) -> None:
    with tracer.span("root", "server", origin):
        pass
    tracer.close()
    [root] = receiver.spans
    assert root.parent_id == ""


def test_an_error_is_told_in_a_machines_word_and_nothing_of_its_text(tracer: OtelTracer, receiver: Receiver) -> None:
    def fail() -> None:
        with tracer.span("failing", "client") as span:
            span.failed("SOURCE_TIMEOUT")
            raise ValueError("hunter2")

    with pytest.raises(ValueError, match="hunter2"):
        fail()
    tracer.close()
    [span] = receiver.spans
    assert (span.failed, span.attributes) == (True, {"error.type": "SOURCE_TIMEOUT"})
    assert "hunter2" not in str(receiver.spans)


def test_the_environment_may_name_the_service(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.spans.clear()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "mine")
    tracer = open_tracer("check", {})
    with tracer.span("one", "server"):
        pass
    tracer.close()
    assert receiver.spans[0].service == "mine"


def test_a_collector_that_is_away_keeps_no_process_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    tracer = open_tracer("check", {})
    with tracer.span("one", "server"):
        pass
    started = time.perf_counter()
    tracer.close()
    assert time.perf_counter() - started < 5
