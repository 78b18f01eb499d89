"""What surrounds every request: its id, and one line in the log."""

from __future__ import annotations

import re
import time
from typing import Final
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_QUIET: Final = frozenset({"/healthz", "/readyz"})


class Observe:
    """ASGI middleware: accepts or makes the request id, returns it in `X-Request-Id`, logs `http.request` once.

    The query is not logged: it may hold what its author would not want there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
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

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._write(scope, request_id, fields, time.perf_counter() - began)
        return None

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


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return uuid4().hex
