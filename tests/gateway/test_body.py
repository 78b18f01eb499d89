from __future__ import annotations

import httpx
import pytest

from tests.gateway.answers import violations

DEEP = "[" * 5000 + "]" * 5000
NESTED = '{"nested":' * 150 + "{}" + "}" * 150

WRONG = [
    ("/echo_body", b'{"id":"a"} x', "body", "Extra data"),
    ("/echo_body", b'{"id":', "body", "not JSON"),
    ("/echo_body", b"[]", "", "must be an object, not a list"),
    ("/echo_body", b"null", "", "must be an object, not null"),
    ("/echo_body", b'{"id":"\xff"}', "body", "not UTF-8"),
    ("/echo_body", b'{"id":"\\ud800"}', "id", "surrogate"),
    ("/echo_body", b'{"idd":1}', "idd", "did you mean id"),
    ("/echo_body", b'{"single_nested":{"nam":1}}', "single_nested.nam", "did you mean name"),
    ("/echo_body", b'{"id":"a","id":"b"}', "id", "twice"),
    ("/echo_body", b'{"oddName":"a"}', "oddName", "did you mean odd_name"),
    ("/echo_body", b'{"odd_name":"a","veryOdd":"b"}', "odd_name", "two spellings"),
    ("/echo_body", b'{"single_nested":{"name":"a","name":"b"}}', "single_nested.name", "twice"),
    ("/echo_body", b'{"colour":99}', "colour", "99 is not a value of Colour"),
    ("/echo_body", b'{"colour":"COLOUR_BLEU"}', "colour", "COLOUR_GREEN"),
    ("/echo_body", b'{"nested":[{},{"ok":7}]}', "nested[1].ok", "7 is not a value"),
    ("/echo_body", b'{"double_value":NaN}', "double_value", "NaN"),
    ("/echo_body", b'{"struct_value":{"a":{"b":[NaN]}}}', "struct_value", "at a.b[0]"),
    ("/echo_body", b'{"struct_value":{"a":1e999}}', "struct_value", "finite"),
    ("/echo_body", b'{"struct_value":{"a":1,"a":2}}', "struct_value", "twice"),
    ("/echo_body", b'{"double_value":1e999}', "double_value", "out of range"),
    ("/echo_body", ('{"double_value":1' + "0" * 400 + "}").encode(), "double_value", "out of range"),
    ("/echo_any", b"[" * 22 + b"]" * 22, "value_value", "deeper"),
    ("/echo_body", b'{"float_value":1e300}', "float_value", "out of range"),
    ("/echo_body", b'{"int32_value":2147483648}', "int32_value", "between"),
    ("/echo_body", b'{"int32_value":1.5}', "int32_value", "integer"),
    ("/echo_body", b'{"int32_value":true}', "int32_value", "not a boolean"),
    ("/echo_body", b'{"uint32_value":-1}', "uint32_value", "between"),
    ("/echo_body", b'{"bool_value":"true"}', "bool_value", "true or false"),
    ("/echo_body", b'{"name":5}', "name", "must be a string, not a number"),
    ("/echo_body", b'{"bytes_value":"***"}', "bytes_value", "base64"),
    ("/echo_body", b'{"nested":{}}', "nested", "must be a list"),
    ("/echo_body", b'{"nested":[null]}', "nested[0]", "not null"),
    ("/echo_body", b'{"repeated_value":["a",null]}', "repeated_value[1]", "not null"),
    ("/echo_body", b'{"mapped_string_value":[]}', "mapped_string_value", "must be an object"),
    ("/echo_body", b'{"mapped_bool_value":{"x":true}}', "mapped_bool_value[x]", "the key must be an integer"),
    ("/echo_body", b'{"timestamp_value":"yesterday"}', "timestamp_value", "RFC 3339"),
    ("/echo_body", b'{"mask_value":"a b"}', "mask_value", "field path"),
    ("/echo_body", b'{"any_value":{"@type":"type.googleapis.com/no.Such"}}', "any_value", "not valid"),
    ("/echo_body", b'{"line_num":1,"lang":"x"}', "lang", "only one field of 'code'"),
    ("/echo_body", DEEP.encode(), "body", "deeper"),
    ("/echo_nested", NESTED.encode(), "single_nested" + ".nested" * 30, "deeper"),
    ("/echo_body", b'{"num":' + b"9" * 5000 + b"}", "body", "too many digits"),
    ("/v2/values", b"5", "string_value", "must be a string"),
    ("/v2/values", b"{", "string_value", "the body is not JSON"),
    ("/echo_any", b'{"a":NaN}', "value_value", "finite"),
]


@pytest.mark.parametrize(("url", "body", "field", "reason"), WRONG, ids=[str(row[1][:40]) for row in WRONG])
async def test_a_wrong_body_is_400_and_names_the_field(
    http: httpx.AsyncClient, url: str, body: bytes, field: str, reason: str
) -> None:
    response = await http.post(url, content=body)
    assert response.status_code == 400, response.text
    (violation,) = violations(response)
    assert violation["field"] == field
    assert reason in violation["description"]


async def test_the_deepest_body_that_is_taken_reaches_the_service(http: httpx.AsyncClient) -> None:
    free = '{"a":' * 20 + "1" + "}" * 20
    deep = '{"nested":' * 29 + "{}" + "}" * 29
    response = await http.post("/echo_body", content=f'{{"struct_value":{free},"single_nested":{deep}}}')
    assert response.status_code == 200, response.text


async def test_every_fault_is_reported_at_once(http: httpx.AsyncClient) -> None:
    body = {"nope": 1, "num": "x", "nested": [{"amount": -1}, {"nmae": 1}]}
    response = await http.post("/echo_body", json=body)
    assert {item["field"] for item in violations(response)} == {"nope", "num", "nested[0].amount", "nested[1].nmae"}
    assert response.json()["message"].endswith("(and 3 more)")


async def test_a_field_of_every_body_may_be_null_text(http: httpx.AsyncClient) -> None:
    response = await http.post("/echo_body", content=b'{"name":"a\\u0000b"}')
    assert response.json()["name"] == "a\0b"
