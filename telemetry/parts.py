"""What a composition root makes once and hands down: the process's metrics and its tracer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client import ProcessCollector, start_http_server

from telemetry.metrics import Metrics
from telemetry.tracing import NoTracer, Tracer, open_tracer


class MetricsPortError(Exception):
    """Metrics cannot be served there."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Metrics that are counted whether anybody reads them or not, and a tracer, which does nothing by default."""

    metrics: Metrics = field(default_factory=Metrics)
    tracer: Tracer = field(default_factory=NoTracer)


def of_process(name: str, environment: Mapping[str, str]) -> Telemetry:
    """What the environment asks for, and figures of the process itself. Raises TracingError."""
    made = Telemetry(tracer=open_tracer(name, environment))
    ProcessCollector(registry=made.metrics.registry)
    return made


@contextmanager
def serving(telemetry: Telemetry, host: str, port: int | None) -> Iterator[None]:
    """Serve `/metrics` from a thread while the block runs, unless `port` is None; the tracer is closed after it.

    Raises MetricsPortError.
    """
    try:
        server, thread = start_http_server(port, host, telemetry.metrics.registry) if port else (None, None)
    except OSError as error:
        message = f"DQ_METRICS_PORT: {host}:{port} cannot be listened on: {error.strerror}"
        raise MetricsPortError(message) from error
    try:
        yield
    finally:
        if server and thread:
            server.shutdown()
            server.server_close()
            thread.join()
        telemetry.tracer.close()
