"""Makes the request message of one route out of a path, a query, a body and the headers that fill fields.

Precedence: path over body over query. The fields of a route are resolved once, when its Binder is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.body import Filler
from gateway.errors import Violation, invalid
from gateway.masks import implied_paths
from gateway.plans import HTTP_BODY, FieldPlan
from gateway.query import QueryReader
from gateway.routes import WHOLE_BODY, Route
from gateway.scalars import Reject
from gateway.wellknown import load_json

_MASK: Final = "update_mask"
# Headers that HTTP has for what the contract says in a field.
_HEADER_FIELDS: Final = (("if-match", "etag"), ("idempotency-key", "request_id"), ("last-event-id", "cursor"))


@dataclass(frozen=True, slots=True)
class Inputs:
    """The parts of an HTTP request that become a message. `parts` are raw path segments."""

    parts: Sequence[str]
    query: bytes = b""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Binder:
    """Binds requests of one route."""

    def __init__(self, route: Route, *, lenient: bool) -> None:
        plan = route.rpc.input
        self._route = route
        self._lenient = lenient
        self._class: type[Message] = GetMessageClass(route.rpc.descriptor.input_type)
        self._body: FieldPlan | None = plan.fields[route.body] if route.body not in {"", WHOLE_BODY} else None
        self._variables = {item.field_path: plan.find(item.field_path) for item in route.template.variables}
        self._bound = frozenset({*self._variables, *([route.body] if self._body else [])})
        self._infers_mask = route.http_method == "PATCH" and self._body is not None and _is_mask(plan.fields.get(_MASK))
        self._header_fields = [(header, path) for header, name in _HEADER_FIELDS if (path := self._locate(name))]

    def bind(self, inputs: Inputs) -> Message:
        """The request message; raises Problem that names every wrong field."""
        message = self._class()
        filler = Filler(self._lenient)
        tree = self._read_body(inputs, message, filler)
        self._read_path(inputs.parts, message, filler.violations)
        if inputs.query:
            self._read_query(inputs.query, message, filler.violations)
        if filler.violations:
            raise invalid(filler.violations)
        self._read_headers(inputs.headers, message)
        if self._infers_mask and self._body and isinstance(tree, dict):
            mask = getattr(message, _MASK)
            if not mask.paths:
                mask.paths.extend(implied_paths(self._body.message, tree))
        return message

    def _read_body(self, inputs: Inputs, message: Message, filler: Filler) -> object:
        if not self._route.body or not inputs.body:
            return None
        raw = self._raw_target(message)
        if raw is not None:
            raw.MergeFrom(type(raw)(content_type=inputs.headers.get("content-type", ""), data=inputs.body))
            return None
        try:
            tree = load_json(inputs.body)
        except Reject as reason:
            filler.violations.append(Violation(self._body.name if self._body else "body", f"the body {reason}"))
            return None
        if self._body is None:
            filler.message(self._route.rpc.input, message, tree, "")
        elif tree is not None or self._body.takes_null:
            filler.set(self._body, message, tree, self._body.name)
        return tree

    def _raw_target(self, message: Message) -> Message | None:
        """The HttpBody that takes the body as it is, if this route has one."""
        target = getattr(message, self._body.name) if self._body and self._body.is_message else message
        return target if target.DESCRIPTOR.full_name == HTTP_BODY else None

    def _read_path(self, parts: Sequence[str], message: Message, violations: list[Violation]) -> None:
        for field_path, text in self._route.template.capture(parts):
            *outer, member = self._variables[field_path]
            holder = message
            for step in outer:
                holder = getattr(holder, step.name)
            try:
                setattr(holder, member.name, member.codec.from_text(text) if member.codec else text)
            except Reject as reason:
                violations.append(Violation(field_path, str(reason)))

    def _read_query(self, query: bytes, message: Message, violations: list[Violation]) -> None:
        reader = QueryReader(self._route.rpc.input, self._bound, self._lenient, violations)
        if self._route.body == WHOLE_BODY:
            reader.refuse(query)
        else:
            reader.read(query, message)

    def _read_headers(self, headers: Mapping[str, str], message: Message) -> None:
        for header, path in self._header_fields:
            value = headers.get(header, "")
            *outer, name = path
            holder = message
            for step in outer:
                holder = getattr(holder, step)
            if value and value != "*" and not getattr(holder, name):
                setattr(holder, name, value)

    def _locate(self, name: str) -> tuple[str, ...]:
        """Where the request holds a text field of this name: itself, or in the resource that is its body."""
        if _is_text(self._route.rpc.input.fields.get(name)):
            return (name,)
        if self._body and self._body.codec is None and _is_text(self._body.message.fields.get(name)):
            return (self._body.name, name)
        return ()


def _is_mask(member: FieldPlan | None) -> bool:
    return member is not None and not member.repeated and member.holds("google.protobuf.FieldMask")


def _is_text(member: FieldPlan | None) -> bool:
    return member is not None and not member.repeated and member.descriptor.type == FieldDescriptor.TYPE_STRING
