"""The API itself: finds the route of a request, calls its method, answers."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, cast

import grpc
import structlog
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from google.rpc import code_pb2
from starlette.types import Receive, Scope, Send

from gateway.binding import Binder, Inputs
from gateway.deadlines import default_limit, requested_limit
from gateway.errors import CLIENT_CLOSED_REQUEST, Failure, Problem, Violation, failure_of, internal, invalid
from gateway.exchange import ClientGone, Exchange
from gateway.metadata import Caller, Headers, Inbound, Metadata, Outbound, http_code
from gateway.plans import HTTP_BODY
from gateway.render import Renderer
from gateway.router import Match, Router
from gateway.routes import Route
from gateway.settings import Settings
from gateway.streaming import EVENT_STREAM, Events, Format, JsonLines, RawChunks, StreamCall, beats
from gateway.template import EncodingError
from gateway.upstream import Upstreams
from telemetry.tracing import Tracer

Log = MutableMapping[str, object]
_JSON: Final = (b"content-type", b"application/json")
_UNWATCHED: Final = 0.2
"""Seconds after which a call's client is watched."""
_IDENTITY: Final = frozenset({"", "identity"})


@dataclass(frozen=True, slots=True)
class _Sent:
    """A call under way."""

    route: Route
    call: Any  # a unary or a stream call of classes made from descriptors
    log: Log


class Endpoint:
    """ASGI application of all routes. Reads `request_id` and writes `log` fields of the scope's state."""

    def __init__(self, settings: Settings, router: Router, upstreams: Upstreams, tracer: Tracer) -> None:
        self._settings = settings
        self._tracer = tracer
        self._router = router
        self._upstreams = upstreams
        self._renderer = Renderer()
        self._inbound = Inbound(settings.api_key_header)
        self._outbound = Outbound(settings.forward_metadata)
        self._binders = {id(route): Binder(route, lenient=settings.lenient) for route in router.routes}
        self._limits = {
            route.rpc.name: default_limit(route.rpc, settings.timeout, settings.stream_max_age)
            for route in router.routes
        }
        self._log = structlog.get_logger("gateway")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        exchange = Exchange(scope, receive, send)
        log: Log = scope["state"]["log"]
        request_id: str = scope["state"]["request_id"]
        try:
            await self._serve(exchange, request_id, log)
        except ClientGone:
            log["status"] = CLIENT_CLOSED_REQUEST
        except Problem as error:
            failure = failure_of(error)
            await self._fail(exchange, failure, self._failed(exchange, failure), log)
        except grpc.aio.AioRpcError as error:
            failure = failure_of(error)
            await self._fail(exchange, failure, self._failed(exchange, failure, error), log)
        except Exception:
            self._log.exception("request.crashed", request_id=request_id)
            if exchange.started:
                raise
            failure = internal(request_id)
            await self._fail(exchange, failure, self._failed(exchange, failure), log)

    async def _serve(self, exchange: Exchange, request_id: str, log: Log) -> None:
        match = self._match(exchange)
        route = match.route
        log["rpc"] = route.rpc.name
        asked = exchange.headers.get("grpc-timeout")
        limit = requested_limit(asked) if asked is not None else self._limits[route.rpc.name]
        ends = asyncio.get_running_loop().time() + limit
        # Our span, if there is one, stands between the client's and the server's.
        trace = self._tracer.carrier()
        metadata = self._inbound.metadata(exchange.raw_headers, Caller(request_id, exchange.peer), trace)
        body = await self._read(exchange, min(limit, self._settings.timeout))
        message = self._binders[id(route)].bind(Inputs(match.parts, exchange.query, body, exchange.headers))
        left = max(0.0, ends - asyncio.get_running_loop().time())
        call = self._upstreams.call(route.rpc)(message, timeout=left, metadata=metadata)
        sent = _Sent(route, call, log)
        with exchange.cancelling(call, 0 if route.rpc.streaming else _UNWATCHED):
            await (self._stream(exchange, sent) if route.rpc.streaming else self._unary(exchange, sent))

    def _match(self, exchange: Exchange) -> Match:
        try:
            path = exchange.raw_path.decode("ascii")
            if not path.startswith("/"):
                raise invalid([Violation("path", "must start with a slash")])
            match = self._router.match(exchange.method, path)
            if match is not None:
                return match
            allowed = self._router.allowed(path)
        except (EncodingError, UnicodeDecodeError) as error:
            text = str(error) if isinstance(error, EncodingError) else "must be ASCII, everything else percent-encoded"
            raise invalid([Violation("path", text)]) from error
        if allowed:
            names = ", ".join(allowed)
            message = f"This path does not take {exchange.method}; it takes {names}."
            raise Problem(code_pb2.UNIMPLEMENTED, "METHOD_NOT_ALLOWED", message, http=405, headers={"allow": names})
        raise Problem(
            code_pb2.NOT_FOUND, "ROUTE_NOT_FOUND", "There is nothing at this path; /docs shows what there is."
        )

    async def _read(self, exchange: Exchange, seconds: float) -> bytes:
        encoding = exchange.headers.get("content-encoding", "").lower()
        if encoding not in _IDENTITY:
            raise invalid([Violation("Content-Encoding", "must be identity: compressed requests are not read")])
        if not exchange.has_body:
            return b""
        try:
            async with asyncio.timeout(seconds):
                return await exchange.body(self._settings.body_limit)
        except TimeoutError as error:
            message = "The request body did not arrive within the time limit."
            raise Problem(code_pb2.DEADLINE_EXCEEDED, "DEADLINE", message, http=408) from error

    async def _unary(self, exchange: Exchange, sent: _Sent) -> None:
        response: Message = await sent.call
        initial: Metadata = await sent.call.initial_metadata()
        trailing: Metadata = await sent.call.trailing_metadata()
        headers = self._headers(exchange, initial, trailing)
        status = http_code((*initial, *trailing))
        if status == 204:
            return await exchange.answer(status, headers, b"")
        shown = _shown(sent.route, response)
        if isinstance(shown, HttpBody):
            kind = shown.content_type or "application/octet-stream"
            return await exchange.answer(status, [(b"content-type", kind.encode()), *headers], shown.data)
        etag = getattr(shown, "etag", "")
        if etag and isinstance(etag, str) and not any(name == b"etag" for name, _ in headers):
            headers.append((b"etag", etag.encode("latin-1", "replace")))
        return await exchange.answer(status, [_JSON, *headers], self._render(sent.route, response).encode())

    async def _stream(self, exchange: Exchange, sent: _Sent) -> None:
        form = self._format(exchange, sent.route)
        try:
            async for message in beats(cast("StreamCall", sent.call), self._settings.heartbeat):
                if not exchange.started:
                    await self._start_stream(exchange, sent, form, message)
                chunk = form.heartbeat if message is None else form.message(message)
                if chunk:
                    await exchange.write(chunk)
        except grpc.aio.AioRpcError as error:
            failure = failure_of(error)
            sent.log["code"] = code_pb2.Code.Name(failure.status.code)
            if not exchange.started:
                body = f'{{"error":{self._renderer.message(failure.status)}}}'
                return await exchange.answer(failure.http, self._failed(exchange, failure, error), body.encode())
            await exchange.write(form.error(failure.status))
        if not exchange.started:
            if isinstance(form, Events):
                # A client of events comes back for more until it is told that there is no more.
                headers = self._headers(exchange, await sent.call.initial_metadata(), ())
                return await exchange.answer(HTTPStatus.NO_CONTENT, headers, b"")
            await self._start_stream(exchange, sent, form, None, silent=False)
        return await exchange.write(b"", more=False)

    async def _start_stream(
        self, exchange: Exchange, sent: _Sent, form: Format, first: Message | None, *, silent: bool = True
    ) -> None:
        """Sends the head; a call that has been `silent` so far may not have metadata to wait for."""
        initial: Metadata = () if silent and first is None else await sent.call.initial_metadata()
        headers = self._headers(exchange, initial, ())
        fresh = ((b"cache-control", b"no-store"), (b"x-accel-buffering", b"no"))
        await exchange.start(200, [(b"content-type", form.content_type(first).encode()), *fresh, *headers])

    def _format(self, exchange: Exchange, route: Route) -> Format:
        shown = route.response.message_type if route.response else route.rpc.descriptor.output_type
        if shown is not None and shown.full_name == HTTP_BODY:
            return RawChunks(lambda message: cast("HttpBody", _shown(route, message)), self._renderer)
        kind = Events if EVENT_STREAM in exchange.headers.get("accept", "") else JsonLines
        return kind(lambda message: self._render(route, message), self._renderer)

    def _render(self, route: Route, message: Message) -> str:
        if route.response is None:
            return self._renderer.message(message)
        return self._renderer.field(message, route.response)

    def _headers(self, exchange: Exchange, initial: Metadata, trailing: Metadata) -> list[tuple[bytes, bytes]]:
        trailers = "trailers" in exchange.headers.get("te", "").lower()
        return self._outbound.headers(initial, trailing, trailers=trailers)

    async def _fail(self, exchange: Exchange, failure: Failure, headers: Headers, log: Log) -> None:
        log["code"] = code_pb2.Code.Name(failure.status.code)
        await exchange.answer(failure.http, headers, self._renderer.message(failure.status).encode())

    def _failed(
        self, exchange: Exchange, failure: Failure, error: grpc.aio.AioRpcError | None = None
    ) -> list[tuple[bytes, bytes]]:
        """The headers of an error: ours, then what the service sent beside it."""
        headers = [_JSON, *((name.encode(), value.encode()) for name, value in failure.headers.items())]
        if error is not None:
            initial = cast("Metadata", tuple(error.initial_metadata() or ()))
            trailing = cast("Metadata", tuple(error.trailing_metadata() or ()))
            shown = self._headers(exchange, initial, trailing)
            headers += [(name, value) for name, value in shown if name.decode() not in failure.headers]
        return headers


def _shown(route: Route, response: Message) -> object:
    """The part of a response that the client gets: one field of it, or all."""
    return getattr(response, route.response.name) if route.response else response
