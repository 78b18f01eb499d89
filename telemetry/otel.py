"""Traces by OpenTelemetry; imported only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Timer
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from telemetry.tracing import TRACEPARENT, Kind, TracingError, Value

PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
EXPORTERS: Final[Mapping[str, type[SpanExporter]]] = {"http/protobuf": HttpExporter, "grpc": GrpcExporter}
PATIENCE: Final = timedelta(seconds=2)
KINDS: Final[Mapping[Kind, SpanKind]] = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}


class OtelSpan:
    def __init__(self, span: Span) -> None:
        self._span = span

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def set(self, name: str, value: Value) -> None:
        self._span.set_attribute(name, value)

    def failed(self, reason: str) -> None:
        self._span.set_attribute("error.type", reason)
        self._span.set_status(Status(StatusCode.ERROR))


class OtelTracer:
    """Sends spans in batches from a thread of its own."""

    def __init__(self, provider: TracerProvider, exporter: SpanExporter) -> None:
        self._provider = provider
        self._exporter = exporter
        self._tracer = provider.get_tracer("dq_platform")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, kind: Kind, origin: Mapping[str, str] | None = None) -> Iterator[OtelSpan]:
        parent = self._propagator.extract(origin, Context()) if origin and TRACEPARENT in origin else None
        with self._tracer.start_as_current_span(
            name, parent, KINDS[kind], record_exception=False, set_status_on_exception=False
        ) as span:
            yield OtelSpan(span)

    def carrier(self) -> Mapping[str, str]:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier

    def close(self) -> None:
        """Send the last spans, or give them up after PATIENCE: a collector that is away holds up no process."""
        giving_up = Timer(PATIENCE.total_seconds(), self._exporter.shutdown)
        giving_up.start()
        try:
            self._provider.shutdown()
        finally:
            giving_up.cancel()
            giving_up.join()


def open_tracer(process: str, environment: Mapping[str, str]) -> OtelTracer:
    """A tracer with the exporter that the environment names. Raises TracingError."""
    way = environment.get("OTEL_TRACES_EXPORTER") or "otlp"
    if way != "otlp":
        raise TracingError(f"OTEL_TRACES_EXPORTER must be otlp or none, not {way}")
    variable = next((name for name in PROTOCOLS if environment.get(name)), PROTOCOLS[-1])
    protocol = environment.get(variable) or "http/protobuf"
    if protocol not in EXPORTERS:
        raise TracingError(f"{variable} must be one of {', '.join(EXPORTERS)}, not {protocol}")
    named = Resource({"service.name": f"dq-{process}"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named)
    exporter = EXPORTERS[protocol]()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return OtelTracer(provider, exporter)
