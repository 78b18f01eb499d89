"""Every route of the contract over real HTTP, with real effects behind it."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import httpx
import pytest
from google.protobuf import json_format

from tests.e2e.contract import ROUTES, VARIABLE, Route
from tests.e2e.examples import EXAMPLES, Scene
from tests.e2e.world import Account, Json, World, check_body, ok, pages

SNAKE_CASE = re.compile(r"[a-z][a-z0-9_]*|@type")
FREE = {"labels", "settings", "sensor_params", "warning", "error", "fatal", "default_value"}
STREAMS = {"WatchJob"}


@pytest.fixture(scope="module")
def scene(account: Account) -> Scene:
    """The shared workspace; its connection is made for these tests."""
    return Scene(account)


@pytest.fixture(scope="module")
def openapi(world: World) -> Json:
    return ok(httpx.get(f"{world.stack.gateway_url}/openapi.json"))


def test_the_openapi_document_has_exactly_the_routes_of_the_contract(openapi: Json) -> None:
    assert set(operations(openapi)) == {(route.method, shape(route.template)) for route in ROUTES}


def test_every_rpc_has_an_example_and_a_route() -> None:
    assert {route.rpc for route in ROUTES} == set(EXAMPLES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.rpc)
def test_the_route_answers_as_the_contract_says(route: Route, scene: Scene, openapi: Json) -> None:
    example = EXAMPLES[route.rpc]
    response = example.call(scene, scene.account.rest)
    assert route.matches(response.request.method, response.request.url.path)
    assert response.status_code == example.status, response.text
    assert str(example.status) in operations(openapi)[route.method, shape(route.template)]["responses"]
    if example.status == 204:
        assert response.content == b""
        return
    bodies = [one["result"] for one in map(json.loads, response.text.splitlines())] if route.rpc in STREAMS else []
    for body in bodies or [response.json()]:
        assert not [key for key in keys_of(body) if not SNAKE_CASE.fullmatch(key)]
        kind, shown = route.response()
        json_format.ParseDict({shown: body} if shown else body, kind())


def operations(openapi: Json) -> dict[tuple[str, str], Json]:
    """What the document says of each method and path, whatever it calls the path's variables."""
    return {
        (method.upper(), shape(path)): operation
        for path, item in openapi["paths"].items()
        for method, operation in item.items()
    }


def shape(template: str) -> str:
    return VARIABLE.sub("{}", template)


def keys_of(value: object) -> list[str]:
    """All keys of a JSON value that the contract chose, not its users."""
    if isinstance(value, list):
        return [key for one in value for key in keys_of(one)]
    if not isinstance(value, dict):
        return []
    inner = [key for name, one in value.items() if name not in FREE for key in keys_of(one)]
    return [*value, *inner]


@pytest.mark.parametrize(
    ("path", "items"),
    [
        ("/connections", "connections"),
        ("/checks", "checks"),
        ("/schedules", "schedules"),
        ("/api-keys", "api_keys"),
        ("/jobs", "jobs"),
        ("/results", "results"),
        ("/results/latest", "results"),
    ],
)
def test_pages_of_any_size_give_every_item_once(path: str, items: str, many: Account) -> None:
    whole = [found.get("id") for found in pages(many.rest, path, items)]
    assert len(whole) >= 5
    assert len(set(whole)) == len(whole)
    for size in (1, 2, 3):
        assert [found.get("id") for found in pages(many.rest, path, items, {"page_size": size})] == whole


@pytest.mark.parametrize(
    ("path", "items", "name"),
    [
        ("/checks/types", "check_types", "name"),
        ("/checks/sensors", "sensors", "name"),
        ("/checks/rules", "rules", "name"),
    ],
)
def test_pages_of_the_catalogue_give_every_entry_once(path: str, items: str, name: str, account: Account) -> None:
    whole = [found[name] for found in pages(account.rest, path, items)]
    assert len(set(whole)) == len(whole)
    assert [found[name] for found in pages(account.rest, path, items, {"page_size": 7})] == whole


@pytest.mark.parametrize(
    ("path", "items", "name"),
    [
        ("", "schemas", "schema_name"),
        ("/shop/tables", "tables", "table_name"),
        ("/shop/tables/customers/columns", "columns", "column_name"),
    ],
)
def test_pages_of_the_source_give_every_entry_once(
    path: str, items: str, name: str, account: Account, connection_id: str
) -> None:
    place = f"/connections/{connection_id}/schemas{path}"
    whole = [found[name] for found in pages(account.rest, place, items)]
    assert len(set(whole)) == len(whole) > 1
    assert [found[name] for found in pages(account.rest, place, items, {"page_size": 1})] == whole


@pytest.fixture(scope="module")
def many(world: World) -> Account:
    """A workspace with at least five of everything."""
    account = world.account()
    connection_id = account.connect()
    for number in range(5):
        account.connect(f"source {number}")
        account.with_role("viewer")
        check_id = account.check(connection_id, column=("email", "phone", "city", "fax", "zip_code")[number])
        body = {"display_name": f"every {number}", "cron": f"{number} 1 * * *", "selector": {"check_ids": [check_id]}}
        ok(account.rest.post("/schedules", json=body))
        account.run(check_ids=[check_id])
    return account


def test_a_page_token_of_another_list_is_refused(many: Account) -> None:
    token = ok(many.rest.get("/checks", params={"page_size": 1}))["next_page_token"]
    refused = many.rest.get("/checks", params={"page_size": 1, "page_token": token, "check_type": "nulls_count"})
    assert refused.status_code == 400
    assert refused.json()["details"][1]["field_violations"][0]["field"] == "page_token"


@pytest.mark.parametrize("kind", ["connections", "checks", "schedules"])
def test_the_etag_guards_an_update_and_a_delete(kind: str, own: Account) -> None:
    scene = Scene(own)
    make = {"connections": own.connect, "checks": lambda: scene.check, "schedules": lambda: scene.schedule}
    path = f"/{kind}/{make[kind]()}"
    first = own.rest.get(path).headers["etag"]
    assert first == ok(own.rest.get(path))["etag"]
    changed = own.rest.patch(path, json={"description": "new"}, headers={"If-Match": first})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first

    for late in (
        own.rest.patch(path, json={"description": "late"}, headers={"If-Match": first}),
        own.rest.delete(path, headers={"If-Match": first}),
    ):
        assert late.status_code == 409
        assert late.json()["details"][0]["reason"] == "ETAG_MISMATCH"
    assert ok(own.rest.get(path))["description"] == "new"

    assert own.rest.delete(path, headers={"If-Match": changed.headers["etag"]}).status_code == 204
    assert own.rest.get(path).status_code == 404


def test_the_same_idempotency_key_returns_the_first_job(account: Account, connection_id: str) -> None:
    first, other = account.check(connection_id), account.check(connection_id, column="phone")
    headers = {"Idempotency-Key": uuid4().hex}
    job = account.rest.post(f"/checks/{first}/run", json={}, headers=headers)
    again = account.rest.post(f"/checks/{first}/run", json={}, headers=headers)
    assert (job.status_code, again.status_code) == (202, 202)
    assert again.json()["id"] == job.json()["id"]
    assert job.json()["request_id"] == headers["Idempotency-Key"]

    misused = account.rest.post(f"/checks/{other}/run", json={}, headers=headers)
    assert misused.status_code == 409
    assert misused.json()["details"][0]["reason"] == "REQUEST_ID_REUSED"
    account.finished(job.json()["id"])
    assert len(account.results(job.json()["id"])) == 1


def test_an_update_changes_what_its_mask_names_and_nothing_else(own: Account) -> None:
    check_id = own.check(own.connect(), description="old", labels={"team": "a"})
    body = {"description": "new", "labels": {"team": "b"}}
    changed = ok(own.rest.patch(f"/checks/{check_id}", params={"update_mask": "description"}, json=body))
    assert (changed["description"], changed["labels"]) == ("new", {"team": "a"})


def test_a_job_is_watched_as_json_lines_until_it_ends(account: Account, connection_id: str) -> None:
    job = ok(account.rest.post(f"/checks/{account.check(connection_id)}/run", json={}))
    with account.rest.stream("GET", f"/jobs/{job['id']}/watch") as stream:
        states = [json.loads(line)["result"]["state"] for line in stream.iter_lines()]
    assert stream.headers["content-type"].startswith("application/x-ndjson")
    assert states[-1] == "JOB_STATE_SUCCEEDED"
    order = ["JOB_STATE_QUEUED", "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED"]
    assert states == sorted(states, key=order.index)


def test_a_job_is_watched_as_server_sent_events(account: Account, connection_id: str) -> None:
    job = ok(account.rest.post(f"/checks/{account.check(connection_id)}/run", json={}))
    with account.rest.stream("GET", f"/jobs/{job['id']}/watch", headers={"Accept": "text/event-stream"}) as stream:
        blocks = "".join(stream.iter_text()).strip().split("\n\n")
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks if block[0] != ":"]
    assert {event["event"] for event in events} == {"message"}
    assert json.loads(events[-1]["data"])["state"] == "JOB_STATE_SUCCEEDED"
    seen = {"Accept": "text/event-stream", "Last-Event-ID": events[-1]["id"]}
    assert account.rest.get(f"/jobs/{job['id']}/watch", headers=seen).status_code == 204
    again = account.rest.get(f"/jobs/{job['id']}/watch", headers=seen | {"Last-Event-ID": "of another time"})
    assert events[-1]["data"] in again.text


def test_secrets_never_come_back(own: Account) -> None:
    connection_id = own.connect()
    password = own.world.stack.postgres.config.password
    for response in (own.rest.get(f"/connections/{connection_id}"), own.rest.get("/connections")):
        assert password not in response.text
    assert ok(own.rest.get(f"/connections/{connection_id}"))["configured_secrets"] == ["password"]


def test_a_preview_stores_nothing(own: Account) -> None:
    connection_id = own.connect()
    preview = ok(own.rest.post("/checks/validate/preview", json=check_body(connection_id)))
    assert [(one["outcome"], one["value"]) for one in preview["results"]] == [("OUTCOME_ERROR", 120)]
    assert "email" in preview["statements"][0]
    assert ok(own.rest.get("/checks"))["checks"] == []
    assert ok(own.rest.get("/results"))["results"] == []
    assert ok(own.rest.get("/incidents"))["incidents"] == []


def test_a_check_that_passes_again_resolves_its_incident(own: Account) -> None:
    check_id = own.check(own.connect())
    own.run(check_ids=[check_id])
    incident = ok(own.rest.get("/incidents"))["incidents"][0]
    assert (incident["status"], incident["failure_count"]) == ("INCIDENT_STATUS_OPEN", "1")
    ok(own.rest.patch(f"/checks/{check_id}", json={"thresholds": {"error": {"max_count": 1000}}}))
    own.run(check_ids=[check_id])
    incident = ok(own.rest.get(f"/incidents/{incident['id']}"))
    assert incident["status"] == "INCIDENT_STATUS_RESOLVED"
    events = ok(own.rest.get(f"/incidents/{incident['id']}/events"))["events"]
    assert [event["kind"] for event in events] == [
        "INCIDENT_EVENT_KIND_OPENED",
        "INCIDENT_EVENT_KIND_RESOLVED_AUTOMATICALLY",
    ]


def test_parquet_files_are_checked_like_tables(own: Account) -> None:
    body = {"display_name": "lake", "type": "duckdb", "settings": own.world.parquet_settings()}
    lake = ok(own.rest.post("/connections", json=body))["id"]
    check = check_body(lake)
    check["target"]["schema_name"] = "main"
    ok(own.rest.post("/checks", json=check))
    job = own.run()
    assert [(one["outcome"], one["value"]) for one in own.results(job["id"])] == [("OUTCOME_ERROR", 120)]


@pytest.mark.parametrize("page", ["/docs", "/healthz", "/readyz", "/openapi.json"])
def test_the_pages_beside_the_api_need_no_key(page: str, world: World) -> None:
    assert httpx.get(f"{world.stack.gateway_url}{page}").status_code == 200
