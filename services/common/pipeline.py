"""The way of every RPC of the contract: through the interceptors, to the servicer, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Any, TypeAlias, cast

import grpc
from google.protobuf.message import Message

from services.common.call import Call, Context, Interceptor
from services.common.methods import Method

# Any: handlers of all methods, whose messages differ.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Serve = Callable[[Any, Context], Any]
Details = grpc.HandlerCallDetails
COMPRESS_FROM = 1024
"""Compressing fewer bytes costs more than it saves."""


class Pipeline(grpc.aio.ServerInterceptor):
    """Puts the interceptors around the contract's methods, the first one outermost; other services pass untouched."""

    def __init__(self, methods: Mapping[str, Method], interceptors: Sequence[Interceptor]) -> None:
        self._methods = methods
        self._interceptors = interceptors

    async def intercept_service(
        self, continuation: Callable[[Details], Awaitable[Handler | None]], handler_call_details: Details
    ) -> Handler | None:
        handler = await continuation(handler_call_details)
        method = self._methods.get(handler_call_details.method)
        if handler is None or method is None:
            return handler
        # Without a deserializer the request arrives as bytes: one that cannot be parsed is then ours to answer.
        if method.streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._stream(method, cast("Serve", handler.unary_stream)),
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._unary(method, cast("Serve", handler.unary_unary)), response_serializer=handler.response_serializer
        )

    def _unary(self, method: Method, serve: Serve) -> Serve:
        async def unary(payload: bytes, context: Context) -> Message:
            call = _call(method, payload, context)
            async with AsyncExitStack() as stack:
                await self._enter(stack, call)
                response: Message = await serve(call.request, context)
                if response.ByteSize() >= COMPRESS_FROM:
                    context.set_compression(grpc.Compression.Gzip)
                await context.send_initial_metadata(_initial(call, response))
                return response
            raise AssertionError  # no interceptor swallows an error

        return unary

    def _stream(self, method: Method, serve: Serve) -> Serve:
        async def stream(payload: bytes, context: Context) -> None:
            call = _call(method, payload, context)
            async with AsyncExitStack() as stack:
                await self._enter(stack, call)
                responses = await stack.enter_async_context(aclosing(serve(call.request, context)))
                sent = False
                async for response in responses:
                    if not sent:
                        await context.send_initial_metadata(_initial(call, response))
                        sent = True
                    await context.write(response)

        return stream

    async def _enter(self, stack: AsyncExitStack, call: Call) -> None:
        for interceptor in self._interceptors:
            await stack.enter_async_context(interceptor.around(call))


def _call(method: Method, payload: bytes, context: Context) -> Call:
    metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
    return Call(method, context, metadata, payload)


def _initial(call: Call, response: Message) -> tuple[tuple[str, str], ...]:
    """Request id, the success code that HTTP should show, and the etag of a response that is one resource."""
    headers = dict(call.headers)
    if call.method.http_code:
        headers["x-http-code"] = call.method.http_code
    etag = _etag(response)
    if etag:
        headers["etag"] = etag
    return tuple(headers.items())


def _etag(response: Message) -> str:
    fields = response.ListFields()
    resource = fields[0][1] if len(fields) == 1 else None
    return str(getattr(resource, "etag", "")) if isinstance(resource, Message) else ""
