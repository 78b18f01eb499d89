"""The routes that the contract promises, read from the descriptors without any code of the gateway."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass

from google.api import annotations_pb2
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

import dq.v1
from dq.v1 import options_pb2, role_pb2

VARIABLE = re.compile(r"\{([a-z_.]+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP binding of one RPC. `role` is the least that may call it; `shown` is the field answered alone."""

    rpc: str
    method: str
    template: str
    body: str
    shown: str
    descriptor: MethodDescriptor

    @property
    def variables(self) -> list[str]:
        return VARIABLE.findall(self.template)

    @property
    def role(self) -> str:
        """The least role whose keys may call it, such as `viewer`."""
        number = self.descriptor.GetOptions().Extensions[options_pb2.required_role]
        return role_pb2.Role.Name(number).removeprefix("ROLE_").lower()

    @property
    def takes_body(self) -> bool:
        return bool(self.body)

    @property
    def request(self) -> Descriptor:
        return self.descriptor.input_type

    @property
    def path(self) -> str:
        """The template below the base URL of clients."""
        return self.template.removeprefix("/api/v1")

    def filled(self, *values: str) -> str:
        """The path with values for its variables, as they are."""
        left = iter(values)
        return VARIABLE.sub(lambda _: next(left), self.path)

    def matches(self, method: str, path: str) -> bool:
        pattern = VARIABLE.sub("[^/]+", self.template)
        return method == self.method and re.fullmatch(pattern, path) is not None

    def response(self) -> tuple[type, str]:
        """The class of the message that answers, and the field that is shown of it; empty for all."""
        return GetMessageClass(self.descriptor.output_type), self.shown


def routes() -> list[Route]:
    """All routes of dq.v1, in the order of the contract."""
    return [
        route
        for module in pkgutil.iter_modules(dq.v1.__path__)
        if module.name.endswith("_pb2")
        for service in importlib.import_module(f"dq.v1.{module.name}").DESCRIPTOR.services_by_name.values()
        for method in service.methods
        for route in _bindings(method)
    ]


def _bindings(method: MethodDescriptor) -> Iterator[Route]:
    rule = method.GetOptions().Extensions[annotations_pb2.http]
    for binding in (rule, *rule.additional_bindings):
        pattern = binding.WhichOneof("pattern")
        if pattern:
            template = getattr(binding, pattern)
            yield Route(method.name, pattern.upper(), template, binding.body, binding.response_body, method)


ROUTES = routes()
