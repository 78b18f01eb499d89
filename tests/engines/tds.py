"""As much of the Tabular Data Stream protocol, version 7.4, as a server needs that answers batches of SQL."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from typing import Any

BATCH, RPC, ATTENTION, LOGIN, PRELOGIN = 0x01, 0x03, 0x06, 0x10, 0x12
_RESPONSE = 0x04
_PACKET = 4096
_LAST = 0x01

_DONE, _ERROR, _INFO, _ENVIRONMENT, _LOGIN_ACK, _COLUMNS, _ROW = 0xFD, 0xAA, 0xAB, 0xE3, 0xAD, 0x81, 0xD1
_FAILED, _HAS_COUNT, _ATTENTION_ACKNOWLEDGED = 0x02, 0x10, 0x20

_COLLATION = b"\x09\x04\xd0\x00\x34"
_YEAR_ONE = date(1, 1, 1)
_VERSION = struct.pack(">I", 0x74000004)


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: str
    database: str
    application: str


class Wire:
    """One client's connection, as messages instead of packets. One thread may receive while another sends."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._lock = threading.Lock()

    def receive(self) -> tuple[int, bytes]:
        """The kind of the next message, and its content. Raises ConnectionError when the client is gone."""
        content = b""
        while True:
            kind, status, length = struct.unpack(">BBH", self._exactly(8)[:4])
            content += self._exactly(length - 8)
            if status & _LAST:
                return kind, content

    def send(self, content: bytes, kind: int = _RESPONSE) -> None:
        size = _PACKET - 8
        parts = [content[start : start + size] for start in range(0, len(content), size)] or [b""]
        for number, part in enumerate(parts, 1):
            last = _LAST if number == len(parts) else 0
            self._write(struct.pack(">BBHHBB", kind, last, len(part) + 8, 0, number % 256, 0) + part)

    def begin_tls(self, context: ssl.SSLContext) -> None:
        """Encrypt from here on. The handshake goes to and fro in messages of its own."""
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                self.send(self._outgoing.read(), PRELOGIN)
                self._incoming.write(self.receive()[1])
            else:
                break
        self.send(self._outgoing.read(), PRELOGIN)
        self._tls = tls

    def _write(self, data: bytes) -> None:
        if self._tls is None:
            self._link.sendall(data)
            return
        with self._lock:
            self._tls.write(data)
            self._link.sendall(self._outgoing.read())

    def _read(self, size: int) -> bytes:
        if self._tls is None:
            return self._link.recv(size)
        while True:
            with self._lock, suppress(ssl.SSLWantReadError):
                return self._tls.read(size)
            arrived = self._link.recv(_PACKET)
            if not arrived:
                return b""
            with self._lock:
                self._incoming.write(arrived)

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self._read(size - len(found))
            if not part:
                raise ConnectionError
            found += part
        return found


_ENCRYPTION, _END = 1, 0xFF
_ON, _NOT_SUPPORTED, _REQUIRED = 1, 2, 3


def wants_tls(content: bytes) -> bool:
    """Whether the client's first message asks for encryption of all that follows."""
    place = 0
    while content[place] != _END:
        option, start, _ = struct.unpack_from(">BHH", content, place)
        if option == _ENCRYPTION:
            return content[start] in (_ON, _REQUIRED)
        place += 5
    return False


def prelogin(*, encrypts: bool) -> bytes:
    """The server's version, and whether it encrypts."""
    encryption = bytes([_ON if encrypts else _NOT_SUPPORTED])
    options = [(0, b"\x10\x00\x03\xe8\x00\x00"), (_ENCRYPTION, encryption), (2, b"\x00"), (3, b""), (4, b"\x00")]
    start = 5 * len(options) + 1
    head, body = b"", b""
    for option, value in options:
        head += struct.pack(">BHH", option, start + len(body), len(value))
        body += value
    return head + bytes([_END]) + body


def read_login(content: bytes) -> Login:
    def text(place: int) -> bytes:
        start, length = struct.unpack_from("<HH", content, place)
        return content[start : start + 2 * length]

    masked = bytes(byte ^ 0xA5 for byte in text(44))
    password = bytes((byte << 4 & 0xF0) | (byte >> 4) for byte in masked)
    user, application, database = (text(place).decode("utf-16-le") for place in (40, 48, 68))
    return Login(user, password.decode("utf-16-le"), database, application)


def logged_in(database: str) -> bytes:
    acknowledged = b"\x01" + _VERSION + _short("Microsoft SQL Server") + b"\x10\x00\x03\xe8"
    changed = _token(_ENVIRONMENT, b"\x01" + _short(database) + _short("master"))
    size = _token(_ENVIRONMENT, b"\x04" + _short(str(_PACKET)) + _short(str(_PACKET)))
    told = message(5701, f"Changed database context to '{database}'.", severity=0)
    return changed + told + _token(_LOGIN_ACK, acknowledged) + size + done()


def batch_text(content: bytes) -> str:
    """The SQL of a batch, behind its headers."""
    (headers,) = struct.unpack_from("<I", content)
    return content[headers:].decode("utf-16-le")


def message(number: int, text: str, severity: int = 16) -> bytes:
    """An error, or, of severity 0, a piece of information."""
    body = struct.pack("<iBB", number, 1, severity) + _long(text[:2000]) + _short("stand-in") + _short("")
    return _token(_ERROR if severity else _INFO, body + struct.pack("<i", 1))


def done(status: int = 0, rows: int = 0) -> bytes:
    return struct.pack("<BHHQ", _DONE, status, 0xC1, rows)


def failed(number: int, text: str) -> bytes:
    return message(number, text) + done(_FAILED)


def cancelled() -> bytes:
    return done(_ATTENTION_ACKNOWLEDGED)


def result(columns: Sequence[tuple[str, str]], rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Columns by their name and the type that DuckDB has for them, and their rows."""
    kinds = [_kind(kind) for _, kind in columns]
    parts = [struct.pack("<BH", _COLUMNS, len(columns))]
    for (name, _), kind in zip(columns, kinds, strict=True):
        parts.append(struct.pack("<IH", 0, 9) + kind.head + _short(name[:120]))
    for row in rows:
        parts.append(bytes([_ROW]))
        parts += [kind.null if value is None else kind.write(value) for value, kind in zip(row, kinds, strict=True)]
    return b"".join(parts) + done(_HAS_COUNT, len(rows))


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type of columns: how it is announced, how a value is written, and how none."""

    head: bytes
    write: Callable[[Any], bytes]
    null: bytes = b"\x00"


def _integer(size: int) -> _Kind:
    signed = size > 1  # TINYINT goes from 0 to 255
    return _Kind(bytes([0x26, size]), lambda v: bytes([size]) + int(v).to_bytes(size, "little", signed=signed))


def _decimal(precision: int, scale: int) -> _Kind:
    def write(value: Any) -> bytes:
        whole = int(Decimal(value).scaleb(scale, Context(prec=60)))
        return b"\x11" + bytes([whole >= 0]) + abs(whole).to_bytes(16, "little")

    return _Kind(bytes([0x6C, 17, precision, scale]), write)


def _days(day: date) -> bytes:
    return (day - _YEAR_ONE).days.to_bytes(3, "little")


def _ticks(moment: datetime | time) -> bytes:
    """The time of day in tenths of microseconds."""
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return ((seconds * 1_000_000 + moment.microsecond) * 10).to_bytes(5, "little")


def _datetime2(value: datetime) -> bytes:
    return b"\x08" + _ticks(value) + _days(value.date())


def _datetimeoffset(value: datetime) -> bytes:
    utc = value.astimezone(UTC)
    return b"\x0a" + _ticks(utc) + _days(utc.date()) + struct.pack("<h", 0)


def _in_chunks(content: bytes) -> bytes:
    """A value of a type without bounds: its length, one chunk, and the end."""
    chunk = struct.pack("<I", len(content)) + content if content else b""
    return struct.pack("<Q", len(content)) + chunk + struct.pack("<I", 0)


_NO_CHUNKS = b"\xff" * 8

_KINDS = {
    **dict.fromkeys(("UTINYINT",), _integer(1)),
    **dict.fromkeys(("TINYINT", "SMALLINT"), _integer(2)),
    **dict.fromkeys(("INTEGER", "USMALLINT"), _integer(4)),
    **dict.fromkeys(("BIGINT", "UINTEGER"), _integer(8)),
    **dict.fromkeys(("HUGEINT", "UBIGINT"), _decimal(38, 0)),
    "BOOLEAN": _Kind(b"\x68\x01", lambda v: b"\x01" + bytes([v])),
    "FLOAT": _Kind(b"\x6d\x04", lambda v: b"\x04" + struct.pack("<f", v)),
    "DOUBLE": _Kind(b"\x6d\x08", lambda v: b"\x08" + struct.pack("<d", v)),
    "DATE": _Kind(b"\x28", lambda v: b"\x03" + _days(v)),
    "TIME": _Kind(b"\x29\x07", lambda v: b"\x05" + _ticks(v)),
    "TIMESTAMP": _Kind(b"\x2a\x07", _datetime2),
    "TIMESTAMP WITH TIME ZONE": _Kind(b"\x2b\x07", _datetimeoffset),
    "UUID": _Kind(b"\x24\x10", lambda v: b"\x10" + v.bytes_le),
    "BLOB": _Kind(b"\xa5\xff\xff", _in_chunks, _NO_CHUNKS),
}
_TEXT = _Kind(b"\xe7\xff\xff" + _COLLATION, lambda v: _in_chunks(str(v).encode("utf-16-le")), _NO_CHUNKS)


def _kind(name: str) -> _Kind:
    bounds = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", name)
    return _decimal(int(bounds[1]), int(bounds[2])) if bounds else _KINDS.get(name, _TEXT)


def _short(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return bytes([len(encoded) // 2]) + encoded


def _long(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<H", len(encoded) // 2) + encoded


def _token(kind: int, body: bytes) -> bytes:
    return struct.pack("<BH", kind, len(body)) + body
