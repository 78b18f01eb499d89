from __future__ import annotations

import json
import math
from types import ModuleType
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.render import Renderer, dump
from tests.gateway.conftest import Compiled

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
FREE = st.recursive(
    st.none() | st.booleans() | TEXT | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": TEXT,
    "double_value": st.floats(),
    "float_value": st.floats(width=32),
    "int64_value": st.integers(-(2**63), 2**63 - 1),
    "uint64_value": st.integers(0, 2**64 - 1),
    "sint32_value": st.integers(-(2**31), 2**31 - 1),
    "bool_value": st.booleans(),
    "bytes_value": st.binary(max_size=8),
    "colour": st.sampled_from([0, 1, 2, 77]),
    "nick": TEXT,
    "lang": TEXT,
    "repeated_value": st.lists(TEXT, max_size=3),
    "colours": st.lists(st.sampled_from([0, 1, 2]), max_size=3),
    "numbers": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
    "mapped_string_value": st.dictionaries(TEXT, TEXT, max_size=3),
    "mapped_bool_value": st.dictionaries(st.integers(-5, 5), st.booleans(), max_size=3),
}


@pytest.fixture(scope="module")
def cases(compiled: Compiled) -> ModuleType:
    return compiled.cases


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.fixed_dictionaries({}, optional=FIELDS),
    free=st.dictionaries(TEXT, FREE, max_size=3),
    seconds=st.integers(0, 10**9),
)
def test_messages_render_as_the_library_renders_them(cases: ModuleType, values, free, seconds) -> None:
    thing = cases.Thing(**values)
    thing.struct_value.update(free)
    thing.timestamp_value.FromSeconds(seconds)
    thing.duration_value.FromMilliseconds(seconds)
    thing.wrapped_int64.value = seconds
    thing.nested.add(name="a").nested.nested.SetInParent()
    thing.mapped_nested_value["k"].amount = 1
    thing.any_value.Pack(thing.nested[0])
    expected = json_format.MessageToDict(
        thing, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    assert Renderer().message(thing) == expected


def test_names_in_a_mask_stay_proto_names(compiled: Compiled) -> None:
    thing = compiled.cases.Thing()
    thing.mask_value.paths.extend(["display_name", "a.b_c"])
    assert Renderer().message(thing)["mask_value"] == "display_name,a.b_c"


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 1e308])
def test_numbers_that_json_does_not_have_still_make_json(number: float) -> None:
    struct = Struct(fields={"x": Value(number_value=number)})
    assert json.loads(dump(Renderer().message(struct)))


def test_an_any_of_unknown_type_is_left_out(compiled: Compiled) -> None:
    thing = compiled.cases.Thing()
    thing.any_value.type_url = "type.googleapis.com/nobody.Knows"
    thing.anys.add(type_url="type.googleapis.com/nobody.Knows")
    rendered = Renderer().message(thing)
    assert "any_value" not in rendered
    assert rendered["anys"] == []


def test_a_known_any_that_is_garbage_is_left_out(compiled: Compiled) -> None:
    thing = compiled.cases.Thing()
    thing.anys.add(type_url="type.googleapis.com/dqtest.v1.Nested", value=b"\xff\xff")
    assert Renderer().message(thing)["anys"] == []


@pytest.mark.parametrize(
    ("stored", "shown"), [(0.1, 0.1), (16777216.0, 16777216.0), (1.0141241528972414e21, 1.01412415e21)]
)
def test_a_float_is_shown_with_the_fewest_digits_that_tell_it(compiled: Compiled, stored: float, shown: float) -> None:
    assert Renderer().message(compiled.cases.Thing(float_value=stored))["float_value"] == shown
