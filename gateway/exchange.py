"""One HTTP request and its answer, on plain ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from google.rpc import code_pb2
from starlette.types import Receive, Scope, Send

from gateway.errors import Problem

RawHeaders = Iterable[tuple[bytes, bytes]]


class ClientGone(Exception):
    """The client closed the connection; nobody is left to answer."""


class Cancellable(Protocol):
    """A running call."""

    def cancel(self) -> bool: ...


class Exchange:
    """Reads the request, writes the response, notices when the client leaves."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.raw_path: bytes = scope["raw_path"]
        self.query: bytes = scope["query_string"]
        self.raw_headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.raw_headers}
        self.peer: str = (scope.get("client") or ("",))[0]
        self.started = False
        self._gone = False
        self._watcher: asyncio.Task[None] | None = None
        self._receive = receive
        self._send = send

    @property
    def has_body(self) -> bool:
        """Whether the request has one, by the headers that say where it ends."""
        return self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers

    async def body(self, limit: int) -> bytes:
        """The whole request body; raises Problem beyond `limit` bytes, ClientGone when the client leaves."""
        declared = self.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            raise _too_large(limit)
        chunks, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)

    @contextmanager
    def cancelling(self, call: Cancellable, after: float) -> Iterator[None]:
        """Cancels the call when the client leaves, and turns its cancellation into ClientGone.

        The client is watched `after` so many seconds: it costs a task, which few calls live long enough to need.
        """
        timer = asyncio.get_running_loop().call_later(after, self._start_watching, call)
        try:
            yield
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._gone and not (task and task.cancelling()):
                raise ClientGone from None
            raise
        finally:
            timer.cancel()
            if self._watcher:
                self._watcher.cancel()
            call.cancel()

    async def answer(self, status: int, headers: RawHeaders, body: bytes) -> None:
        """Sends a whole response."""
        sized = [*headers, (b"content-length", str(len(body)).encode())]
        await self.start(status, headers if status == 204 else sized)
        await self._send({"type": "http.response.body", "body": body})

    async def start(self, status: int, headers: RawHeaders) -> None:
        """Sends the head of a response."""
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": list(headers)})

    async def write(self, chunk: bytes, *, more: bool = True) -> None:
        """Sends a piece of a started response; `more=False` ends it."""
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})

    def _start_watching(self, call: Cancellable) -> None:
        self._watcher = asyncio.create_task(self._watch(call))

    async def _watch(self, call: Cancellable) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._gone = True
        call.cancel()


def _too_large(limit: int) -> Problem:
    message = f"The request body is larger than {limit} bytes."
    return Problem(code_pb2.RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED", message, http=413)
