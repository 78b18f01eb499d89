"""Ways into the protobuf types that have a JSON form of their own: Timestamp, FieldMask, Struct, wrappers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Final, NoReturn, cast

from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import ListValue, Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.scalars import SCALARS, Codec, Reject, describe, string_from_json

# Protobuf parsers stop at 100 nested messages; one level of free-form JSON takes up to three of them.
MAX_DEPTH: Final = 30
MAX_FREE_DEPTH: Final = 20
_MASK_PATH: Final = re.compile(r"\*|[A-Za-z0-9_]+(?:\.[A-Za-z0-9_*`-]+)*")
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")
_WRAPPED: Final = ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")


class Twice(dict[str, object]):
    """A JSON object in which `key` stands more than once."""

    key: str = ""


class NotJson:
    """A bare NaN or Infinity, which the JSON grammar does not have."""


def load_json(data: bytes) -> object:
    """The JSON value in `data`, its faults kept as Twice and NotJson; raises Reject when it is no JSON at all."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Reject(f"is not UTF-8: bad byte at position {error.start}") from error
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=lambda _: NotJson())
    except json.JSONDecodeError as error:
        raise Reject(f"is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from error
    except RecursionError as error:
        raise Reject(f"is nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise Reject("holds a number with too many digits") from error


def well_known(descriptor: Descriptor) -> Codec | None:
    """The codec of a well-known type, None for an ordinary message."""
    return _WELL_KNOWN.get(descriptor.full_name) or _wrapper(descriptor)


def mask_path(path: str) -> str:
    """A mask path in proto names; `displayName` becomes `display_name`."""
    path = path.strip()
    if not _MASK_PATH.fullmatch(path):
        raise Reject(f"{path[:64]!r} is not a field path")
    return ".".join(part if "_" in part else _CAPITAL.sub("_", part).lower() for part in path.split("."))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    keys = [key for key, _ in pairs]
    marked = Twice(plain)
    marked.key = next(key for key in keys if keys.count(key) > 1)
    return marked


def _wrapper(descriptor: Descriptor) -> Codec | None:
    prefix, _, name = descriptor.full_name.rpartition(".")
    if prefix != "google.protobuf" or name.removesuffix("Value") not in _WRAPPED or not name.endswith("Value"):
        return None
    wrapped: type[Message] = GetMessageClass(descriptor)
    inner = SCALARS[descriptor.fields_by_name["value"].type]
    return Codec(
        lambda text: wrapped(value=inner.from_text(text)),
        lambda value: wrapped(value=inner.from_json(value)),
    )


def _timestamp(text: str) -> Timestamp:
    stamp = Timestamp()
    try:
        stamp.FromJsonString(text)
    except ValueError as error:
        raise Reject("must be an RFC 3339 time such as 2025-01-31T08:00:00Z") from error
    return stamp


def _duration(text: str) -> Duration:
    duration = Duration()
    try:
        duration.FromJsonString(text)
    except ValueError as error:
        raise Reject("must be a duration in seconds such as 1.5s") from error
    return duration


def _field_mask(text: str) -> FieldMask:
    return FieldMask(paths=[mask_path(path) for path in text.split(",")] if text.strip() else [])


def _texts_only(convert: Callable[[str], Message]) -> Codec:
    return Codec(convert, lambda value: convert(string_from_json(value)))


def _dynamic(kind: type[Message], root: type) -> Codec:
    def from_json(value: object) -> Message:
        if not isinstance(value, root):
            raise Reject(f"must be {'a list' if root is list else 'an object'}, not {describe(value)}")
        _inspect(value, "", 0)
        try:
            return json_format.ParseDict(cast("dict[str, object]", value), kind())
        except json_format.ParseError as error:
            raise Reject("is not valid for its type") from error

    def from_text(text: str) -> Message:
        return from_json(load_json(text.encode("utf-8", "surrogatepass")))

    return Codec(from_text, from_json)


def _inspect(value: object, path: str, depth: int) -> None:
    """Raises Reject when a free-form value holds what a protobuf Value cannot."""
    if depth > MAX_FREE_DEPTH:
        raise Reject(f"is nested deeper than {MAX_FREE_DEPTH} levels")
    if isinstance(value, dict):
        if isinstance(value, Twice):
            _refuse(path, f"has the key {value.key[:64]!r} twice")
        for key, item in value.items():
            string_from_json(key)
            _inspect(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _inspect(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, str):
        string_from_json(value)
    elif isinstance(value, NotJson) or (isinstance(value, float) and not math.isfinite(value)):
        _refuse(path, "must be a finite number")
    elif type(value) is int and abs(value) >= 2**1023:
        _refuse(path, "is out of range")


def _refuse(path: str, reason: str) -> NoReturn:
    raise Reject(f"at {path.lstrip('.')[:128]}: {reason}" if path else reason)


_WELL_KNOWN: Final[dict[str, Codec]] = {
    "google.protobuf.Timestamp": _texts_only(_timestamp),
    "google.protobuf.Duration": _texts_only(_duration),
    "google.protobuf.FieldMask": _texts_only(_field_mask),
    "google.protobuf.Struct": _dynamic(Struct, dict),
    "google.protobuf.ListValue": _dynamic(ListValue, list),
    "google.protobuf.Value": _dynamic(Value, object),
    "google.protobuf.Any": _dynamic(AnyMessage, dict),
}
