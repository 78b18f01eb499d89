from __future__ import annotations

import pytest

import dq.v1
from gateway.plans import Plans
from gateway.router import ContractError, build_router
from gateway.routes import discover
from tests.gateway.conftest import Compiled

FAULTS = [
    "NotAnnotated has no google.api.http annotation",
    "ClientStream streams from the client",
    "RepeatedPath binds the repeated field 'tags' to the path",
    "MessagePath binds the message field 'inner' to the path",
    "UnknownPath binds 'nope', which the request does not have",
    "NestedBody takes its body into the nested field 'inner.inner'",
    "RepeatedBody takes its body into the repeated field 'inners'",
    "UnknownBody takes its body into 'nope'",
    "PathBody takes its body into 'id', which the path binds",
    "GetBody gives GET a body",
    "UnknownResponse answers with 'nope'",
    "BadTemplate template '/a//b' has a bad segment ''",
    "CustomKind uses the pattern custom",
    "DeepBinding nests additional_bindings",
    "Same: GET /same/* is as specific as /same/{id}",
]


def test_every_fault_of_a_contract_is_in_one_error(compiled: Compiled) -> None:
    services = list(compiled.broken.DESCRIPTOR.services_by_name.values())
    with pytest.raises(ContractError) as caught:
        build_router(services, Plans())
    lines = str(caught.value).splitlines()[1:]
    assert len(lines) == len(FAULTS)
    assert [fault for fault in FAULTS if fault not in str(caught.value)] == []


def test_every_method_of_the_contract_is_annotated_and_reachable() -> None:
    services = discover(dq.v1)
    router = build_router(services, Plans())
    methods = {method.full_name for service in services for method in service.methods}
    assert methods
    assert {route.rpc.name for route in router.routes} == methods


def test_reads_may_be_repeated_and_writes_may_not() -> None:
    router = build_router(discover(dq.v1), Plans())
    idempotent = {route.rpc.descriptor.name: route.rpc.idempotent for route in router.routes}
    assert idempotent["GetCheck"]
    assert not idempotent["RunCheck"]
