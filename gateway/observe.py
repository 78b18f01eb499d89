"""What surrounds every request: its id, one line in the log, one observation and one span."""

from __future__ import annotations

import re
import time
from typing import Final
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import CLIENT_CLOSED_REQUEST
from telemetry.parts import Telemetry
from telemetry.tracing import Span

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_TRACE: Final = frozenset({b"traceparent", b"tracestate"})


class Observe:
    """ASGI middleware: accepts or makes the request id, returns it in `X-Request-Id`, tells of the request once.

    The query is not logged: it may hold what its author would not want there.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._metrics = telemetry.metrics.gateway
        self._tracer = telemetry.tracer
        self._log = structlog.get_logger("gateway")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id = _request_id(scope)
        fields: dict[str, object] = {}
        scope.setdefault("state", {}).update(request_id=request_id, log=fields)
        began = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields["status"] = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        if scope["path"] in _QUIET:
            await self._app(scope, receive, send_with_id)
            return self._write(scope, request_id, fields, time.perf_counter() - began)
        with self._tracer.span(scope["method"], "server", _origin(scope)) as span:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                seconds = time.perf_counter() - began
                self._write(scope, request_id, fields, seconds)
                self._measure(span, scope["method"], fields, seconds)
                span.set("dq.request_id", request_id)
        return None

    def _measure(self, span: Span, verb: str, fields: dict[str, object], seconds: float) -> None:
        service, _, name = str(fields.get("rpc", "")).rpartition(".")
        method = f"{service}/{name}" if name else ""  # as gRPC and the servers' metrics write it
        status = fields.get("status")
        code = status if isinstance(status, int) else CLIENT_CLOSED_REQUEST
        self._metrics.answered(method, code, seconds)
        span.rename(f"{verb} {method}".strip())
        span.set("http.request.method", verb)
        span.set("http.response.status_code", code)
        if code >= 500:
            span.failed(str(fields.get("code", code)))

    def _write(self, scope: Scope, request_id: str, fields: dict[str, object], seconds: float) -> None:
        path = scope["raw_path"].decode("ascii", "replace")  # still encoded: nothing in it can break a line
        write = self._log.debug if path in _QUIET else self._log.info
        write(
            "http.request",
            method=scope["method"],
            path=path,
            client=(scope.get("client") or ("",))[0],
            request_id=request_id,
            ms=round(seconds * 1000, 1),
            **fields,
        )


def _origin(scope: Scope) -> dict[str, str]:
    """The trace that the client says that the request belongs to."""
    return {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _TRACE}


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return uuid4().hex
