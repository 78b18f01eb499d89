# ruff: noqa: E501  (one row of a table is one line)
from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from gateway.router import Router
from gateway.routes import Route, Rpc
from gateway.template import EncodingError, parse


def router(*rules: str) -> Router:
    def route(rule: str) -> Route:
        method, _, text = rule.partition(" ")
        return Route(method, parse(text), cast("Rpc", SimpleNamespace(name=rule)), "", None)

    return Router([route(rule) for rule in rules])


def find(rules: list[str], method: str, path: str) -> tuple[str, dict[str, str]] | None:
    match = router(*rules).match(method, path)
    return (match.route.template.text, dict(match.route.template.capture(match.parts))) if match else None


@pytest.mark.parametrize(
    ("rules", "request_line", "template", "captured"),
    [
        ([], "GET /", None, {}),
        (["GET /foo"], "GET /foo", "/foo", {}),
        (["GET /foo"], "GET /bar", None, {}),
        (["GET /foo"], "POST /foo", None, {}),
        (["GET /*", "GET /foo"], "GET /foo", "/foo", {}),
        (["GET /foo", "GET /*"], "GET /foo", "/foo", {}),
        (["GET /**", "GET /foo/*"], "GET /foo/a", "/foo/*", {}),
        (["GET /**", "GET /foo/*"], "GET /foo/a/b", "/**", {}),
        (["GET /a/**", "GET /a/**/tail"], "GET /a/b/tail", "/a/**/tail", {}),
        (["GET /a/*/c", "GET /a/b/*"], "GET /a/b/c", "/a/b/*", {}),
        (["GET /a/b/d", "GET /a/*/c"], "GET /a/b/c", "/a/*/c", {}),
        (["GET /checks/{id}", "GET /checks/types"], "GET /checks/types", "/checks/types", {}),
        (["GET /checks/{id}", "POST /checks/types"], "GET /checks/types", "/checks/{id}", {"id": "types"}),
        (["GET /foo/{id}"], "GET /foo/bar:123", "/foo/{id}", {"id": "bar:123"}),
        (["GET /foo/{id}", "GET /foo/{id}:verb"], "GET /foo/bar:verb", "/foo/{id}:verb", {"id": "bar"}),
        (["GET /foo/{id}", "GET /foo/{id}:verb"], "GET /foo/bar%3Averb", "/foo/{id}", {"id": "bar:verb"}),
        (["POST /foo/{id}:verb:subverb"], "POST /foo/bar:verb:subverb", "/foo/{id}:verb:subverb", {"id": "bar"}),
        (["POST /foo:bar"], "POST /foo:bar", "/foo:bar", {}),
        (["POST /a/orgs", "POST /a/orgs:verb", "POST /a/dummies:verb"], "POST /a/orgs:verb", "/a/orgs:verb", {}),
        (["GET /foo/{id}/bar"], "GET /foo/a%2fb%2Fc/bar", "/foo/{id}/bar", {"id": "a/b/c"}),
        (["GET /foo/{id=**}"], "GET /foo/test%2Fbar", "/foo/{id=**}", {"id": "test%2Fbar"}),
        (["GET /v1/bucket/{name}"], "GET /v1/bucket/my-bucket", "/v1/bucket/{name}", {"name": "my-bucket"}),
        (["GET /v1/bucket/{name}"], "GET /v1/bucket", None, {}),
        (["GET /v1/bucket/{name}"], "GET /v2/bucket/x", None, {}),
        (["GET /v1/{name=o/**}"], "GET /v1/o/my-bucket/dir/obj", "/v1/{name=o/**}", {"name": "o/my-bucket/dir/obj"}),
        (["GET /v1/{name=o/**}"], "GET /v1/o", "/v1/{name=o/**}", {"name": "o"}),
        (["GET /v1/{name=o/**}"], "GET /v1/b/x", None, {}),
        (["GET /v1/{n=o/**/.ext}/tail"], "GET /v1/o/b/dir/obj/.ext/tail", "/v1/{n=o/**/.ext}/tail", {"n": "o/b/dir/obj/.ext"}),
        (["GET /v2/{name=b/*}/o/{oname}"], "GET /v2/b/mine/o/obj", "/v2/{name=b/*}/o/{oname}", {"name": "b/mine", "oname": "obj"}),
        (["GET /**/tail"], "GET /tail", "/**/tail", {}),
        (["GET /**/tail"], "GET /abc/def/tail", "/**/tail", {}),
        (["GET /**/tail"], "GET /tail/extra", None, {}),
        (["GET /*"], "GET /abc", "/*", {}),
        (["GET /*"], "GET /", None, {}),
        (["GET /*"], "GET /abc/def", None, {}),
        (["GET /v1:LOCK"], "GET /v1:LOCK", "/v1:LOCK", {}),
        (["GET /v1:LOCK"], "GET /v1", None, {}),
        (["GET /"], "GET /", "/", {}),
        (["GET /a b".replace(" b", "%20b")], "GET /a%20b", "/a%20b", {}),
        (["GET /checks"], "GET /%63hecks", "/checks", {}),
    ],
)  # fmt: skip
def test_the_most_specific_route_is_found(rules, request_line, template, captured) -> None:
    method, _, path = request_line.partition(" ")
    found = find(rules, method, path)
    assert found == ((template, captured) if template else None)


def test_two_routes_of_equal_specificity_clash() -> None:
    assert router("GET /foo/{id}", "GET /foo/{name}").clashes == [
        "GET /foo/{name}: GET /foo/{name} is as specific as /foo/{id} of GET /foo/{id}"
    ]
    assert router("GET /foo/{id}", "POST /foo/{id}", "GET /foo/{id}:verb", "GET /foo/x").clashes == []


def test_the_allowed_methods_are_those_whose_routes_match() -> None:
    routes = router("GET /foo/{id}", "PATCH /foo/{id}", "POST /foo/{id}:run", "DELETE /bar")
    assert routes.allowed("/foo/x") == ["GET", "PATCH"]
    assert routes.allowed("/foo/x:run") == ["GET", "PATCH", "POST"]
    assert routes.allowed("/baz") == []


@pytest.mark.parametrize("path", ["/foo/%", "/foo/%z1", "/foo/%ff"])
def test_a_bad_escape_is_an_error_not_a_miss(path: str) -> None:
    with pytest.raises(EncodingError):
        router("GET /foo/*").match("GET", path)
