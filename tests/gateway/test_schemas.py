from __future__ import annotations

import httpx


async def test_field_behaviour_and_examples_are_in_the_schemas(http: httpx.AsyncClient) -> None:
    thing = (await http.get("/openapi.json")).json()["components"]["schemas"]["Thing"]
    assert thing["required"] == ["id"]
    assert thing["properties"]["etag"]["readOnly"]
    assert thing["properties"]["secret"]["writeOnly"]
    assert thing["properties"]["secret"]["examples"] == ["hunter2"]
    assert thing["properties"]["int64_value"] == {"type": "string", "format": "int64"}
    assert thing["properties"]["mapped_nested_value"]["additionalProperties"] == {"$ref": "#/components/schemas/Nested"}


async def test_enums_list_their_values_with_comments(http: httpx.AsyncClient) -> None:
    colour = (await http.get("/openapi.json")).json()["components"]["schemas"]["Colour"]
    assert colour["enum"] == ["COLOUR_UNSPECIFIED", "COLOUR_GREEN", "COLOUR_RED"]
    assert "`COLOUR_RED`: Like blood." in colour["description"]


async def test_types_with_a_json_form_of_their_own_are_written_in_place(http: httpx.AsyncClient) -> None:
    thing = (await http.get("/openapi.json")).json()["components"]["schemas"]["Thing"]["properties"]
    assert thing["timestamp_value"] == {"type": "string", "format": "date-time"}
    assert thing["wrapped_int64"] == {"type": ["string", "null"], "format": "int64"}
    assert thing["bytes_value"] == {"type": "string", "contentEncoding": "base64"}
