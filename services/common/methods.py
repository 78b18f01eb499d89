"""What the contract says of each method, read from its descriptors once at start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from dq.v1 import options_pb2, role_pb2
from dq_platform.models.workspace import Role
from services.common.enums import EnumPair

ROLES = EnumPair(Role, role_pb2.Role.DESCRIPTOR)
USUAL_TIMEOUT = timedelta(seconds=30)
# These wait for a customer's engine.
SLOW_TIMEOUT = timedelta(seconds=60)
SLOW_PREFIXES = ("Preview", "Test")
# A stream has no deadline of its own but an age; its client opens a new one.
STREAM_TIMEOUT = timedelta(minutes=10)
STARTING = ("Run", "BatchRun", "Requeue", "Sync")
HTTP_CODES = (("Create", "201"), *((verb, "202") for verb in STARTING), ("Delete", "204"))


class RoleMissingError(Exception):
    """A method of the contract states no required role."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its gRPC path, the least role of its callers, its default time limit and its HTTP success code.

    `http_code` is empty where 200 is meant.
    """

    path: str
    name: str
    request: type[Message]
    required_role: Role
    timeout: timedelta
    http_code: str
    streaming: bool


def methods_of(services: Iterable[ServiceDescriptor]) -> Mapping[str, Method]:
    """The methods by gRPC path. Raises RoleMissingError that lists every method without a required role."""
    descriptors = [method for service in services for method in service.methods]
    missing = [method.full_name for method in descriptors if not _role_number(method)]
    if missing:
        message = f"these methods state no (dq.v1.required_role): {', '.join(missing)}"
        raise RoleMissingError(message)
    return {method.path: method for method in map(_method, descriptors)}


def _method(descriptor: MethodDescriptor) -> Method:
    name = descriptor.name
    return Method(
        path=f"/{descriptor.containing_service.full_name}/{name}",
        name=name,
        request=GetMessageClass(descriptor.input_type),
        required_role=ROLES.core(_role_number(descriptor)),
        timeout=_timeout(descriptor),
        http_code=next(_codes(name), ""),
        streaming=descriptor.server_streaming,
    )


def _timeout(descriptor: MethodDescriptor) -> timedelta:
    if descriptor.server_streaming:
        return STREAM_TIMEOUT
    return SLOW_TIMEOUT if descriptor.name.startswith(SLOW_PREFIXES) else USUAL_TIMEOUT


def _codes(name: str) -> Iterator[str]:
    return (code for prefix, code in HTTP_CODES if name.startswith(prefix))


def _role_number(descriptor: MethodDescriptor) -> int:
    return int(descriptor.GetOptions().Extensions[options_pb2.required_role])
