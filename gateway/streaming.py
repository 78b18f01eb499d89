"""Server streams over HTTP: JSON lines, server-sent events, or the raw bytes of HttpBody messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status

from gateway.render import Renderer

NDJSON: Final = "application/x-ndjson"
EVENT_STREAM: Final = "text/event-stream"
CURSOR: Final = "cursor"

StreamCall = grpc.aio.UnaryStreamCall[Any, Any]
Render = Callable[[Message], str]


class Format(Protocol):
    """How messages become bytes. `heartbeat` is empty where silence is fine."""

    @property
    def heartbeat(self) -> bytes: ...

    def content_type(self, first: Message | None, /) -> str: ...

    def message(self, message: Message) -> bytes: ...

    def error(self, status: Status) -> bytes: ...


@dataclass(frozen=True, slots=True)
class JsonLines:
    """One `{"result": …}` a line; a late failure is a last line `{"error": …}`."""

    render: Render
    renderer: Renderer
    heartbeat: bytes = b""

    def content_type(self, _first: Message | None, /) -> str:
        return NDJSON

    def message(self, message: Message) -> bytes:
        return f'{{"result":{self.render(message)}}}\n'.encode()

    def error(self, status: Status) -> bytes:
        return last_line(self.renderer, status)


@dataclass(frozen=True, slots=True)
class Events:
    """Server-sent events; a message's text field `cursor` is its id, from which a client can resume."""

    render: Render
    renderer: Renderer
    heartbeat: bytes = b": heartbeat\n\n"

    def content_type(self, _first: Message | None, /) -> str:
        return EVENT_STREAM

    def message(self, message: Message) -> bytes:
        cursor = str(getattr(message, CURSOR, "")).translate({0: None, 10: None, 13: None})
        head = f"id: {cursor}\n" if cursor else ""
        return f"event: message\n{head}data: {self.render(message)}\n\n".encode()

    def error(self, status: Status) -> bytes:
        return f"event: error\ndata: {self.renderer.message(status)}\n\n".encode()


@dataclass(slots=True)
class RawChunks:
    """The bytes of HttpBody messages, a newline between two; a late failure is a last JSON line."""

    shown: Callable[[Message], HttpBody]
    renderer: Renderer
    heartbeat: bytes = b""
    _later: bool = False

    def content_type(self, first: Message | None, /) -> str:
        return (self.shown(first).content_type if first is not None else "") or "application/octet-stream"

    def message(self, message: Message) -> bytes:
        lead = b"\n" if self._later else b""
        self._later = True
        data: bytes = self.shown(message).data
        return lead + data

    def error(self, status: Status) -> bytes:
        return b"\n" + last_line(self.renderer, status)


def last_line(renderer: Renderer, status: Status) -> bytes:
    """What tells of an error where a message would have come."""
    return f'{{"error":{renderer.message(status)}}}\n'.encode()


async def beats(call: StreamCall, silence: float) -> AsyncIterator[Message | None]:
    """The messages of a call, and None after each `silence` seconds without one; raises AioRpcError."""
    reading = asyncio.ensure_future(call.read())
    try:
        while True:
            done, _ = await asyncio.wait({reading}, timeout=silence)
            if not done:
                yield None
                continue
            message = reading.result()
            if not isinstance(message, Message):  # grpc.aio.EOF
                return
            yield message
            reading = asyncio.ensure_future(call.read())
    finally:
        reading.cancel()
