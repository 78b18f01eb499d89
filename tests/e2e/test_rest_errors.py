"""Wrong input of every kind: a 4xx that names the field and the reason, with nothing changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.ports import any_free
from tests.e2e.bad_input import ALL, NOWHERE, Bad
from tests.e2e.contract import ROUTES, Route
from tests.e2e.examples import Scene
from tests.e2e.refusals import contents, refused
from tests.e2e.world import Account, World, check_body, ok

MEBIBYTE = 1024 * 1024
WITH_ID = [route for route in ROUTES if route.variables]


@pytest.fixture(scope="module")
def scene(world: World) -> Scene:
    """A workspace with one of everything, which no bad call may change."""
    scene = Scene(world.account())
    _ = scene.schedule, scene.job, scene.channel
    return scene


@pytest.fixture
def unchanged(scene: Scene) -> Iterator[None]:
    """Fails the test if anything in the workspace is another after it than before."""
    before = contents(scene.account)
    yield
    assert contents(scene.account) == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
def test_bad_input_is_refused_naming_the_field_and_the_reason(bad: Bad, scene: Scene) -> None:
    refusal = refused(bad.send(scene))
    assert refusal.reason == "INVALID_ARGUMENT"
    assert bad.field in refusal.violations
    for word in bad.words:
        assert word in refusal.violations[bad.field]


@pytest.mark.usefixtures("unchanged")
def test_everything_that_is_wrong_is_told_at_once(scene: Scene) -> None:
    body = check_body(scene.connection, display_name="x" * 201, column="e_mail", thresholds={"error": {"max_cuont": 1}})
    refusal = refused(scene.account.rest.post("/checks", json=body))
    assert {"check.display_name", "check.target.column_name", "check.thresholds.error.max_cuont"} <= set(
        refusal.violations
    )


RAW = {
    "malformed": b'{"display_name": ',
    "empty": b"",
    "two documents": b"{} {}",
    "a name twice": b'{"display_name": "a", "display_name": "b"}',
    "two spellings of one name": b'{"display_name": "a", "displayName": "b"}',
    "NaN": b'{"settings": {"port": NaN}}',
    "Infinity": b'{"settings": {"port": Infinity}}',
    "a number beyond all": b'{"settings": {"port": 1e999}}',
    "bytes that are no UTF-8": b'{"display_name": "\xff"}',
    "a byte order mark of UTF-16": "{}".encode("utf-16"),
    "a thousand levels": b"[" * 1000 + b"]" * 1000,
    "a thousand levels inside": b'{"settings": {"a": ' + b"[" * 1000 + b"]" * 1000 + b"}}",
    "a number of 5000 digits": b'{"settings": {"port": ' + b"9" * 5000 + b"}}",
    "form fields": b"display_name=a",
    "null": b"null",
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("content", RAW.values(), ids=RAW.keys())
def test_a_body_that_is_no_json_document_is_refused(content: bytes, scene: Scene) -> None:
    refusal = refused(scene.account.rest.post("/connections", content=content))
    assert refusal.reason == "INVALID_ARGUMENT"
    assert refusal.violations


@pytest.mark.usefixtures("unchanged")
def test_a_body_over_the_limit_is_refused_unread(scene: Scene) -> None:
    refusal = refused(scene.account.rest.post("/connections", content=b" " * (8 * MEBIBYTE + 1)), 413)
    assert "MiB" in refusal.message or "bytes" in refusal.message


@pytest.mark.parametrize("identifier", ["not-an-id", NOWHERE, "%00", "x" * 2000, "%F0%9F%A6%86", "1%20OR%201=1", "-1"])
@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: route.rpc)
def test_an_id_of_nothing_is_not_found(route: Route, identifier: str, account: Account) -> None:
    path = route.filled(*[identifier] * len(route.variables))
    body = GOOD_BODIES.get(route.rpc, {}) if route.takes_body else None
    response = account.rest.request(route.method, path, json=body)
    if identifier == "%00" and response.status_code == 400:
        assert refused(response).violations
    else:
        assert refused(response, 404).reason.endswith("_NOT_FOUND")


GOOD_BODIES = {"MuteIncident": {"mute_until_time": "2100-01-01T00:00:00Z"}, "UpdateTableSettings": {"filter": "1 = 1"}}


@pytest.mark.parametrize("path", ["/nothing", "/checks/", "/checks/a/b/c", "//checks", "/Checks", "/checks;x=1"])
def test_an_unknown_path_is_not_found(path: str, account: Account) -> None:
    response = account.rest.get(f"{account.world.stack.gateway_url}/api/v1{path}")
    assert refused(response, 404).reason in {"ROUTE_NOT_FOUND", "CHECK_NOT_FOUND"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.rpc)
def test_a_wrong_method_is_told_the_right_ones(route: Route, account: Account) -> None:
    response = account.rest.request("PUT", route.filled(*[NOWHERE] * len(route.variables)), json={})
    assert refused(response, 405).reason == "METHOD_NOT_ALLOWED"
    assert route.method in response.headers["allow"].split(", ")


def test_a_wrong_password_is_told_without_the_password(own: Account) -> None:
    connection_id = own.connect(password="not-the-s3cret")
    for response in (
        own.rest.post(f"/connections/{connection_id}/test", json={}),
        own.rest.get(f"/connections/{connection_id}/schemas"),
        own.rest.post("/checks", json=check_body(connection_id)),
        own.rest.post("/checks/validate/preview", json=check_body(connection_id)),
    ):
        assert refused(response).reason == "SOURCE_CREDENTIALS"
        assert "not-the-s3cret" not in response.text
    assert ok(own.rest.get("/checks"))["checks"] == []


def test_a_source_that_does_not_answer_is_unavailable(own: Account) -> None:
    connection_id = own.connect(port=any_free())
    response = own.rest.post(f"/connections/{connection_id}/test", json={})
    assert refused(response, 503).reason == "SOURCE_UNREACHABLE"
    assert int(response.headers["retry-after"]) > 0


def test_a_secret_that_cannot_be_read_is_refused_without_its_place(own: Account) -> None:
    connection_id = own.connect(password="${file:/etc/no-such-secret}")
    response = own.rest.post(f"/connections/{connection_id}/test", json={})
    assert 400 <= response.status_code < 500, response.text
    assert refused(response, response.status_code).reason


def test_a_huge_page_is_as_long_as_the_longest(account: Account) -> None:
    answer = ok(account.rest.get("/checks/types", params={"page_size": 2**31 - 1}))
    assert 50 < len(answer["check_types"]) <= 1000


def test_a_connection_in_use_is_not_deleted_unless_forced(own: Account) -> None:
    connection_id = own.connect()
    own.check(connection_id)
    refusal = refused(own.rest.delete(f"/connections/{connection_id}"))
    assert refusal.reason == "CONNECTION_IN_USE"
    assert own.rest.get(f"/connections/{connection_id}").status_code == 200
    assert own.rest.delete(f"/connections/{connection_id}", params={"force": "true"}).status_code == 204


def test_a_workspace_name_is_taken_once(own: Account) -> None:
    name = ok(own.rest.get("/workspaces"))["workspaces"][0]["name"]
    assert refused(own.rest.post("/workspaces", json={"name": name}), 409).reason == "ALREADY_EXISTS"


def test_an_incident_is_resolved_once(own: Account) -> None:
    scene = Scene(own)
    incident = scene.incident
    assert own.rest.post(f"/incidents/{incident}/resolve", json={}).status_code == 200
    again = own.rest.post(f"/incidents/{incident}/resolve", json={})
    assert refused(again).reason == "INCIDENT_ALREADY_RESOLVED"
