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
from dq_platform.checks.thresholds import validate_thresholds


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


def _complete(check: CheckType) -> CheckType:
    """A plug-in's check type with its description. Raises ValueError if its parts are not there or do not fit."""
    faults = [*_unknown_parts(check)] or [*_misfits(check)]
    if faults:
        message = f"the check type {check.name!r}: {'; '.join(faults)}"
        raise ValueError(message)
    return _described(check)


def _unknown_parts(check: CheckType) -> Iterator[str]:
    if SENSOR_REGISTRY.find(check.sensor) is None:
        yield f"there is no sensor {check.sensor!r}{SENSOR_REGISTRY.hint(check.sensor)}"
    for rule in {check.rule, *check.rules_by_mode.values()}:
        if RULE_REGISTRY.find(rule) is None:
            yield f"there is no rule {rule!r}{RULE_REGISTRY.hint(rule)}"


def _misfits(check: CheckType) -> Iterator[str]:
    sensor = SENSOR_REGISTRY.get(check.sensor)
    if not check.category:
        yield "it has no category"
    if sensor.level is not check.level:
        yield f"the sensor {sensor.name!r} measures a {sensor.level}, not a {check.level}"
    if check.drift is not None and not sensor.metadata:
        yield f"the sensor {sensor.name!r} reads rows, which have no baseline"
    for name in check.fixed.keys() - {spec.name for spec in sensor.params}:
        yield f"the sensor {sensor.name!r} has no parameter {name!r} to fix"
    if check.defaults:
        given = {severity: dict(params) for severity, params in check.defaults.items()}
        _, violations = validate_thresholds(check, RULE_REGISTRY.get(check.rule), given)
        yield from (f"{violation.field}: {violation.description}" for violation in violations)


CHECK_REGISTRY: Registry[CheckType] = Registry("check type", _load, CheckType, _complete)
