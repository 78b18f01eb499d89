"""Every reason that a status can carry is in the contract."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import dq_platform
import gateway.errors
from dq.v1 import error_pb2
from dq_platform.errors import DomainError, SourceProblem

ROOT = Path(__file__).parents[2]
PREFIX = "ERROR_REASON_"
REASON_AT = {"WrongState": 0, "DeliveryFailed": 0, "Problem": 1, "_status": 2, "_refused": 0}
"""Which argument of these calls is a reason."""
KIND_AT = {"NotFound": 0, "Registry": 0, "OwnedRows": 2, "existing_id": 0}
"""Which argument of these calls is a kind of thing that may not exist."""


def contract() -> set[str]:
    return {name.removeprefix(PREFIX) for name in error_pb2.ErrorReason.DESCRIPTOR.values_by_name} - {"UNSPECIFIED"}


def literals() -> Iterator[str]:
    """Reasons written out where they are raised, in the core, the services and the gateway."""
    for directory in ("dq_platform", "services", "gateway"):
        for path in sorted((ROOT / directory).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if (text := _text(node, REASON_AT.get(name))).isupper():
        yield text
    if text := _text(node, KIND_AT.get(name)):
        yield f"{text.upper().replace(' ', '_')}_NOT_FOUND"


def _text(node: ast.Call, place: int | None) -> str:
    argument = node.args[place] if place is not None and place < len(node.args) else None
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def classes() -> Iterator[str]:
    """Reasons that classes of errors have."""
    for module in pkgutil.walk_packages(dq_platform.__path__, "dq_platform."):
        importlib.import_module(module.name)
    kinds = [DomainError]
    while kinds:
        kind = kinds.pop()
        if kind.__module__.startswith("dq_platform."):
            yield kind.reason
        kinds += kind.__subclasses__()


def raised() -> set[str]:
    of_strangers = {reason for reason, _ in gateway.errors._FOREIGN.values()}
    return {*classes(), *literals(), *of_strangers, *(f"SOURCE_{problem}" for problem in SourceProblem)}


def test_every_reason_of_a_status_is_in_the_contract() -> None:
    assert raised() - contract() == set()


def test_reasons_are_found_where_they_are_raised() -> None:
    assert {"CONNECTION_IN_USE", "ROUTE_NOT_FOUND", "SENSOR_NOT_FOUND", "INCIDENT_NOT_FOUND", "DEADLINE"} <= raised()
