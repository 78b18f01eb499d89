"""The check types that the product knows, by name."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.registry import Registry
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY


def _load() -> Iterator[CheckType]:
    """What the files of this package declare as CHECKS, each with a description."""
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(import_module(package).__path__):
        declared = vars(import_module(f"{package}.{module.name}")).get("CHECKS", ())
        yield from (_described(check) for check in declared)


def _described(check: CheckType) -> CheckType:
    """The declaration's own description, or what the sensor measures and when the rule fails."""
    texts = [SENSOR_REGISTRY.get(check.sensor).description, RULE_REGISTRY.get(check.rule).description]
    texts += [
        f"In the mode {mode}: {RULE_REGISTRY.get(rule).description}" for mode, rule in check.rules_by_mode.items()
    ]
    return check if check.description else replace(check, description=" ".join(" ".join(texts).split()))


CHECK_REGISTRY: Registry[CheckType] = Registry("check type", _load)
