"""Lets a Redshift driver talk to PostgreSQL: one TCP port in front of another, and what differs between the two."""

from __future__ import annotations

import asyncio
import ssl
import struct
import threading
from concurrent.futures import Future
from contextlib import suppress

SSL_REQUEST = 80877103
START_UP = 196608
KNOWN_TO_POSTGRESQL = {b"user", b"database", b"application_name", b"options", b"client_encoding"}
SERVER_VERSION = b"server_version\x008.0.2\x00"
ONLY_REDSHIFTS = b"SET enable_case_sensitive_identifier "
IN_ITS_PLACE = b"SET redshift.case_sensitive_identifier "


class RedshiftProxy:
    """Listens on `port` of the loopback interface between `start` and `stop`, with TLS for whoever asks for it."""

    def __init__(self, port: int, upstream: tuple[str, int], tls: ssl.SSLContext) -> None:
        self.port = port
        self._upstream = upstream
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="redshift-proxy", daemon=True)
        self._listening: Future[None] = Future()

    def start(self) -> None:
        self._thread.start()
        self._listening.result(timeout=10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
        self._listening.set_result(None)
        await self._stopped.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._between(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start_up = await self._start_up(reader, writer)
        upstream_reader, upstream_writer = await asyncio.open_connection(*self._upstream)
        try:
            upstream_writer.write(struct.pack("!I", len(start_up) + 4) + start_up)
            ways = [
                asyncio.create_task(_forward(reader, upstream_writer, _for_postgresql)),
                asyncio.create_task(_forward(upstream_reader, writer, _for_redshift)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            upstream_writer.close()

    async def _start_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """The first message, after TLS has begun if the client asked for it, without what PostgreSQL does not know."""
        body = await _body(reader)
        if struct.unpack_from("!I", body)[0] == SSL_REQUEST:
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(self._tls)
            body = await _body(reader)
        if struct.unpack_from("!I", body)[0] != START_UP:
            return body
        words = iter(body[4:].rstrip(b"\0").split(b"\0"))
        known = [(name, value) for name, value in zip(words, words, strict=False) if name in KNOWN_TO_POSTGRESQL]
        return body[:4] + b"".join(name + b"\0" + value + b"\0" for name, value in known) + b"\0"


async def _body(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack("!I", await reader.readexactly(4))
    return await reader.readexactly(length - 4)


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, change) -> None:
    with suppress(asyncio.IncompleteReadError, OSError):
        while True:
            kind = await reader.readexactly(1)
            body = change(kind, await _body(reader))
            writer.write(kind + struct.pack("!I", len(body) + 4) + body)
            await writer.drain()


def _for_postgresql(kind: bytes, body: bytes) -> bytes:
    return body.replace(ONLY_REDSHIFTS, IN_ITS_PLACE) if kind == b"P" else body


def _for_redshift(kind: bytes, body: bytes) -> bytes:
    return SERVER_VERSION if kind == b"S" and body.startswith(b"server_version\0") else body
