"""One RPC on its way through the interceptors."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc
from google.protobuf.message import Message

from dq_platform.models.workspace import Principal
from services.common.methods import Method

# Any: the context's type parameters are the messages, which differ from method to method.
Context = grpc.aio.ServicerContext[Any, Any]

_caller: ContextVar[Principal] = ContextVar("caller")


@dataclass(slots=True)
class Call:
    """What interceptors know of an RPC and add to it.

    `payload` is the request as it arrived, `request` its message once it is parsed. `headers` go out before the
    answer. `metadata` holds the text entries of the request's metadata, the last of each name.
    """

    method: Method
    context: Context
    metadata: Mapping[str, str]
    payload: bytes
    request_id: str = ""
    key_name: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    request: Message | None = None


class Interceptor(Protocol):
    """Something that happens around every RPC of the contract."""

    def around(self, call: Call) -> AbstractAsyncContextManager[None]: ...


def caller() -> Principal:
    """Who calls, inside an RPC. Raises LookupError outside of one."""
    return _caller.get()


def set_caller(principal: Principal) -> None:
    """Say who calls, for the rest of the task that serves the RPC."""
    _caller.set(principal)
