"""Random input on every route: it may be refused in any way, but the platform never breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy

from tests.e2e.contract import ROUTES, Route
from tests.e2e.examples import Scene
from tests.e2e.refusals import refused
from tests.e2e.world import Json, World, check_body, pages

# Sources that random settings name do not answer, or not in time; some are not there yet.
HONEST = {501, 503, 504}
DEPTH = 4
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\x00", "🦆", "shop", "customers", "nulls_count", "postgresql", "duckdb", "1970-01-01T00:00:00Z"]
    ),
    st.sampled_from(
        ["*", "' OR 1=1 --", "${env:HOME}", "${file:/etc/passwd}", "0 0 * * *", "Europe/Berlin", "-1", "1e9"]
    ),
)
NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.integers(-3, 3), st.floats(allow_nan=False, allow_infinity=False))
JSON: SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
FREE_JSON = {"google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"}


def message(descriptor: Descriptor, depth: int = 0) -> SearchStrategy[Any]:
    """Bodies that have some of the message's fields, mostly with values of their kind."""
    if descriptor.full_name in FREE_JSON:
        return st.dictionaries(TEXTS, JSON, max_size=4)
    if descriptor.full_name.startswith("google.protobuf.") or depth > DEPTH:
        return st.one_of(TEXTS, JSON)
    fields = {field.name: st.one_of(value(field, depth), JSON) for field in descriptor.fields}
    return st.fixed_dictionaries({}, optional=fields)


def value(field: FieldDescriptor, depth: int) -> SearchStrategy[Any]:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return st.dictionaries(TEXTS, TEXTS, max_size=4)
    one = single(field, depth)
    return st.lists(one, max_size=4) if field.is_repeated else one


def single(field: FieldDescriptor, depth: int) -> SearchStrategy[Any]:
    if field.message_type is not None:
        return st.deferred(lambda: message(field.message_type, depth + 1))
    if field.enum_type is not None:
        return st.sampled_from([*field.enum_type.values_by_name, 99, "NONE"])
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    return TEXTS if field.type == FieldDescriptor.TYPE_STRING else NUMBERS


def query(route: Route) -> SearchStrategy[Mapping[str, str]]:
    names = [field.name for field in route.request.fields]
    nested = [
        f"{field.name}.{inner.name}"
        for field in route.request.fields
        if field.message_type is not None
        for inner in field.message_type.fields
    ]
    keys = st.one_of(st.sampled_from([*names, *nested]) if names else st.nothing(), TEXTS)
    values = st.one_of(TEXTS, NUMBERS.map(str), st.sampled_from(["true", "1", "MODE_MONITORING"]))
    return st.dictionaries(keys, values, max_size=3)


def body(route: Route) -> SearchStrategy[Any]:
    if not route.takes_body:
        return st.none()
    if route.body == "*":
        return st.one_of(message(route.request), JSON)
    return st.one_of(message(route.request.fields_by_name[route.body].message_type), JSON)


@pytest.fixture(scope="module")
def scene(world: World) -> Scene:
    scene = Scene(world.account())
    _ = scene.schedule, scene.job
    return scene


def ids(route: Route, scene: Scene) -> SearchStrategy[str]:
    """Parts of a path: mostly ids of things that are there, and stay there."""
    if route.method == "DELETE":
        return TEXTS
    known = [scene.connection, scene.check, scene.schedule, scene.job, scene.first_incident]
    return st.one_of(st.sampled_from([*known, "shop", "customers"]), TEXTS)


def escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


CALM = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BY_RPC = {route.rpc: route for route in ROUTES}
GOOD = ["CreateCheck", "PreviewUnsavedCheck", "UpdateCheck", "CreateConnection", "CreateSchedule", "UpdateSchedule"]


@CALM
@given(data=st.data())
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.rpc)
def test_no_input_breaks_it(route: Route, scene: Scene, data: DataObject) -> None:
    path = route.filled(*[escaped(data.draw(ids(route, scene))) for _ in route.variables])
    params = data.draw(query(route)) if data.draw(st.booleans()) else None
    response = scene.account.rest.request(
        route.method, path, params=params, json=data.draw(body(route)) if route.takes_body else None
    )
    unharmed(response)
    assert response.status_code < 500 or response.status_code in HONEST


@settings(CALM, max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize("rpc", GOOD)
def test_no_change_to_a_good_request_breaks_it(
    rpc: str, scene: Scene, catalogue: dict[str, Json], data: DataObject
) -> None:
    route = BY_RPC[rpc]
    fields = route.request.fields_by_name[route.body].message_type.fields_by_name
    changed = data.draw(st.lists(st.sampled_from(sorted(fields)), max_size=3))
    changes = {name: data.draw(value(fields[name], 0)) for name in changed if name not in KEPT}
    good = {"check": lambda: some_check(scene, catalogue, data), "connection": lambda: scene.connection_body}
    path = route.filled(
        *[{"check": scene.check, "schedule": scene.schedule}.get(route.body, "")] * len(route.variables)
    )
    body = good.get(route.body, scene.schedule_body)() | changes
    unharmed(scene.account.rest.request(route.method, path, json=body))


KEPT = {"target", "check_type", "type"}
"""Any change of these is refused before anything else is looked at."""


def some_check(scene: Scene, catalogue: dict[str, Json], data: DataObject) -> Json:
    """A check of any type with random parameters of the right names."""
    kind = catalogue[data.draw(st.sampled_from(sorted(catalogue)))]
    column = data.draw(st.sampled_from(["email", "birth_date", "latitude", "newsletter", "customer_id", "signup_at"]))

    def params(declared: list[Json]) -> Json:
        names = [parameter["name"] for parameter in declared]
        return data.draw(st.dictionaries(st.sampled_from(names), JSON, max_size=3)) if names else {}

    return check_body(
        scene.connection,
        column=column if kind["level"] == "LEVEL_COLUMN" else "",
        check_type=kind["name"],
        sensor_params=params(kind["sensor_parameters"]),
        thresholds={"error": params(kind["rule_parameters"])},
    )


@pytest.fixture(scope="module")
def catalogue(scene: Scene) -> dict[str, Json]:
    """Check types by name."""
    return {kind["name"]: kind for kind in pages(scene.account.rest, "/checks/types", "check_types")}


def unharmed(response: httpx.Response) -> None:
    """The answer is a success or says what is wrong with the request."""
    if not response.is_success and response.status_code not in HONEST:
        assert 400 <= response.status_code < 500, f"{response.status_code} {response.request.content!r} {response.text}"
        refused(response, response.status_code)


def test_the_platform_lives_on(scene: Scene) -> None:
    assert httpx.get(f"{scene.account.world.stack.gateway_url}/readyz").status_code == 200
    scene.account.world.stack.check()
