"""Messages as proto3 JSON with the names of the proto file; every message type is compiled once.

Unlike `json_format`, an `Any` of a type that is not linked in is left out instead of failing the whole response.
"""

# ruff: noqa: ANN401  (attributes of generated messages are known to descriptors only, not to the type checker)
from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Callable
from typing import Any, Final, cast

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import Struct, Value

from gateway.plans import is_map, message_type

_LONG: Final = frozenset(
    {
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_UINT64,
        FieldDescriptor.TYPE_SINT64,
        FieldDescriptor.TYPE_FIXED64,
        FieldDescriptor.TYPE_SFIXED64,
    }
)
_SAFE_INTEGER: Final = 2**53
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ANY: Final = "google.protobuf.Any"

Convert = Callable[[Any], Any]
Write = Callable[[Any, dict[str, Any]], None]


def dump(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    return _ENCODER.encode(value).encode()


class Renderer:
    """Turns messages and single fields into values that `dump` takes."""

    def __init__(self) -> None:
        self._compiled: dict[str, Convert] = {}
        self._writers: dict[str, Write] = {}

    def message(self, message: Message) -> Any:
        """The JSON value of a message; None for an `Any` of unknown type."""
        return self._of(cast("Descriptor", message.DESCRIPTOR))(message)

    def field(self, message: Message, field: FieldDescriptor) -> Any:
        """The JSON value of one field alone; None when a field with presence is not set."""
        write = self._writers.get(field.full_name)
        if write is None:
            write = self._writers[field.full_name] = self._writer(field)
        out: dict[str, Any] = {}
        write(message, out)
        return out.get(field.name)

    def _of(self, descriptor: Descriptor) -> Convert:
        convert = self._compiled.get(descriptor.full_name)
        if convert is None:
            convert = self._well_known(descriptor) or self._object(descriptor)
            self._compiled[descriptor.full_name] = convert
        return convert

    def _object(self, descriptor: Descriptor) -> Convert:
        writers = [self._writer(field) for field in descriptor.fields]

        def convert(message: Any) -> dict[str, Any]:
            out: dict[str, Any] = {}
            for write in writers:
                write(message, out)
            return out

        return convert

    def _writer(self, field: FieldDescriptor) -> Write:
        name = field.name
        if is_map(field):
            return self._map_writer(field)
        convert = self._value(field)
        unknown_left_out = field.message_type is not None and field.message_type.full_name == _ANY

        def many(message: Any, out: dict[str, Any]) -> None:
            items = [convert(item) for item in getattr(message, name)]
            out[name] = [item for item in items if item is not None] if unknown_left_out else items

        def optional(message: Any, out: dict[str, Any]) -> None:
            if message.HasField(name):
                value = convert(getattr(message, name))
                if value is not None or not unknown_left_out:
                    out[name] = value

        def always(message: Any, out: dict[str, Any]) -> None:
            out[name] = convert(getattr(message, name))

        if field.is_repeated:
            return many
        return optional if field.has_presence else always

    def _map_writer(self, field: FieldDescriptor) -> Write:
        name = field.name
        convert = self._value(message_type(field).fields_by_name["value"])

        def write(message: Any, out: dict[str, Any]) -> None:
            out[name] = {_map_key(key): convert(value) for key, value in getattr(message, name).items()}

        return write

    def _value(self, field: FieldDescriptor) -> Convert:
        if field.message_type is not None:
            return self._later(field.message_type)
        if field.enum_type is not None:
            return _enum(field.enum_type)
        return _scalar(field.type)

    def _later(self, descriptor: Descriptor) -> Convert:
        """Compiles on first use: a message may hold itself."""

        def convert(message: Any) -> Any:
            return self._of(descriptor)(message)

        return convert

    def _well_known(self, descriptor: Descriptor) -> Convert | None:
        name = descriptor.full_name
        if name == _ANY:
            return self._any
        if descriptor.file.name == "google/protobuf/wrappers.proto":
            inner = _scalar(descriptor.fields_by_name["value"].type)
            return lambda message: inner(message.value)
        return _WELL_KNOWN.get(name)

    def _any(self, message: AnyMessage) -> dict[str, Any] | None:
        try:
            descriptor = Default().FindMessageTypeByName(message.type_url.rpartition("/")[2])
            inner = GetMessageClass(descriptor).FromString(message.value)
        except (KeyError, DecodeError):
            return None
        value = self.message(inner)
        if self._well_known(descriptor):
            return {"@type": message.type_url, "value": value}
        return {"@type": message.type_url, **value}


def _enum(enum: EnumDescriptor) -> Convert:
    if enum.full_name == "google.protobuf.NullValue":
        return lambda _: None
    names = {value.number: value.name for value in reversed(enum.values)}
    return lambda number: names.get(number, number)


def _scalar(kind: int) -> Convert:
    if kind in _LONG:
        return str
    if kind == FieldDescriptor.TYPE_BYTES:
        return lambda value: base64.b64encode(value).decode()
    if kind == FieldDescriptor.TYPE_FLOAT:
        return lambda value: _real(_shortest(value))
    if kind == FieldDescriptor.TYPE_DOUBLE:
        return _real
    return lambda value: value


def _real(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _shortest(value: float) -> float:
    """The double with the fewest digits that is the same 32-bit float: 0.1, not 0.10000000149011612."""
    if not math.isfinite(value):
        return value
    packed = struct.pack("<f", value)
    for digits in range(6, 10):
        short = float(f"{value:.{digits}g}")
        if abs(short) <= abs(value) * 2 and _pack_float(short) == packed:
            return short
    return value


def _pack_float(value: float) -> bytes:
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return b""


def _map_key(key: object) -> str:
    return ("true" if key else "false") if isinstance(key, bool) else str(key)


def _json_value(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _json_struct(value.struct_value)
    if kind == "list_value":
        return [_json_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        whole = number.is_integer() and abs(number) < _SAFE_INTEGER
        return int(number) if whole else _real(number)
    return None if kind in {None, "null_value"} else getattr(value, kind)


def _json_struct(message: Struct) -> dict[str, Any]:
    return {key: _json_value(value) for key, value in message.fields.items()}


_WELL_KNOWN: Final[dict[str, Convert]] = {
    "google.protobuf.Timestamp": lambda message: message.ToJsonString(),
    "google.protobuf.Duration": lambda message: message.ToJsonString(),
    "google.protobuf.FieldMask": lambda message: ",".join(message.paths),
    "google.protobuf.Struct": _json_struct,
    "google.protobuf.Value": _json_value,
    "google.protobuf.ListValue": lambda message: [_json_value(item) for item in message.values],
}
