"""The OpenAPI 3.1 document of all routes, from descriptors and their comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.rpc.status_pb2 import Status

from gateway.comments import read_comments
from gateway.plans import HTTP_BODY, FieldPlan, MessagePlan
from gateway.routes import WHOLE_BODY, Route
from gateway.schemas import Schema, Schemas, is_required
from gateway.streaming import EVENT_STREAM, NDJSON
from gateway.template import Wild

_JSON: Final = "application/json"
_QUERY_DEPTH: Final = 4
# The success codes that services ask for, by the first word of a method's name.
_SUCCESS: Final = {"Create": "201", "Run": "202", "BatchRun": "202", "Requeue": "202", "Sync": "202", "Delete": "204"}
_NO_MORE: Final = "As server-sent events only: nothing comes after what `Last-Event-ID` names."


@dataclass(frozen=True, slots=True)
class Title:
    """How the API introduces itself."""

    name: str
    version: str
    description: str


def openapi_document(title: Title, routes: Sequence[Route], image: bytes, api_key_header: str) -> dict[str, Any]:
    """The document; `image` is a serialised FileDescriptorSet with source info."""
    package = routes[0].rpc.descriptor.containing_service.file.package if routes else ""
    writer = _Writer(Schemas(read_comments(image), package), routes)
    paths = writer.paths()
    return {
        "openapi": "3.1.0",
        "info": {"title": title.name, "version": title.version, "description": title.description},
        "servers": [{"url": "/"}],
        "security": [{"ApiKey": []}],
        "tags": writer.tags(),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(writer.schemas.components.items())),
            "responses": {"Error": writer.error},
            "securitySchemes": {"ApiKey": {"type": "apiKey", "in": "header", "name": api_key_header}},
        },
    }


class _Writer:
    def __init__(self, schemas: Schemas, routes: Sequence[Route]) -> None:
        self.schemas = schemas
        self.error: Schema = {
            "description": "The request failed; `code` is a google.rpc.Code, `details` say what is wrong.",
            "content": {_JSON: {"schema": schemas.message(_descriptor(Status))}},
        }
        self._routes = routes
        self._named = Counter(
            route.rpc.descriptor.name for route in {route.rpc.name: route for route in routes}.values()
        )
        self._ids: Counter[str] = Counter()

    def tags(self) -> list[Schema]:
        services = {route.rpc.service: route.rpc.descriptor.containing_service for route in self._routes}
        return [{"name": _tag(name), "description": self.schemas.comment(name)} for name in services]

    def paths(self) -> dict[str, dict[str, Schema]]:
        """Operations by path; paths that differ in their variables' names only are one."""
        paths: dict[str, dict[str, Schema]] = {}
        spelt: dict[tuple[object, ...], list[str]] = {}
        for route in self._routes:
            variables = route.template.variables
            key = (route.template.shape, *((item.start, item.stop) for item in variables))
            names = spelt.setdefault(key, [item.field_path for item in variables])
            operations = paths.setdefault(_path(route, names), {})
            operations[route.http_method.lower()] = self._operation(route, names)
        return paths

    def _operation(self, route: Route, names: Sequence[str]) -> Schema:
        rpc = route.rpc.descriptor
        comment = self.schemas.comment(rpc.full_name)
        operation: Schema = {
            "tags": [_tag(route.rpc.service)],
            "operationId": self._operation_id(route),
            "summary": comment.split(". ")[0].rstrip(".") or rpc.name,
            "description": comment,
        }
        parameters = [*self._path_parameters(route, names), *self._query_parameters(route)]
        if parameters:
            operation["parameters"] = parameters
        if route.body:
            operation["requestBody"] = self._request_body(route)
        operation["responses"] = self._responses(route)
        return operation | _own_options(route)

    def _operation_id(self, route: Route) -> str:
        rpc = route.rpc.descriptor
        name = rpc.name if self._named[rpc.name] == 1 else f"{_tag(route.rpc.service)}_{rpc.name}"
        self._ids[name] += 1
        return name if self._ids[name] == 1 else f"{name}_{self._ids[name]}"

    def _path_parameters(self, route: Route, names: Sequence[str]) -> Iterator[Schema]:
        for variable, name in zip(route.template.variables, names, strict=True):
            field = route.rpc.input.find(variable.field_path)[-1].descriptor
            yield self._parameter(field, name, "path") | {"required": True}

    def _query_parameters(self, route: Route) -> Iterator[Schema]:
        if route.body == WHOLE_BODY:
            return
        bound = frozenset({route.body, *(variable.field_path for variable in route.template.variables)})
        yield from self._query_of(route.rpc.input, "", bound, 1)

    def _query_of(self, plan: MessagePlan, prefix: str, bound: frozenset[str], depth: int) -> Iterator[Schema]:
        for name in plan.names:
            member = plan.fields[name]
            path = prefix + name
            if path in bound or (member.repeated and member.codec is None):
                continue
            if member.codec is not None:
                yield self._query_parameter(member, path)
            elif depth < _QUERY_DEPTH:
                yield from self._query_of(member.message, f"{path}.", bound, depth + 1)

    def _query_parameter(self, member: FieldPlan, path: str) -> Schema:
        parameter = self._parameter(member.descriptor, path, "query")
        if member.map_key:
            parameter |= {"style": "deepObject", "explode": True}
        if is_required(member.descriptor) and "." not in path:
            parameter["required"] = True
        return parameter

    def _parameter(self, field: FieldDescriptor, name: str, place: str) -> Schema:
        schema = self.schemas.field(field)
        description = schema.pop("description", "")
        schema = {key: value for key, value in schema.items() if key not in {"readOnly", "writeOnly"}}
        return {"name": name, "in": place, "description": description, "schema": schema}

    def _request_body(self, route: Route) -> Schema:
        request = route.rpc.descriptor.input_type
        if route.body != WHOLE_BODY:
            field = request.fields_by_name[route.body]
            return {
                "description": self.schemas.comment(field.full_name),
                "required": True,
                "content": _content(self.schemas.value(field), field.message_type),
            }
        taken = frozenset(variable.field_path for variable in route.template.variables)
        schema = self.schemas.object(request, taken) if taken else self.schemas.message(request)
        required = any(is_required(field) for field in request.fields if field.name not in taken)
        return {"required": required, "content": _content(schema, request)}

    def _responses(self, route: Route) -> Schema:
        output = route.rpc.descriptor.output_type
        shown = output if route.response is None else route.response.message_type
        schema = self.schemas.message(output) if route.response is None else self.schemas.value(route.response)
        failed: Schema = {"$ref": "#/components/responses/Error"}
        described = self.schemas.comment(output.full_name) or "Success."
        if route.rpc.streaming:
            told = {"description": described, "content": self._stream(schema, shown)}
            return {"200": told, "204": {"description": _NO_MORE}, "default": failed}
        name = route.rpc.descriptor.name
        code = next((code for word, code in _SUCCESS.items() if name.startswith(word)), "200")
        if code == "204":
            return {"204": {"description": "Done; there is nothing to say."}, "default": failed}
        return {code: {"description": described, "content": _content(schema, shown)}, "default": failed}

    def _stream(self, schema: Schema, shown: Descriptor | None) -> Schema:
        if shown is not None and shown.full_name == HTTP_BODY:
            return {"*/*": {"schema": schema}}
        status = self.schemas.message(_descriptor(Status))
        line = {"type": "object", "properties": {"result": schema, "error": status}}
        return {NDJSON: {"schema": line}, EVENT_STREAM: {"schema": {"type": "string"}}}


def _content(schema: Schema, shown: Descriptor | None) -> Schema:
    raw = shown is not None and shown.full_name == HTTP_BODY
    return {"*/*" if raw else _JSON: {"schema": schema}}


def _path(route: Route, names: Sequence[str]) -> str:
    """The template in OpenAPI's spelling: each variable in braces, whatever it spans."""
    template = route.template
    starts = {variable.start: (variable.stop, name) for variable, name in zip(template.variables, names, strict=True)}
    steps, index = [], 0
    while index < len(template.segments):
        segment = template.segments[index]
        stop, name = starts.get(index, (index + 1, "path" if segment.wild is not Wild.LITERAL else ""))
        steps.append(f"{{{name}}}" if name else segment.text)
        index = stop
    return "/" + "/".join(steps) + (f":{template.verb}" if template.verb else "")


def _own_options(route: Route) -> Schema:
    """Enum options that the contract defines for its methods, such as a required role, as `x-` members."""
    package = route.rpc.descriptor.containing_service.file.package
    own: Schema = {}
    for option, value in route.rpc.descriptor.GetOptions().ListFields():
        ours = option.is_extension and option.full_name == f"{package}.{option.name}"
        if ours and option.enum_type is not None:
            own[f"x-{option.name.replace('_', '-')}"] = option.enum_type.values_by_number[value].name
    return own


def _tag(service: str) -> str:
    return service.rpartition(".")[2].removesuffix("Service")


def _descriptor(kind: type[Any]) -> Descriptor:
    descriptor: Descriptor = kind.DESCRIPTOR
    return descriptor
