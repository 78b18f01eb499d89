"""From bytes to a request that is well formed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from google.protobuf.message import DecodeError, Message

from dq_platform.errors import Invalid
from services.common import shape
from services.common.call import Call

# A field that takes the value of a metadata entry when the request leaves it empty.
ETAG, IF_MATCH, ANY_ETAG = "etag", "if-match", "*"
REQUEST_ID, IDEMPOTENCY_KEY = "request_id", "idempotency-key"


class Parsing:
    """Parses the request, completes it from the metadata and checks its shape. Raises Invalid."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        request = call.method.request()
        try:
            request.ParseFromString(call.payload)
        except DecodeError as error:
            description = f"cannot be read as {request.DESCRIPTOR.full_name}"
            raise Invalid.one("request", description, "MALFORMED") from error
        self._complete(request, call)
        shape.check_request(request)
        call.request = request
        yield

    def _complete(self, request: Message, call: Call) -> None:
        etag = call.metadata.get(IF_MATCH, "")
        holder = _etag_holder(request)
        if holder is not None and etag != ANY_ETAG:
            _fill(holder, ETAG, etag)
        if REQUEST_ID in request.DESCRIPTOR.fields_by_name:
            _fill(request, REQUEST_ID, call.metadata.get(IDEMPOTENCY_KEY, ""))


def _etag_holder(request: Message) -> Message | None:
    """The message whose etag says what the caller has read: a deletion, or the resource of an update."""
    fields = request.DESCRIPTOR.fields_by_name
    if ETAG in fields:
        return request
    if shape.UPDATE_MASK not in fields:
        return None
    resource = getattr(request, request.DESCRIPTOR.fields[0].name)
    return resource if ETAG in resource.DESCRIPTOR.fields_by_name else None


def _fill(message: Message, field: str, value: str) -> None:
    if value and not getattr(message, field):
        setattr(message, field, value)
