"""HTTP headers as gRPC metadata, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.errors import Violation, invalid
from gateway.scalars import Reject, decode_base64

Headers = Sequence[tuple[bytes, bytes]]
Metadata = tuple[tuple[str, str | bytes], ...]

_PREFIX: Final = b"grpc-metadata-"
_KEY: Final = re.compile(rb"[0-9a-z_.-]+")
_PRINTABLE: Final = re.compile(rb"[\x20-\x7e]*")
_TRACE: Final = frozenset({"traceparent", "tracestate"})
_NO_TRACE: Final[Mapping[str, str]] = {}
_CODE: Final = re.compile(r"2[0-9][0-9]")

_BY_NAME: Final = ("authorization", "idempotency-key", "if-match", "traceparent", "tracestate", "last-event-id")
_PERMANENT: Final = (
    "accept", "accept-charset", "accept-language", "accept-ranges", "authorization", "cache-control", "content-type",
    "cookie", "date", "expect", "from", "host", "if-match", "if-modified-since", "if-none-match",
    "if-schedule-tag-match", "if-unmodified-since", "max-forwards", "origin", "pragma", "referer", "user-agent", "via",
    "warning",
)  # fmt: skip
# Names that gRPC or the gateway itself sets: a client may not choose them through the prefix.
_RESERVED: Final = frozenset(
    {b"connection", b"content-type", b"host", b"te", b"user-agent", b"x-request-id", b"x-forwarded-for",
     b"x-forwarded-host"}
)  # fmt: skip
_SHOWN: Final = frozenset({"etag", "retry-after", "location"})
_HIDDEN: Final = frozenset({"x-request-id", "x-http-code"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: its id, and the address it comes from."""

    request_id: str
    peer: str


class Inbound:
    """Chooses the request headers that reach the services."""

    def __init__(self, api_key_header: str) -> None:
        self._names: dict[bytes, list[str]] = {}
        for name in (*_BY_NAME, api_key_header.lower()):
            self._names.setdefault(name.encode(), []).append(name)
        for name in _PERMANENT:
            self._names.setdefault(name.encode(), []).append(f"grpcgateway-{name}")

    def metadata(self, headers: Headers, caller: Caller, trace: Mapping[str, str] = _NO_TRACE) -> Metadata:
        """The metadata of the call; raises Problem when a `-Bin` header is not base64.

        `trace` is the gateway's own place in the trace, which takes that of the client's headers.
        """
        return (
            ("x-request-id", caller.request_id),
            *trace.items(),
            *_forwarded(headers, caller.peer),
            *(
                pair
                for name, value in headers
                for pair in self._translate(name, value)
                if not (trace and pair[0] in _TRACE)
            ),
        )

    def _translate(self, name: bytes, value: bytes) -> Iterator[tuple[str, str | bytes]]:
        if name.startswith(_PREFIX):
            yield from _prefixed(name[len(_PREFIX) :], value)
        elif _PRINTABLE.fullmatch(value):
            for target in self._names.get(name, ()):
                yield target, value.decode("ascii")


@dataclass(frozen=True, slots=True)
class Outbound:
    """Chooses the response metadata that reaches the client; `rest` shows what is not on the allow-list too."""

    rest: bool

    def headers(self, initial: Metadata, trailing: Metadata, *, trailers: bool) -> list[tuple[bytes, bytes]]:
        """Response headers; `trailers` says whether the client asked for trailers (`TE: trailers`)."""
        shown = [*self._prefixed(initial, "grpc-metadata-")]
        shown += self._prefixed(trailing, "grpc-trailer-") if trailers else ()
        allowed = {key: value for key, value in (*trailing, *initial) if key in _SHOWN and isinstance(value, str)}
        return [(key.encode(), value.encode("latin-1", "replace")) for key, value in (*allowed.items(), *shown)]

    def _prefixed(self, metadata: Metadata, prefix: str) -> Iterator[tuple[str, str]]:
        if not self.rest:
            return
        for key, value in metadata:
            if isinstance(value, str) and key not in _SHOWN | _HIDDEN and not key.startswith("grpc-"):
                yield prefix + key, value


def http_code(metadata: Iterable[tuple[str, str | bytes]]) -> int:
    """The success code that a service asks for with `x-http-code`, else 200."""
    for key, value in metadata:
        if key == "x-http-code" and isinstance(value, str) and _CODE.fullmatch(value):
            return int(value)
    return 200


def _prefixed(name: bytes, value: bytes) -> Iterator[tuple[str, str | bytes]]:
    if not _KEY.fullmatch(name) or name in _RESERVED or name.startswith(b"grpc-"):
        return
    key = name.decode("ascii")
    if not key.endswith("-bin"):
        if _PRINTABLE.fullmatch(value):
            yield key, value.decode("ascii")
        return
    try:
        yield key, decode_base64(value.decode("latin-1"))
    except Reject as reason:
        raise invalid([Violation(f"Grpc-Metadata-{key}", str(reason))]) from reason


def _forwarded(headers: Headers, peer: str) -> Iterator[tuple[str, str]]:
    known = {name: value for name, value in headers if name in {b"x-forwarded-for", b"x-forwarded-host", b"host"}}
    chain = known.get(b"x-forwarded-for", b"")
    chain = b", ".join(part for part in (chain, peer.encode("ascii", "ignore")) if part)
    if chain and _PRINTABLE.fullmatch(chain):
        yield "x-forwarded-for", chain.decode("ascii")
    host = known.get(b"x-forwarded-host") or known.get(b"host", b"")
    if host and _PRINTABLE.fullmatch(host):
        yield "x-forwarded-host", host.decode("ascii")
