"""Messages as proto3 JSON with the names of the proto file; every message type is compiled once.

Unlike `json_format`, an `Any` of a type that is not linked in is left out instead of failing the whole response.
"""

# ruff: noqa: ANN401  (attributes of generated messages are known to descriptors only, not to the type checker)
from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from json.encoder import encode_basestring
from operator import attrgetter, call
from typing import Any, Final, cast

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.plans import is_map, message_type

_SAFE_INTEGER: Final = 2**53
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ANY: Final = "google.protobuf.Any"
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  written without its zone, which is always UTC
_NANOS: Final = range(1_000_000_000)

ToText = Callable[[Any], str]
# For an `Any` of unknown type there is no text.
ToMaybeText = Callable[[Any], str | None]


def dump(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    return _ENCODER.encode(value).encode()


class Renderer:
    """Turns messages and single fields into compact JSON."""

    def __init__(self) -> None:
        self._compiled: dict[str, ToMaybeText] = {}
        self._fields: dict[str, ToMaybeText] = {}

    def message(self, message: Message) -> str:
        """The JSON text of a message; null for an `Any` of unknown type."""
        return self._of(cast("Descriptor", message.DESCRIPTOR))(message) or "null"

    def field(self, message: Message, field: FieldDescriptor) -> str:
        """The JSON text of one field alone; null when a field with presence is not set."""
        if field.has_presence and not field.is_repeated and not message.HasField(field.name):
            return "null"
        to_text = self._fields.get(field.full_name)
        if to_text is None:
            to_text = self._fields[field.full_name] = self._field(field)
        return to_text(getattr(message, field.name)) or "null"

    def _of(self, descriptor: Descriptor) -> ToMaybeText:
        to_text = self._compiled.get(descriptor.full_name) or self._well_known(descriptor)
        if to_text is None:
            layout = _Layout()
            # Known before its fields are: a message may hold itself.
            to_text = self._compiled[descriptor.full_name] = layout.text
            layout.lay_out([(field, self._field(field)) for field in descriptor.fields])
        return to_text

    def _field(self, field: FieldDescriptor) -> ToMaybeText:
        if is_map(field):
            return _object(self._value(message_type(field).fields_by_name["value"]))
        return _list(self._value(field)) if field.is_repeated else self._value(field)

    def _value(self, field: FieldDescriptor) -> ToMaybeText:
        if field.message_type is not None:
            return self._of(field.message_type)
        if field.enum_type is not None:
            return _enum(field.enum_type)
        return _SCALARS.get(field.type, str)

    def _well_known(self, descriptor: Descriptor) -> ToMaybeText | None:
        name = descriptor.full_name
        if name == _ANY:
            return self._any
        if descriptor.file.name == "google/protobuf/wrappers.proto":
            inner = _SCALARS.get(descriptor.fields_by_name["value"].type, str)
            return lambda message: inner(message.value)
        return _WELL_KNOWN.get(name)

    def _any(self, message: AnyMessage) -> str | None:
        try:
            descriptor = Default().FindMessageTypeByName(message.type_url.rpartition("/")[2])
            inner = GetMessageClass(descriptor).FromString(message.value)
        except (KeyError, DecodeError):
            return None
        head, text = f'{{"@type":{encode_basestring(message.type_url)}', self.message(inner)
        if self._well_known(descriptor):
            return f'{head},"value":{text}}}'
        return head + text.replace("{", "," if len(text) > len("{}") else "", 1)


class _Layout:
    """The JSON object of one message type: a form in which the fields' texts are put, in the descriptor's order.

    Fields that are always shown are read and turned into text without a line of Python for each.
    """

    def lay_out(self, fields: Sequence[tuple[FieldDescriptor, ToMaybeText]]) -> None:
        optional = [field.has_presence and not field.is_repeated for field, _ in fields]
        heads = [f",{encode_basestring(field.name)}:" for field, _ in fields]
        self._form = "".join("%s" if may else f"{head}%s" for may, head in zip(optional, heads, strict=True))
        always = [one for one, may in zip(fields, optional, strict=True) if not may]
        self._read = _reader([field.name for field, _ in always])
        self._texts = [to_text for _, to_text in always]
        self._optional = [
            (place, field.name, heads[place], to_text)
            for place, (field, to_text) in enumerate(fields)
            if optional[place]
        ]

    def text(self, message: Any) -> str:
        texts = [*map(call, self._texts, self._read(message))]
        for place, name, head, to_text in self._optional:
            text = to_text(getattr(message, name)) if message.HasField(name) else None
            texts.insert(place, "" if text is None else head + text)
        return f"{{{(self._form % tuple(texts))[1:]}}}"


def _reader(names: Sequence[str]) -> Callable[[Any], Iterable[Any]]:
    """What reads these attributes, as a tuple."""
    if not names:
        return lambda _: ()
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda message: (read(message),)


def _list(of_item: ToMaybeText) -> ToText:
    def text(items: Any) -> str:
        return f"[{','.join([one for one in map(of_item, items) if one is not None])}]"

    return text


def _object(of_value: ToMaybeText) -> ToText:
    def text(items: Any) -> str:
        pairs = [f"{_map_key(key)}:{of_value(value) or 'null'}" for key, value in items.items()]
        return f"{{{','.join(pairs)}}}"

    return text


def _map_key(key: object) -> str:
    return encode_basestring(("true" if key else "false") if isinstance(key, bool) else str(key))


class _Names(dict[int, str]):
    """The names of an enum as JSON; a number without a name is shown itself."""

    def __missing__(self, number: int) -> str:
        return str(number)


def _enum(enum: EnumDescriptor) -> ToText:
    if enum.full_name == "google.protobuf.NullValue":
        return lambda _: "null"
    return _Names({value.number: encode_basestring(value.name) for value in reversed(enum.values)}).__getitem__


def _bool(value: object) -> str:
    return "true" if value else "false"


def _bytes(value: bytes) -> str:
    return f'"{base64.b64encode(value).decode()}"'


def _double(value: float) -> str:
    return repr(value) if math.isfinite(value) else f'"{_real(value)}"'


def _float(value: float) -> str:
    return _double(_shortest(value))


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


def _timestamp(message: Timestamp) -> str:
    """As `ToJsonString`, which takes longer, writes it. Raises for what is outside of the years 1 to 9999."""
    nanos = message.nanos
    if nanos not in _NANOS:
        return message.ToJsonString()
    text = (_EPOCH + timedelta(0, message.seconds)).isoformat()
    digits = f".{nanos:09d}".removesuffix("000").removesuffix("000") if nanos else ""
    return f'"{text}{digits}Z"'


_SCALARS: Final[dict[int, ToText]] = {
    **dict.fromkeys(
        (
            *(FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_SINT64, FieldDescriptor.TYPE_SFIXED64),
            *(FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_FIXED64),
        ),
        '"{}"'.format,
    ),
    FieldDescriptor.TYPE_STRING: encode_basestring,
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_BYTES: _bytes,
    FieldDescriptor.TYPE_FLOAT: _float,
    FieldDescriptor.TYPE_DOUBLE: _double,
}
"""How scalars are written; those that are not here are whole numbers that every reader of JSON can hold."""

_WELL_KNOWN: Final[dict[str, ToText]] = {
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Duration": lambda message: f'"{message.ToJsonString()}"',
    "google.protobuf.FieldMask": lambda message: encode_basestring(",".join(message.paths)),
    "google.protobuf.Struct": lambda message: _ENCODER.encode(_json_struct(message)),
    "google.protobuf.Value": lambda message: _ENCODER.encode(_json_value(message)),
    "google.protobuf.ListValue": lambda message: _ENCODER.encode([_json_value(item) for item in message.values]),
}
