"""Routes from `google.api.http` annotations, checked as a whole: every fault of every method in one error."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor import FieldDescriptor, FileDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from gateway.plans import FieldPlan, MessagePlan, Plans
from gateway.template import Template, TemplateError, parse

WHOLE_BODY = "*"
_HTTP_METHODS = ("get", "put", "post", "delete", "patch")
_WITHOUT_BODY = frozenset({"GET", "DELETE"})


@dataclass(frozen=True, slots=True)
class Rpc:
    """One method of a service."""

    descriptor: MethodDescriptor
    input: MessagePlan
    streaming: bool
    idempotent: bool

    @property
    def name(self) -> str:
        return self.descriptor.full_name

    @property
    def service(self) -> str:
        return self.descriptor.containing_service.full_name

    @property
    def path(self) -> str:
        """The HTTP/2 path of the gRPC call."""
        return f"/{self.service}/{self.descriptor.name}"


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP binding of a method. `body` is "", "*" or a field; `response` is the field answered alone."""

    http_method: str
    template: Template
    rpc: Rpc
    body: str
    response: FieldDescriptor | None


def discover(package: ModuleType) -> list[ServiceDescriptor]:
    """The services of every generated module of a package, by name."""
    files: dict[str, FileDescriptor] = {}
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        descriptor = getattr(importlib.import_module(info.name), "DESCRIPTOR", None)
        if isinstance(descriptor, FileDescriptor):
            files[descriptor.name] = descriptor
    services = [service for file in files.values() for service in file.services_by_name.values()]
    return sorted(services, key=lambda service: service.full_name)


def compile_routes(services: Sequence[ServiceDescriptor], plans: Plans) -> tuple[list[Route], list[str]]:
    """All routes of the services, and the faults of methods that have none."""
    compiler = _Compiler(plans)
    for service in services:
        for method in service.methods:
            compiler.method(method)
    return compiler.routes, compiler.faults


class _Compiler:
    def __init__(self, plans: Plans) -> None:
        self.plans = plans
        self.routes: list[Route] = []
        self.faults: list[str] = []

    def method(self, method: MethodDescriptor) -> None:
        options = method.GetOptions()
        if not options.HasExtension(annotations_pb2.http):
            return self._fault(method, "has no google.api.http annotation")
        if method.client_streaming:
            return self._fault(method, "streams from the client, which HTTP/JSON cannot serve")
        rule = options.Extensions[annotations_pb2.http]
        rpc = Rpc(method, self.plans.of(method.input_type), method.server_streaming, _idempotent(options, rule))
        for binding in (rule, *rule.additional_bindings):
            if binding is not rule and binding.additional_bindings:
                self._fault(method, "nests additional_bindings")
            self._binding(rpc, binding)
        return None

    def _binding(self, rpc: Rpc, rule: HttpRule) -> None:
        pattern = rule.WhichOneof("pattern")
        if pattern not in _HTTP_METHODS:
            return self._fault(rpc.descriptor, f"uses the pattern {pattern or 'none'}, not one of {_HTTP_METHODS}")
        try:
            template = parse(getattr(rule, pattern))
        except TemplateError as error:
            return self._fault(rpc.descriptor, str(error))
        faults = [*_path_faults(rpc, template), *_body_faults(rpc, rule, pattern.upper(), template)]
        response = rpc.descriptor.output_type.fields_by_name.get(rule.response_body)
        if rule.response_body and response is None:
            faults.append(f"answers with {rule.response_body!r}, which the response does not have")
        for fault in faults:
            self._fault(rpc.descriptor, fault)
        if not faults:
            self.routes.append(Route(pattern.upper(), template, rpc, rule.body, response))
        return None

    def _fault(self, method: MethodDescriptor, text: str) -> None:
        self.faults.append(f"{method.full_name} {text}")


def _idempotent(options: MethodOptions, rule: HttpRule) -> bool:
    """Whether a call may be repeated: reads, and what the contract declares to be so."""
    return rule.WhichOneof("pattern") == "get" or options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN


def _path_faults(rpc: Rpc, template: Template) -> Iterator[str]:
    for variable in template.variables:
        fields = _fields(rpc, variable.field_path)
        if not fields:
            yield f"binds {variable.field_path!r}, which the request does not have"
        elif any(field.repeated for field in fields):
            yield f"binds the repeated field {variable.field_path!r} to the path"
        elif fields[-1].is_message:
            yield f"binds the message field {variable.field_path!r} to the path"


def _body_faults(rpc: Rpc, rule: HttpRule, http_method: str, template: Template) -> Iterator[str]:
    if not rule.body:
        return
    if http_method in _WITHOUT_BODY:
        yield f"gives {http_method} a body"
    if rule.body == WHOLE_BODY:
        return
    if "." in rule.body:
        yield f"takes its body into the nested field {rule.body!r}"
        return
    fields = _fields(rpc, rule.body)
    if not fields:
        yield f"takes its body into {rule.body!r}, which the request does not have"
    elif fields[0].repeated:
        yield f"takes its body into the repeated field {rule.body!r}"
    elif rule.body in {variable.field_path for variable in template.variables}:
        yield f"takes its body into {rule.body!r}, which the path binds"


def _fields(rpc: Rpc, field_path: str) -> list[FieldPlan]:
    try:
        return rpc.input.find(field_path)
    except KeyError:
        return []
