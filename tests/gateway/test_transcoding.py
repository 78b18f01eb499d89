"""Rules of google/api/http.proto over real HTTP; the number of a row is its case in the published list."""

# ruff: noqa: E501  (one row of a table is one line)
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest


@dataclass(frozen=True)
class Case:
    """A request and the part of the answer that matters."""

    rule: str
    method: str
    url: str
    expected: dict[str, Any] = field(default_factory=dict)
    body: str | bytes | None = None
    status: int = 200

    def __str__(self) -> str:
        return f"{self.rule} {self.method} {self.url[:40]}"


CASES = [
    # routing
    Case("1 nothing at the root", "GET", "/", {"code": 5}, status=404),
    Case("2 unknown path", "GET", "/bar", {"code": 5}, status=404),
    Case("4 known path, wrong method is 405", "DELETE", "/foo/x", {"code": 12}, status=405),
    Case("5 known path with a verb, wrong method", "DELETE", "/api/v1/organizations/x:action", {"code": 12}, status=405),
    Case("7 an undeclared verb is data", "GET", "/foo/bar:123", {"id": "bar:123"}),
    Case("8 a declared verb is a route", "GET", "/foo/bar:verb", {"id": "bar"}),
    Case("8 the longest reading that has a route", "GET", "/foo/a:b:verb", {"id": "a:b"}),
    Case("13 an encoded slash stays in its segment", "GET", "/foo/a%2fb%2Fc/bar", {"id": "a/b/c"}),
    Case("14 and stays encoded in many segments", "GET", "/rest/test%2Fbar/x%20y", {"name": "test%2Fbar/x y"}),
    Case("14 many segments may be none", "GET", "/rest", {"name": ""}),
    Case("15 a bad escape", "GET", "/foo/%zz", {"code": 3}, status=400),
    Case("15 %25 is a percent sign", "GET", "/foo/%25zz", {"id": "%zz"}),
    Case("15 an escape that is not UTF-8", "GET", "/foo/%ff", {"code": 3}, status=400),
    Case("16 a verb after a pattern", "POST", "/api/v1/organizations/foo:action", {"name": "organizations/foo"}),
    Case("6 a literal wins over a variable", "GET", "/foo/types", {"id": ""}),
    Case("6 and a variable takes the rest", "GET", "/foo/typesx", {"id": "typesx"}),
    Case("22 a segment is never empty", "GET", "/foo/", {"code": 5}, status=404),
    # path, body, query
    Case("28 a body without a mapping is ignored", "POST", "/echo/myid", {"id": "myid"}, "{}"),
    Case("28 whatever it holds", "POST", "/echo/myid", {"id": "myid"}, "no json"),
    Case("29 an additional binding", "GET", "/echo/myid/10", {"id": "myid", "num": "10"}),
    Case("29 a path value of the wrong type", "GET", "/echo/myid/not_int64", {"code": 3}, status=400),
    Case("30 nested field and oneof in the path", "GET", "/echo1/myid/10/golang", {"line_num": "10", "n_id": {"name": "golang"}}),
    Case("31 path wins over query", "GET", "/echo/resource/mine?stringValue=bad", {"string_value": "mine"}),
    Case("32 both sub-fields", "GET", "/echo/nested/x?n_id.amount=5", {"n_id": {"name": "x", "amount": 5}}),
    Case("32 path wins over its alias", "GET", "/echo/nested/x?nId.name=bad", {"n_id": {"name": "x"}}),
    Case("33 whole body", "POST", "/echo_body", {"id": "example"}, '{"id":"example"}'),
    Case("34 path and body field", "PUT", "/echo_body/7", {"id": "7", "single_nested": {"name": "n"}}, '{"name":"n"}'),
    Case("35 a scalar body", "POST", "/v2/values", {"string_value": "hello"}, '"hello"'),
    Case("36 GET by path", "GET", "/v1/values/hello", {"string_value": "hello"}),
    Case("36 GET by query", "GET", "/v2/values?string_value=hello", {"string_value": "hello"}),
    Case(
        "37 every scalar kind in the path",
        "GET",
        "/all/1.5/-2.5/-9223372036854775808/separator/18446744073709551615/-32/64/32/T/strprefix/x/1/2/3/-4/-5/aGk=/COLOUR_RED/ann",
        {
            "float_value": 1.5, "double_value": -2.5, "int64_value": "-9223372036854775808",
            "uint64_value": "18446744073709551615", "int32_value": -32, "fixed64_value": "64", "fixed32_value": 32,
            "bool_value": True, "string_value": "strprefix/x", "uint32_value": 1, "sfixed32_value": 2,
            "sfixed64_value": "3", "sint32_value": -4, "sint64_value": "-5", "bytes_value": "aGk=",
            "colour": "COLOUR_RED", "nick": "ann",
        },
    ),
    Case("37 a bad one of them", "GET", "/all/1.5/2/1/separator/1/1/1/1/maybe/strprefix/x/1/2/3/4/5/a/0/n", {"code": 3}, status=400),
    Case("38 enum by name", "GET", "/colour/COLOUR_RED/TRUE", {"colour": "COLOUR_RED", "single_nested": {"ok": "TRUE"}}),
    Case("38 enum by number", "GET", "/colour/2/1", {"colour": "COLOUR_RED", "single_nested": {"ok": "TRUE"}}),
    Case("38 unknown enum number", "GET", "/colour/99/1", {"code": 3}, status=400),
    Case("40 query scalars", "GET", "/echo?double_value=1234.56&bool_value=true", {"double_value": 1234.56, "bool_value": True}),
    Case("41 query map", "GET", "/echo?mapped_string_value[map_key]=map_value", {"mapped_string_value": {"map_key": "map_value"}}),
    Case("41 map of other keys", "GET", "/echo?mapped_bool_value%5B7%5D=1", {"mapped_bool_value": {"7": True}}),
    Case(
        "42 body field and query", "POST", "/echo_nested?double_value=1.5&bool_value=true",
        {"double_value": 1.5, "bool_value": True, "single_nested": {"name": "n"}}, '{"name":"n"}',
    ),
    Case("43 query repeated", "GET", "/echo?repeated_value=a&repeated_value=b&repeated_value=c", {"repeated_value": ["a", "b", "c"]}),
    Case("44 snake_case", "GET", "/echo?int64_value=5", {"int64_value": "5"}),
    Case("44 lowerCamelCase", "GET", "/echo?int64Value=5", {"int64_value": "5"}),
    Case(
        "45 deep query", "GET", "/echo?single_nested.nested.nested.repeated_value=a&singleNested.nested.map_value[first]=foo",
        {"single_nested": {"nested": {"map_value": {"first": "foo"}, "nested": {"repeated_value": ["a"]}}}},
    ),
    Case("46 one member of a oneof", "GET", "/echo?lang=go", {"lang": "go"}),
    Case("46 two members", "GET", "/echo?lang=go&line_num=1", {"code": 3}, status=400),
    Case("46 in either order", "GET", "/echo?line_num=1&lang=go", {"code": 3}, status=400),
    Case("46 also below a message member", "GET", "/echo?lang=go&member.name=x", {"code": 3}, status=400),
    Case("47 two fields of one member", "GET", "/echo?member.amount=1&member.name=x", {"member": {"amount": 1, "name": "x"}}),
    Case("48 a scalar twice", "GET", "/echo?uint64_value=1&uint64_value=2", {"code": 3}, status=400),
    Case("49 through a repeated message", "GET", "/echo?nested.name=1", {"code": 3}, status=400),
    Case("49 through a scalar", "GET", "/echo?float_value.nested=x", {"code": 3}, status=400),
    Case("49 a message itself", "GET", "/echo?single_nested=x", {"code": 3}, status=400),
    Case("50 timestamp", "GET", "/echo?timestamp_value=2025-01-31T08:00:00Z", {"timestamp_value": "2025-01-31T08:00:00Z"}),
    Case("50 duration", "GET", "/echo?duration_value=1.5s", {"duration_value": "1.500s"}),
    Case("50 null is no timestamp", "GET", "/echo?timestamp_value=null", {"code": 3}, status=400),
    Case("50 there is no year 0", "GET", "/echo?timestamp_value=0000-01-01T00:00:00Z", {"code": 3}, status=400),
    Case("50 a duration has a unit", "GET", "/echo?duration_value=15", {"code": 3}, status=400),
    Case("51 wrappers", "GET", "/echo?wrapped_string=a&wrapped_int64=7&wrapped_bool=false", {"wrapped_string": "a", "wrapped_int64": "7", "wrapped_bool": False}),
    Case("51 struct", "GET", "/echo?struct_value=%7B%22a%22:%5B1,null%5D%7D", {"struct_value": {"a": [1, None]}}),
    Case("51 value", "GET", "/echo?value_value=%22x%22", {"value_value": "x"}),
    Case("51 base64", "GET", "/echo?bytes_value=%2B%2F8%3D", {"bytes_value": "+/8="}),
    Case("51 URL-safe base64", "GET", "/echo?bytes_value=-_8", {"bytes_value": "+/8="}),
    Case("51 field mask", "GET", "/echo?mask_value=displayName,a.b_c", {"mask_value": "display_name,a.b_c"}),
    Case("52 keys of a bound message are ignored", "POST", "/echo_nested?single_nested.name=bad&singleNested.nope=1", {"single_nested": {"name": "n"}}, '{"name":"n"}'),
    Case("53 an unknown key is refused", "GET", "/echo?nope=1", {"code": 3}, status=400),
    Case("53 beside a whole body too", "POST", "/echo_body?id=1", {"code": 3}, "{}", 400),
    Case("54 no fallback from POST to GET", "POST", "/v1/values/hello", {"code": 12}, "string_value=x", 405),
    Case("67 whole body, no bytes", "POST", "/echo_body", {"id": ""}),
    Case("67 body field, no bytes", "PUT", "/echo_body/1", {"id": "1"}),
    Case("path wins over whole body", "POST", "/echo_body/path/all", {"id": "path", "num": "1"}, '{"id":"body","num":1}'),
    # JSON
    Case("80 json_name in", "POST", "/echo_body", {"odd_name": "x"}, '{"veryOdd":"x"}'),
    Case("80 proto name in", "POST", "/echo_body", {"odd_name": "x"}, '{"odd_name":"x"}'),
    Case("integers beyond 2^53 as text", "POST", "/echo_body", {"int64_value": "9007199254740993"}, '{"int64_value":"9007199254740993"}'),
    Case("and as number", "POST", "/echo_body", {"int64_value": "9007199254740993"}, '{"int64Value":9007199254740993}'),
    Case("a whole float is an integer", "POST", "/echo_body", {"int32_value": 3}, '{"int32_value":3.0}'),
    Case("null leaves a field alone", "POST", "/echo_body", {"name": ""}, '{"name":null,"single_nested":null,"nested":null}'),
    Case("null is a value of Value", "POST", "/echo_body", {"value_value": None}, '{"value_value":null}'),
    Case("null as a whole body field", "POST", "/echo_any", {"value_value": None}, "null"),
    Case("quoted NaN is a double", "POST", "/echo_body", {"double_value": "NaN"}, '{"double_value":"NaN"}'),
    Case(
        "maps and lists of messages", "POST", "/echo_body",
        {"nested": [{"name": "a"}, {"name": ""}], "mapped_nested_value": {"k": {"amount": 1}}, "colours": ["COLOUR_RED", "COLOUR_GREEN"]},
        '{"nested":[{"name":"a"},{}],"mappedNestedValue":{"k":{"amount":1}},"colours":["COLOUR_RED",1]}',
    ),
    Case(
        "an Any of a known type", "POST", "/echo_body", {"any_value": {"@type": "type.googleapis.com/dqtest.v1.Nested", "name": "x"}},
        '{"any_value":{"@type":"type.googleapis.com/dqtest.v1.Nested","name":"x"}}',
    ),
]  # fmt: skip


def matches(actual: Any, expected: Any) -> bool:
    """Whether `actual` has at least the members of `expected`."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and matches(actual[key], expected[key]) for key in expected
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) == len(expected) and all(map(matches, actual, expected))
    return bool(actual == expected) and type(actual) is type(expected)


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_request_is_transcoded_as_the_rule_says(http: httpx.AsyncClient, case: Case) -> None:
    response = await http.request(case.method, case.url, content=case.body)
    assert response.status_code == case.status, response.text
    assert response.headers["content-type"] == "application/json"
    assert matches(response.json(), case.expected), response.text


async def test_a_chunked_body_is_read_whole(http: httpx.AsyncClient) -> None:
    async def chunks():
        yield b'"hel'
        yield b'lo"'

    response = await http.post("/v2/values", content=chunks())
    assert response.json()["string_value"] == "hello"


@pytest.mark.parametrize("path", ["/parts/message", "/parts/list", "/parts/texts", "/parts/scalar"])
async def test_a_response_body_is_that_field_alone(http: httpx.AsyncClient, path: str) -> None:
    query = "?single_nested.name=foo&repeated_value=a&repeated_value=b&string_value=foo"
    expected = {
        "/parts/message": {"name": "foo"},
        "/parts/list": [],
        "/parts/texts": ["a", "b"],
        "/parts/scalar": "foo",
    }
    response = await http.get(path + query)
    assert matches(response.json(), expected[path])


async def test_a_list_of_messages_is_a_response_of_its_own(http: httpx.AsyncClient) -> None:
    response = await http.post("/parts/list", json={"nested": [{"name": "a"}, {"name": "b"}]})
    assert [item["name"] for item in response.json()] == ["a", "b"]


async def test_unset_fields_are_printed_unless_they_have_presence(http: httpx.AsyncClient) -> None:
    answer = (await http.get("/echo")).json()
    assert answer["name"] == ""
    assert answer["int64_value"] == "0"
    assert answer["colour"] == "COLOUR_UNSPECIFIED"
    assert answer["nested"] == []
    assert answer["mapped_string_value"] == {}
    assert not {"nick", "lang", "single_nested", "timestamp_value", "wrapped_string"} & answer.keys()


async def test_delete_answers_an_empty_object_or_nothing(http: httpx.AsyncClient) -> None:
    spoken = await http.delete("/things/1")
    silent = await http.delete("/things/silent")
    assert (spoken.status_code, spoken.json()) == (200, {})
    assert (silent.status_code, silent.content) == (204, b"")


async def test_405_lists_the_methods_that_the_path_takes(http: httpx.AsyncClient) -> None:
    response = await http.put("/v2/values")
    assert response.headers["allow"] == "GET, POST"


async def test_a_method_override_header_is_not_obeyed(http: httpx.AsyncClient) -> None:
    response = await http.post("/v1/values/x", headers={"x-http-method-override": "GET"})
    assert response.status_code == 405


async def test_lenient_ignores_unknown_keys_and_fields(lenient: httpx.AsyncClient) -> None:
    by_query = await lenient.get("/echo?nope=1&id=a&single_nested.nope=2")
    by_body = await lenient.post("/echo_body?nope=1", json={"id": "a", "nope": {"x": 1}})
    assert (by_query.status_code, by_query.json()["id"]) == (200, "a")
    assert (by_body.status_code, by_body.json()["id"]) == (200, "a")
