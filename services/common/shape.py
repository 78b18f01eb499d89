"""Whether a request is well formed, as far as its descriptor says: everything that is wrong with it, at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import cast

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from dq_platform.errors import Invalid, Violation

MAX_STRING_SIZE = 1024 * 1024
# 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
TIMESTAMP_SECONDS = range(-62135596800, 253402300800)
SECOND_NANOS = range(1_000_000_000)
# 10,000 years, as the type itself has it.
MAX_DURATION_SECONDS = 315_576_000_000
FREE_JSON = ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue")
FLOATS = (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT)
UPDATE_MASK = "update_mask"


def check_request(request: Message) -> None:
    """Raises Invalid for required fields that are not set, and for values that no field of their kind may have.

    An update names what it changes, so what it leaves out is not missing; `check_resource` looks at the outcome.
    """
    partial = UPDATE_MASK in _descriptor(request).fields_by_name
    violations = list(_violations(request, "", required=True, required_inside=not partial))
    _raise([*(_missing_id(request) if partial else ()), *violations])


def check_resource(resource: Message, path: str) -> None:
    """Raises Invalid for required fields that are not set in what an update made of a resource."""
    _raise(list(_violations(resource, f"{path}.", required=True, required_inside=True)))


def behaviors(field: FieldDescriptor) -> frozenset[int]:
    """The field's `google.api.field_behavior`."""
    return frozenset(field.GetOptions().Extensions[field_behavior_pb2.field_behavior])


def is_output_only(field: FieldDescriptor) -> bool:
    return field_behavior_pb2.OUTPUT_ONLY in behaviors(field)


def map_value(field: FieldDescriptor) -> FieldDescriptor | None:
    """The descriptor of a map's values; None if the field is no map."""
    entry = field.message_type
    return entry.fields_by_name["value"] if entry is not None and entry.GetOptions().map_entry else None


def _raise(violations: list[Violation]) -> None:
    if violations:
        raise Invalid(violations)


def _violations(message: Message, prefix: str, *, required: bool, required_inside: bool) -> Iterator[Violation]:
    if isinstance(message, Timestamp):
        yield from _timestamp(message, prefix.removesuffix("."))
        return
    if isinstance(message, Duration):
        yield from _duration(message, prefix.removesuffix("."))
        return
    if required:
        yield from _missing(message, prefix)
    for field, value in message.ListFields():
        if not is_output_only(field):
            yield from _field(field, value, _path(prefix, field), required_inside=required_inside)


def _path(prefix: str, field: FieldDescriptor) -> str:
    """The path as a caller writes it: the fields that carry free JSON have no names there."""
    holder = field.containing_type
    return prefix.removesuffix(".") if holder is not None and holder.full_name in FREE_JSON else f"{prefix}{field.name}"


def _missing(message: Message, prefix: str) -> Iterator[Violation]:
    present = {field.name for field, _ in message.ListFields()}
    for field in _descriptor(message).fields:
        if field.name not in present and field_behavior_pb2.REQUIRED in behaviors(field) and not is_output_only(field):
            yield Violation(f"{prefix}{field.name}", "is required", "REQUIRED")


def _missing_id(request: Message) -> Iterator[Violation]:
    """The server gives ids, so no resource requires one; but an update says with it what it changes."""
    resource = _descriptor(request).fields[0].name
    if request.HasField(resource) and getattr(getattr(request, resource), "id", None) == "":
        yield Violation(f"{resource}.id", "is required", "REQUIRED")


def _field(field: FieldDescriptor, value: object, path: str, *, required_inside: bool) -> Iterator[Violation]:
    of_value = map_value(field)
    if of_value is not None:
        for key, item in cast("dict[object, object]", value).items():
            yield from _text(str(key), path)
            yield from _one(of_value, item, f"{path}.{_shown(key)}", required_inside=required_inside)
    elif field.is_repeated:
        for index, item in enumerate(cast("list[object]", value)):
            if field.enum_type is not None and item == 0:
                yield Violation(f"{path}[{index}]", "must not be unspecified", "INVALID_ENUM")
            yield from _one(field, item, f"{path}[{index}]", required_inside=required_inside)
    else:
        yield from _one(field, value, path, required_inside=required_inside)


def _one(field: FieldDescriptor, value: object, path: str, *, required_inside: bool) -> Iterator[Violation]:
    if isinstance(value, Message):
        yield from _violations(value, f"{path}.", required=required_inside, required_inside=required_inside)
    elif isinstance(value, str):
        yield from _text(value, path)
    elif field.enum_type is not None and value not in field.enum_type.values_by_number:
        known = ", ".join(name.name for name in field.enum_type.values if name.number)
        yield Violation(path, f"has no value {value}; it is one of {known}", "INVALID_ENUM")
    elif field.type in FLOATS and not math.isfinite(cast("float", value)):
        yield Violation(path, "must be a finite number", "INVALID_NUMBER")


def _text(text: str, path: str) -> Iterator[Violation]:
    if "\0" in text:
        yield Violation(path, "must not contain the character U+0000", "INVALID_CHARACTER")
    if len(text) > MAX_STRING_SIZE:
        yield Violation(path, f"is longer than {MAX_STRING_SIZE} characters", "TOO_LONG")


def _timestamp(moment: Timestamp, path: str) -> Iterator[Violation]:
    if moment.seconds not in TIMESTAMP_SECONDS or moment.nanos not in SECOND_NANOS:
        yield Violation(path, "must lie between the years 1 and 9999", "INVALID_TIMESTAMP")


def _duration(duration: Duration, path: str) -> Iterator[Violation]:
    mixed = duration.seconds * duration.nanos < 0
    if mixed or abs(duration.seconds) > MAX_DURATION_SECONDS or abs(duration.nanos) not in SECOND_NANOS:
        yield Violation(path, "must lie within 10,000 years, with seconds and nanos of one sign", "INVALID_DURATION")


def _shown(key: object) -> str:
    return str(key)[:100].replace("\0", "")


def _descriptor(message: Message) -> Descriptor:
    return cast("Descriptor", message.DESCRIPTOR)
