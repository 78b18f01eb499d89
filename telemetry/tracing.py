"""Traces: spans around what a request, a unit and a statement do, if somebody collects them.

The standard variables of OpenTelemetry switch them on: an endpoint in OTEL_EXPORTER_OTLP_ENDPOINT (or
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT). Without one, spans are nothing and cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from types import TracebackType
from typing import Final, Literal, Protocol, cast

Kind = Literal["server", "client", "producer", "consumer"]
Value = str | int | Sequence[str]

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SWITCHED_OFF: Final = (("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none"))
TRACEPARENT: Final = "traceparent"


class TracingError(Exception):
    """Traces are asked for and cannot be sent; the text is for the person who starts the process."""


class Span(Protocol):
    """Something that happens, from its beginning to its end."""

    def rename(self, name: str) -> None: ...

    def set(self, name: str, value: Value) -> None:
        """Say something of it; never a secret, nor a value of a customer's data."""

    def failed(self, reason: str) -> None:
        """Say that it went wrong, and why, in a machine's word."""


class Tracer(Protocol):
    def span(self, name: str, kind: Kind, origin: Mapping[str, str] | None = None) -> AbstractContextManager[Span]:
        """A span while the block runs, inside the one that runs, or inside the one that `origin` tells of.

        Of an error that leaves the block it says nothing by itself: its text may hold a customer's data.
        """

    def carrier(self) -> Mapping[str, str]:
        """What tells somebody else of the span that runs, by W3C's names; empty if none does."""

    def close(self) -> None:
        """Send what has not been sent."""


class NoSpan:
    """A span that nobody sees."""

    def __enter__(self) -> Span:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def rename(self, name: str) -> None: ...

    def set(self, name: str, value: Value) -> None: ...

    def failed(self, reason: str) -> None: ...


class NoTracer:
    """Nobody collects traces."""

    _span: Final = NoSpan()
    _carrier: Final[Mapping[str, str]] = {}

    def span(self, name: str, kind: Kind, origin: Mapping[str, str] | None = None) -> NoSpan:  # noqa: ARG002
        return self._span

    def carrier(self) -> Mapping[str, str]:
        return self._carrier

    def close(self) -> None: ...


def open_tracer(process: str, environment: Mapping[str, str]) -> Tracer:
    """The tracer that the environment asks for; `process` is what traces call us unless OTEL_SERVICE_NAME does.

    Raises TracingError.
    """
    asked = next((name for name in ENDPOINTS if environment.get(name)), "")
    if not asked or any(environment.get(name, "").lower() == value for name, value in SWITCHED_OFF):
        return NoTracer()
    try:
        otel = import_module("telemetry.otel")
    except ModuleNotFoundError as error:
        message = f"{asked} asks for traces, which need the extra otel: pip install 'dq-platform[otel]'"
        raise TracingError(message) from error
    return cast("Tracer", otel.open_tracer(process, environment))
