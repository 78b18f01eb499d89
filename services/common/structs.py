"""`google.protobuf.Struct` as plain Python values, and back."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

# Beyond this, a double no longer tells neighbouring whole numbers apart.
LARGEST_EXACT = 2**53


def plain(struct: Struct) -> dict[str, object]:
    """The struct as a dictionary; whole numbers are `int`, so that a limit of 5 does not come back as 5.0."""
    return {key: plain_value(value) for key, value in struct.fields.items()}


def plain_value(value: Value) -> object:
    kind = value.WhichOneof("kind")
    if kind == "number_value":
        return _number(value.number_value)
    if kind == "string_value":
        return value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return plain(value.struct_value)
    if kind == "list_value":
        return [plain_value(item) for item in value.list_value.values]
    return None


def to_struct(values: Mapping[str, object]) -> Struct:
    return Struct(fields={key: to_value(value) for key, value in values.items()})


def to_value(value: object) -> Value:
    """Raises TypeError for what JSON cannot say."""
    if value is None:
        return Value(null_value=NULL_VALUE)
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, int | float):
        return Value(number_value=value)
    if isinstance(value, str):
        return Value(string_value=value)
    if isinstance(value, Mapping):
        return Value(struct_value=to_struct(value))
    if isinstance(value, list | tuple):
        return Value(list_value=ListValue(values=[to_value(item) for item in value]))
    message = f"{type(value).__name__} has no JSON form"
    raise TypeError(message)


def _number(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) <= LARGEST_EXACT else number
