"""Turns texts (path, query) and JSON values (body) into the values of protobuf fields.

Every converter raises `Reject` with a sentence that completes "field X …".
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, cast

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_NOT_FINITE: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_MAX_FLOAT: Final = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]


class Reject(ValueError):
    """Why a value cannot be stored in its field."""


@dataclass(frozen=True, slots=True)
class Codec:
    """The two ways into a field."""

    from_text: Callable[[str], object]
    from_json: Callable[[object], object]


def codec(field: FieldDescriptor) -> Codec:
    """The codec of a scalar or enum field."""
    if field.enum_type is not None:
        return _enum(field.enum_type)
    return SCALARS[field.type]


def describe(value: object) -> str:
    """The JSON name of a value's type, for messages that must not repeat the value itself."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    if value is None:
        return "null"
    return names.get(type(value), "an object" if isinstance(value, dict) else "not JSON")


def suggest(word: str, known: list[str]) -> str:
    """A sentence that names the nearest known words, or all of them when none is near."""
    near = get_close_matches(word, known, n=3, cutoff=0.6) or [name for name in known if word and word in name][:3]
    if near:
        return f"did you mean {', '.join(near)}?"
    return f"known: {', '.join(known[:40])}" if known else "there are none"


def _integer(low: int, high: int) -> Codec:
    def bounded(value: int) -> int:
        if not low <= value <= high:
            raise Reject(f"must be between {low} and {high}")
        return value

    def from_text(text: str) -> int:
        if not _INTEGER.fullmatch(text):
            raise Reject("must be an integer")
        return bounded(int(text))

    def from_json(value: object) -> int:
        if type(value) is int:
            return bounded(value)
        if isinstance(value, float) and value.is_integer():
            return bounded(int(value))
        if isinstance(value, str):
            return from_text(value)
        raise Reject(f"must be an integer, not {describe(value)}")

    return Codec(from_text, from_json)


def _real(limit: float) -> Codec:
    def bounded(value: float) -> float:
        if abs(value) > limit:
            raise Reject("is out of range")
        return value

    def from_text(text: str) -> float:
        if text in _NOT_FINITE:
            return _NOT_FINITE[text]
        if not _NUMBER.fullmatch(text):
            raise Reject("must be a number")
        return bounded(float(text))

    def from_json(value: object) -> float:
        if type(value) in {int, float}:
            return bounded(_finite(cast("float", value)))
        if isinstance(value, str):
            return from_text(value)
        raise Reject(f"must be a number, not {describe(value)}")

    return Codec(from_text, from_json)


def _finite(value: float) -> float:
    """A JSON number as a double; one with too large an exponent has been read as infinite."""
    try:
        number = float(value)
    except OverflowError as error:
        raise Reject("is out of range") from error
    if not math.isfinite(number):
        raise Reject("is out of range")
    return number


def _bool_from_text(text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise Reject("must be true or false")


def _bool_from_json(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise Reject(f"must be true or false, not {describe(value)}")


def string_from_json(value: object) -> str:
    """A text that UTF-8 can encode: JSON may spell half of a surrogate pair."""
    if not isinstance(value, str):
        raise Reject(f"must be a string, not {describe(value)}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Reject("is not valid Unicode: it holds half of a surrogate pair") from error
    return value


def decode_base64(text: str) -> bytes:
    """Bytes of standard or URL-safe base64, padded or not."""
    standard = text.replace("-", "+").replace("_", "/")
    if not _BASE64.fullmatch(standard):
        raise Reject("must be base64")
    try:
        return base64.b64decode(standard.rstrip("=") + "=" * (-len(standard.rstrip("=")) % 4))
    except binascii.Error as error:
        raise Reject("must be base64") from error


def _bytes_from_json(value: object) -> bytes:
    return decode_base64(string_from_json(value))


def _enum(enum: EnumDescriptor) -> Codec:
    names = {name: value.number for name, value in enum.values_by_name.items()}
    numbers = frozenset(names.values())

    # All of them: their common prefix makes any name look near to any other.
    hint = f"is not a value of {enum.name}; known: {', '.join(names)}"

    def known(number: int) -> int:
        if number not in numbers:
            raise Reject(f"{number} {hint}")
        return number

    def from_text(text: str) -> int:
        if text in names:
            return names[text]
        if _INTEGER.fullmatch(text):
            return known(int(text))
        raise Reject(f"{text[:64]!r} {hint}")

    def from_json(value: object) -> int:
        if type(value) is int:
            return known(value)
        if isinstance(value, str):
            return from_text(value)
        raise Reject(f"must be the name of a {enum.name}, not {describe(value)}")

    return Codec(from_text, from_json)


_INT32: Final = _integer(-(2**31), 2**31 - 1)
_INT64: Final = _integer(-(2**63), 2**63 - 1)
_UINT32: Final = _integer(0, 2**32 - 1)
_UINT64: Final = _integer(0, 2**64 - 1)

SCALARS: Final[dict[int, Codec]] = {
    FieldDescriptor.TYPE_INT32: _INT32,
    FieldDescriptor.TYPE_SINT32: _INT32,
    FieldDescriptor.TYPE_SFIXED32: _INT32,
    FieldDescriptor.TYPE_INT64: _INT64,
    FieldDescriptor.TYPE_SINT64: _INT64,
    FieldDescriptor.TYPE_SFIXED64: _INT64,
    FieldDescriptor.TYPE_UINT32: _UINT32,
    FieldDescriptor.TYPE_FIXED32: _UINT32,
    FieldDescriptor.TYPE_UINT64: _UINT64,
    FieldDescriptor.TYPE_FIXED64: _UINT64,
    FieldDescriptor.TYPE_DOUBLE: _real(math.inf),
    FieldDescriptor.TYPE_FLOAT: _real(_MAX_FLOAT),
    FieldDescriptor.TYPE_BOOL: Codec(_bool_from_text, _bool_from_json),
    FieldDescriptor.TYPE_STRING: Codec(str, string_from_json),
    FieldDescriptor.TYPE_BYTES: Codec(decode_base64, _bytes_from_json),
}
