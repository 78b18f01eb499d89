from __future__ import annotations

import json
import math
from types import ModuleType
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.render import Renderer
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


def rendered(message: Message) -> Any:
    return json.loads(Renderer().message(message))


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
    assert json.loads(Renderer().message(thing)) == json.loads(json.dumps(expected))


def test_names_in_a_mask_stay_proto_names(compiled: Compiled) -> None:
    thing = compiled.cases.Thing()
    thing.mask_value.paths.extend(["display_name", "a.b_c"])
    assert rendered(thing)["mask_value"] == "display_name,a.b_c"


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 1e308])
def test_numbers_that_json_does_not_have_still_make_json(number: float) -> None:
    struct = Struct(fields={"x": Value(number_value=number)})
    assert rendered(struct)


def test_an_any_of_unknown_type_is_left_out(compiled: Compiled) -> None:
    thing = compiled.cases.Thing()
    thing.any_value.type_url = "type.googleapis.com/nobody.Knows"
    thing.anys.add(type_url="type.googleapis.com/nobody.Knows")
    shown = rendered(thing)
    assert "any_value" not in shown
    assert shown["anys"] == []


def test_a_known_any_that_is_garbage_is_left_out(compiled: Compiled) -> None:
    thing = compiled.cases.Thing()
    thing.anys.add(type_url="type.googleapis.com/dqtest.v1.Nested", value=b"\xff\xff")
    assert rendered(thing)["anys"] == []


@pytest.mark.parametrize(
    ("stored", "shown"), [(0.1, 0.1), (16777216.0, 16777216.0), (1.0141241528972414e21, 1.01412415e21)]
)
def test_a_float_is_shown_with_the_fewest_digits_that_tell_it(compiled: Compiled, stored: float, shown: float) -> None:
    assert rendered(compiled.cases.Thing(float_value=stored))["float_value"] == shown


@pytest.mark.parametrize("name", ["name", "nested", "anys", "mapped_bool_value", "any_value", "timestamp_value"])
def test_a_field_alone_is_shown_as_it_is_in_its_message(cases: ModuleType, name: str) -> None:
    thing = cases.Thing(name='n\u2028"', nested=[{"name": "a"}], mapped_bool_value={-1: True})
    thing.any_value.Pack(thing.nested[0])
    thing.timestamp_value.FromNanoseconds(-1)
    field = thing.DESCRIPTOR.fields_by_name[name]
    assert json.loads(Renderer().field(thing, field)) == rendered(thing)[name]
    unset = json.loads(Renderer().field(cases.Thing(), field))
    assert unset == rendered(cases.Thing()).get(name)


def test_fields_stand_in_the_order_of_the_contract(cases: ModuleType) -> None:
    thing = cases.Thing(double_value=1, nick="n", wrapped_int64={"value": 1}, nested=[{"name": "a"}])
    shown = list(rendered(thing))
    assert shown == [name for name in (field.name for field in thing.DESCRIPTOR.fields) if name in shown]
    assert " " not in Renderer().message(thing)


@pytest.mark.parametrize(
    ("seconds", "nanos"),
    [(0, 0), (-1, 500_000_000), (1, 1), (1, 1000), (1, 123_456_000), (-62135596800, 0), (253402300799, 999_999_999)],
)
def test_a_time_is_shown_as_the_library_shows_it(seconds: int, nanos: int) -> None:
    moment = Timestamp(seconds=seconds, nanos=nanos)
    assert rendered(moment) == moment.ToJsonString()


@pytest.mark.parametrize(("seconds", "nanos"), [(253402300800, 0), (0, -1), (0, 10**9), (10**17, 0)])
def test_a_time_that_cannot_be_is_not_shown(seconds: int, nanos: int) -> None:
    with pytest.raises((ValueError, OverflowError)):
        Renderer().message(Timestamp(seconds=seconds, nanos=nanos))
