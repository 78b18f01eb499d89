"""Cases 55 to 59 of the published list: update masks of PATCH requests."""

# ruff: noqa: E501  (one row of a table is one line)
from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(
    ("body", "mask"),
    [
        ({"string_value": "foo"}, {"string_value"}),
        ({"stringValue": "foo", "num": 0}, {"string_value", "num"}),
        ({"veryOdd": "x"}, {"odd_name"}),
        ({"name": None}, {"name"}),
        ({"single_nested": {"name": "a", "nested": {"amount": 1}}}, {"single_nested.name", "single_nested.nested.amount"}),
        ({"nested": [{"name": "a"}]}, {"nested"}),
        ({"mapped_string_value": {"a": "b"}}, {"mapped_string_value"}),
        ({"single_nested": {}}, {"single_nested"}),
        ({"timestamp_value": "2025-01-31T08:00:00Z"}, {"timestamp_value"}),
        ({"any_value": {"@type": "type.googleapis.com/dqtest.v1.Nested", "name": "x"}}, {"any_value"}),
        ({"struct_value": {"a": 1, "b": {"c": 2, "d": {}}}}, {"struct_value.a", "struct_value.b.c", "struct_value.b.d"}),
        ({"struct_value": {"a.b": 1}}, {"struct_value"}),
        ({"struct_value": {}}, {"struct_value"}),
        ({}, set()),
    ],
)  # fmt: skip
async def test_a_patch_body_implies_its_leaves(http: httpx.AsyncClient, body: dict, mask: set[str]) -> None:
    response = await http.patch("/things/1", json=body)
    assert response.status_code == 200, response.text
    assert set(filter(None, response.json().get("update_mask", "").split(","))) == mask


async def test_a_given_mask_is_left_alone(http: httpx.AsyncClient) -> None:
    response = await http.patch("/things/1?updateMask=singleNested,num", json={"name": "x"})
    assert response.json()["update_mask"] == "single_nested,num"


async def test_a_star_is_a_mask(http: httpx.AsyncClient) -> None:
    response = await http.patch("/things/1?update_mask=*", json={"name": "x"})
    assert response.json()["update_mask"] == "*"


async def test_a_given_mask_does_not_excuse_unknown_fields(http: httpx.AsyncClient) -> None:
    response = await http.patch("/things/1?update_mask=name", json={"nmae": "x"})
    assert response.status_code == 400


async def test_a_whole_body_names_its_own_mask(http: httpx.AsyncClient) -> None:
    named = await http.patch("/whole-things/1", json={"thing": {"name": "x"}, "updateMask": "singleNested"})
    unnamed = await http.patch("/whole-things/1", json={"thing": {"name": "x"}})
    assert named.json()["update_mask"] == "single_nested"
    assert "update_mask" not in unnamed.json()


async def test_the_path_names_the_resource(http: httpx.AsyncClient) -> None:
    response = await http.patch("/things/path", json={"id": "body"})
    assert response.json()["thing"]["id"] == "path"
