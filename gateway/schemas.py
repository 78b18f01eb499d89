"""JSON schemas (draft 2020-12, as OpenAPI 3.1 has them) of messages and enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from gateway.comments import examples
from gateway.plans import is_map, message_type

Schema = dict[str, object]

_SCALARS: Final[Mapping[int, Schema]] = {
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_INT64: {"type": "string", "format": "int64"},
    FieldDescriptor.TYPE_SINT64: {"type": "string", "format": "int64"},
    FieldDescriptor.TYPE_SFIXED64: {"type": "string", "format": "int64"},
    FieldDescriptor.TYPE_UINT64: {"type": "string", "format": "uint64"},
    FieldDescriptor.TYPE_FIXED64: {"type": "string", "format": "uint64"},
    FieldDescriptor.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_SINT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_SFIXED32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_UINT32: {"type": "integer", "format": "uint32", "minimum": 0},
    FieldDescriptor.TYPE_FIXED32: {"type": "integer", "format": "uint32", "minimum": 0},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}
_WELL_KNOWN: Final[Mapping[str, Schema]] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?s$"},
    "google.protobuf.FieldMask": {"type": "string", "description": "Field paths, comma separated."},
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
    "google.protobuf.Value": {},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Empty": {"type": "object", "properties": {}},
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
        "additionalProperties": True,
    },
    "google.api.HttpBody": {"type": "string", "format": "binary"},
}
_BEHAVIOR: Final[Mapping[int, str]] = {
    field_behavior_pb2.OUTPUT_ONLY: "readOnly",
    field_behavior_pb2.INPUT_ONLY: "writeOnly",
}


class Schemas:
    """Makes schemas and keeps those that others refer to, in `components`."""

    def __init__(self, comments: Mapping[str, str], package: str) -> None:
        """Names inside `package` are written without it."""
        self.components: dict[str, Schema] = {}
        self._comments = comments
        self._prefix = f"{package}."

    def comment(self, full_name: str) -> str:
        return self._comments.get(full_name, "")

    def message(self, descriptor: Descriptor) -> Schema:
        """The schema of a message: a reference, unless its JSON form is its own."""
        known = _WELL_KNOWN.get(descriptor.full_name)
        if known is not None:
            return dict(known)
        if descriptor.file.name == "google/protobuf/wrappers.proto":
            scalar = _SCALARS[descriptor.fields_by_name["value"].type]
            return {**scalar, "type": [scalar["type"], "null"]}
        name = self._name(descriptor.full_name)
        if name not in self.components:
            self.components[name] = {}
            self.components[name] = self.object(descriptor, frozenset())
        return {"$ref": f"#/components/schemas/{name}"}

    def object(self, descriptor: Descriptor, without: frozenset[str]) -> Schema:
        """The schema of a message, spelt out, without some of its fields."""
        fields = [field for field in descriptor.fields if field.name not in without]
        schema: Schema = {"type": "object"}
        if self.comment(descriptor.full_name):
            schema["description"] = self.comment(descriptor.full_name)
        schema["properties"] = {field.name: self.field(field) for field in fields}
        required = [field.name for field in fields if is_required(field)]
        if required:
            schema["required"] = required
        return schema

    def field(self, field: FieldDescriptor) -> Schema:
        """The schema of a field, with its comment, examples and behaviour."""
        schema = self.value(field)
        comment = self.comment(field.full_name)
        if comment:
            schema["description"] = comment
        found = examples(comment, text=schema.get("type") == "string")
        if found:
            schema["examples"] = found
        for behavior in behaviors(field):
            if behavior in _BEHAVIOR:
                schema[_BEHAVIOR[behavior]] = True
        return schema

    def value(self, field: FieldDescriptor) -> Schema:
        """The schema of a field's value alone."""
        if is_map(field):
            return {"type": "object", "additionalProperties": self._one(message_type(field).fields_by_name["value"])}
        one = self._one(field)
        return {"type": "array", "items": one} if field.is_repeated else one

    def _one(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None:
            return self.message(field.message_type)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        return dict(_SCALARS[field.type])

    def _enum(self, enum: EnumDescriptor) -> Schema:
        name = self._name(enum.full_name)
        if name not in self.components:
            lines = [self.comment(enum.full_name)]
            for value in enum.values:
                comment = self.comment(f"{enum.full_name}.{value.name}")
                lines.append(f"- `{value.name}`: {comment}" if comment else f"- `{value.name}`")
            self.components[name] = {
                "type": "string",
                "enum": [value.name for value in enum.values],
                "description": "\n".join(line for line in lines if line),
            }
        return {"$ref": f"#/components/schemas/{name}"}

    def _name(self, full_name: str) -> str:
        return full_name.removeprefix(self._prefix)


def behaviors(field: FieldDescriptor) -> frozenset[int]:
    """The `google.api.field_behavior` values of a field."""
    return frozenset(field.GetOptions().Extensions[field_behavior_pb2.field_behavior])


def is_required(field: FieldDescriptor) -> bool:
    return field_behavior_pb2.REQUIRED in behaviors(field)
