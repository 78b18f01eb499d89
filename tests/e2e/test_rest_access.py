"""Who may call what: keys, roles, and workspaces that do not see each other."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.contract import ROUTES, Route
from tests.e2e.examples import EXAMPLES, Scene
from tests.e2e.refusals import contents, refused
from tests.e2e.world import Account, Json, World, check_body, ok

ROLES = ["viewer", "operator", "editor", "admin"]
# These name something public in their path: the catalogue is everybody's.
PUBLIC = {"GetCheckType", "GetSensor", "GetRule"}
PRIVATE = [route for route in ROUTES if route.variables and route.rpc not in PUBLIC]


@pytest.fixture(scope="module")
def scene(world: World) -> Scene:
    return Scene(world.account())


@pytest.fixture(scope="module")
def stranger(world: World) -> Account:
    return world.account()


@pytest.fixture(scope="module")
def keys(scene: Scene) -> dict[str, httpx.Client]:
    """A client of each role."""
    return {role: scene.account.with_role(role) for role in ROLES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.rpc)
def test_without_a_key_nothing_is_answered(route: Route, scene: Scene, world: World) -> None:
    response = EXAMPLES[route.rpc].call(scene, world.client())
    assert refused(response, 401).reason == "API_KEY_MISSING"
    assert response.headers["www-authenticate"]


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "dqp_",
        "dqp__",
        "dqp_x_y",
        "dqp_0197a3b0-2c1d-7e4f-8a5b-6c7d8e9f0a1b_secret",
        "dqp_" + "x" * 4000,
        "Bearer x",
        "dqp_%00_%00",
    ],
)
def test_a_wrong_key_is_refused(key: str, world: World) -> None:
    response = world.client(key).get("/checks")
    assert refused(response, 401).reason == "API_KEY_INVALID"
    assert key not in response.text


def test_the_secret_of_another_key_does_not_open(own: Account) -> None:
    other = ok(own.rest.post("/api-keys", json={"display_name": "other", "role": "ROLE_VIEWER"}))
    mixed = f"{own.key.rpartition('_')[0]}_{other['secret'].rpartition('_')[2]}"
    assert refused(own.world.client(mixed).get("/checks"), 401).reason == "API_KEY_INVALID"


def test_a_revoked_key_stops_working(own: Account) -> None:
    made = ok(own.rest.post("/api-keys", json={"display_name": "leaked", "role": "ROLE_ADMIN"}))
    ok(own.rest.post(f"/api-keys/{made['api_key']['id']}/revoke", json={}))
    assert refused(own.world.client(made["secret"]).get("/checks"), 401).reason == "API_KEY_INVALID"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.role != "viewer"], ids=lambda route: route.rpc)
def test_the_next_lower_role_may_not(route: Route, scene: Scene, keys: dict[str, httpx.Client]) -> None:
    lower = ROLES[ROLES.index(route.role) - 1]
    refusal = refused(EXAMPLES[route.rpc].call(scene, keys[lower]), 403)
    assert refusal.reason == "ROLE_REQUIRED"
    assert route.role in refusal.message


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.rpc)
def test_the_least_role_may(route: Route, scene: Scene, keys: dict[str, httpx.Client]) -> None:
    example = EXAMPLES[route.rpc]
    assert example.call(scene, keys[route.role]).status_code == example.status


@pytest.mark.parametrize("route", PRIVATE, ids=lambda route: route.rpc)
def test_what_is_in_another_workspace_does_not_exist(route: Route, scene: Scene, stranger: Account) -> None:
    before = contents(stranger)
    response = EXAMPLES[route.rpc].call(scene, stranger.rest)
    assert refused(response, 404).reason.endswith("_NOT_FOUND")
    assert contents(stranger) == before


def test_ids_of_another_workspace_in_a_body_do_not_exist(scene: Scene, stranger: Account) -> None:
    check = check_body(scene.connection)
    for path, body in (("/checks", check), ("/checks/validate/preview", check)):
        refusal = refused(stranger.rest.post(path, json=body), 404)
        assert refusal.reason == "CONNECTION_NOT_FOUND"
    batch: Json = {"selector": {"check_ids": [scene.check]}}
    assert "selector.check_ids" in refused(stranger.rest.post("/checks/batch/run", json=batch)).violations


def test_filters_with_ids_of_another_workspace_match_nothing(scene: Scene, stranger: Account) -> None:
    _ = scene.job
    for path, items in (
        (f"/checks?connection_id={scene.connection}", "checks"),
        (f"/results?filter.check_id={scene.check}", "results"),
        (f"/results?filter.job_id={scene.job}", "results"),
        (f"/results/latest?filter.connection_id={scene.connection}", "results"),
        (f"/results/summary?filter.check_id={scene.check}", "rows"),
        (f"/results/costs?filter.check_id={scene.check}", "rows"),
        (f"/incidents?connection_id={scene.connection}", "incidents"),
    ):
        assert ok(scene.account.rest.get(path))[items], path
        assert ok(stranger.rest.get(path))[items] == [], path
    trend = f"/results/trend?check_id={scene.check}"
    assert ok(scene.account.rest.get(trend))["points"]
    foreign = stranger.rest.get(trend)
    assert foreign.status_code == 404 or foreign.json()["points"] == []


def test_a_page_token_of_another_workspace_is_refused(scene: Scene, stranger: Account) -> None:
    scene.account.check(scene.connection, column="phone")
    _ = scene.check
    token = ok(scene.account.rest.get("/checks", params={"page_size": 1}))["next_page_token"]
    assert token
    refusal = refused(stranger.rest.get("/checks", params={"page_size": 1, "page_token": token}))
    assert "page_token" in refusal.violations
