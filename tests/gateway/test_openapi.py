from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import pytest

import dq.v1
from gateway.openapi import Title, openapi_document
from gateway.plans import Plans
from gateway.router import Router, build_router
from gateway.routes import discover

KEYWORDS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def router() -> Router:
    return build_router(discover(dq.v1), Plans())


@pytest.fixture(scope="module")
def document(router: Router) -> dict[str, Any]:
    image = files(dq.v1).joinpath("descriptors.binpb").read_bytes()
    return openapi_document(Title("T", "1", "D"), router.routes, image, "X-API-Key")


@pytest.fixture(params=["dq.v1", "dqtest.v1"])
async def any_document(
    request: pytest.FixtureRequest, document: dict[str, Any], http: httpx.AsyncClient
) -> dict[str, Any]:
    return document if request.param == "dq.v1" else (await http.get("/openapi.json")).json()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        assert set(item) <= KEYWORDS
        for method, operation in item.items():
            yield path, method, operation


def values(node: Any, key: str) -> Iterator[Any]:
    if isinstance(node, dict):
        if key in node and isinstance(node[key], str):
            yield node[key]
        for inner in node.values():
            yield from values(inner, key)
    elif isinstance(node, list):
        for inner in node:
            yield from values(inner, key)


def test_every_route_is_an_operation(router: Router, document: dict[str, Any]) -> None:
    assert len(list(operations(document))) == len(router.routes)
    ids = {operation["operationId"] for _, _, operation in operations(document)}
    assert {route.rpc.descriptor.name for route in router.routes} <= ids


def test_operation_ids_are_unique(any_document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(any_document)]
    assert len(set(ids)) == len(ids)


def test_every_reference_leads_somewhere(any_document: dict[str, Any]) -> None:
    references = set(values(any_document, "$ref"))
    assert references
    for reference in references:
        node = any_document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_every_variable_of_a_path_is_a_required_parameter(any_document: dict[str, Any]) -> None:
    for path, _, operation in operations(any_document):
        parameters = operation.get("parameters", [])
        named = {item["name"] for item in parameters if item["in"] == "path"}
        assert named == {part.split("}")[0] for part in path.split("{")[1:]}
        assert all(item["required"] for item in parameters if item["in"] == "path")
        assert len({(item["in"], item["name"]) for item in parameters}) == len(parameters)


def test_paths_do_not_differ_by_names_alone(any_document: dict[str, Any]) -> None:
    shapes = [re.sub(r"\{[^}]*\}", "{}", path) for path in any_document["paths"]]
    patterned = [shape for shape in shapes if shapes.count(shape) > 1]
    assert patterned == []


def test_every_operation_answers_and_may_fail(any_document: dict[str, Any]) -> None:
    for _, _, operation in operations(any_document):
        codes = set(operation["responses"])
        assert "default" in codes
        assert any(code.startswith("2") for code in codes)


def test_everything_of_the_contract_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert operation["description"], (method, path)
        assert all(parameter["description"] for parameter in operation.get("parameters", []))
    assert all(tag["description"] for tag in document["tags"])
    assert all(
        schema.get("description") for name, schema in document["components"]["schemas"].items() if "." not in name
    )


def test_a_key_is_needed(document: dict[str, Any]) -> None:
    assert document["security"] == [{"ApiKey": []}]
    assert document["components"]["securitySchemes"]["ApiKey"] == {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
    }


def test_methods_state_the_role_they_need(document: dict[str, Any]) -> None:
    assert document["paths"]["/api/v1/checks"]["get"]["x-required-role"] == "ROLE_VIEWER"


async def test_bodies_and_streams_have_their_media_types(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    watched = paths["/watch"]["get"]["responses"]
    assert set(watched["200"]["content"]) == {"application/x-ndjson", "text/event-stream"}
    assert "content" not in watched["204"]
    assert "*/*" in paths["/files/{name}"]["post"]["requestBody"]["content"]
    whole = paths["/echo_body/{id}/all"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "id" not in whole["properties"]
    assert "/api/v1/{name}:action" in paths
