from __future__ import annotations

import math

import pytest
from google.protobuf.struct_pb2 import Struct

from services.common.structs import plain, to_struct


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"a": 1, "b": -5, "c": 2**53},
        {"a": 1.5, "b": 1e300},
        {"a": "text", "b": True, "c": False, "d": None},
        {"list": [1, 2.5, "x", [True], {"deep": None}], "object": {"a": {"b": 1}}},
    ],
)
def test_values_go_there_and_back(values: dict[str, object]) -> None:
    assert plain(to_struct(values)) == values


def test_whole_numbers_are_int_and_others_are_not() -> None:
    struct = Struct()
    struct.update({"five": 5.0, "half": 0.5, "huge": 1e300, "true": True})
    values = plain(struct)
    assert [type(values[key]) for key in ("five", "half", "huge", "true")] == [int, float, float, bool]


def test_infinity_stays_a_float() -> None:
    assert plain(to_struct({"x": math.inf})) == {"x": math.inf}


def test_tuples_become_lists() -> None:
    assert plain(to_struct({"names": ("a", "b")})) == {"names": ["a", "b"]}


def test_what_json_cannot_say_is_an_error() -> None:
    with pytest.raises(TypeError, match="bytes"):
        to_struct({"x": b""})
