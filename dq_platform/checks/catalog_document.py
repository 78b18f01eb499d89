"""The catalogue as a document, from the registries: `python -m dq_platform.checks.catalog_document` prints it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.catalog_example import example
from dq_platform.checks.engines import engines_that_refuse, engines_that_run
from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamSpec
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.models.check import Mode, Thresholds
from dq_platform.models.metadata import DataType
from dq_platform.models.outcome import Severity
from dq_platform.models.table_sample import SampleMethod
from dq_platform.models.values import ParamValue

_HEAD = """\
# Catalogue of check types

Generated from the registries by `make gen`. `GET /api/v1/checks/types` answers the same of a running platform, plug-ins
included. A check type binds a sensor, which measures, to a rule, which judges; *severities* are what a check starts
from for each threshold; a check that names none has the default one alone. The JSON is a body for
`POST /api/v1/checks`.
"""

_SAMPLES = """\
## Samples

A check may ask to be measured on a sample of its table (`table_sample`: a method and a percent); without it all rows
are read. A sample is right for numbers that are about the same for any random part of the rows, however small: shares,
means, standard deviations, percentiles. Counts, sums, distinct and repeated values, least, greatest and newest values,
schemas and comparisons would be wrong; such a check type says *no* below, and a check of it with a sample is refused.
A percentage of 0 on a sample means that no row of the sample was bad.

Engines have methods of their own, or none:

"""

_RULES = """\
## Rules

A check type's rule judges what its sensor measured. `GET /api/v1/checks/rules` answers the same.
"""


def document() -> str:
    """The whole text in Markdown, a section for each category."""
    types = sorted(CHECK_REGISTRY.items(), key=lambda one: (one.category, one.level, one.name))
    sections = [_category(name, list(members)) for name, members in groupby(types, key=lambda one: one.category)]
    rules = ["\n".join([*_rule(one), ""]) for one in RULE_REGISTRY.items()]
    return "\n".join([_HEAD, f"{len(types)} check types.\n", *_samples(), *sections, _RULES, *rules])


def _samples() -> Iterator[str]:
    yield f"{_SAMPLES}| engine | row | block |\n|---|---|---|"
    for engine in ConnectorFactory.types():
        sampling = ConnectorFactory.get(engine).dialect.sampling
        kinds = [
            sorted(kind for one in sampling if one.method is method for kind in one.kinds) for method in SampleMethod
        ]
        yield f"| {engine} | " + " | ".join(", ".join(one).replace("_", " ") or "–" for one in kinds) + " |"
    yield ""


def _category(name: str, types: list[CheckType]) -> str:
    return "\n".join([f"## {name}\n", *("\n".join([*_section(one), ""]) for one in types)])


def _section(one: CheckType) -> Iterator[str]:
    sensor, rule = SENSOR_REGISTRY.get(one.sensor), RULE_REGISTRY.get(one.rule)
    needs = f"a column of type {_types(one.accepts)}" if one.level is Level.COLUMN else "a table"
    yield f"### {one.name}\n"
    yield f"{one.description}\n"
    yield f"- {one.level} level, {one.dimension}; looks at {needs}"
    yield f"- sensor `{one.sensor}`{_unit(sensor)}, rule `{one.rule}`{_other_rules(one)}"
    yield f"- modes: {', '.join(_mode(one, mode) for mode in one.modes)}"
    yield f"- engines: {', '.join(engines_that_run(sensor)) or 'none yet'}"
    yield from (f"  - not {engine}: {why}" for engine, why in engines_that_refuse(sensor).items())
    yield f"- error samples: {'yes' if one.has_error_samples else 'none, for it judges no single rows'}"
    yield f"- table sample: {f'no; {one.sample_refusal}' if one.sample_refusal else 'yes'}"
    yield from _parameters("sensor parameters", one.sensor_params)
    yield from _parameters("rule parameters", rule.params)
    yield f"- severities: {_severities(one, rule)}"
    yield f"\n```json\n{json.dumps(example(one), ensure_ascii=False)}\n```"


def _rule(one: RuleType) -> Iterator[str]:
    yield f"### {one.name}\n"
    yield f"{' '.join(one.description.split())}\n"
    if one.formula:
        yield f"- passes: {one.formula}"
    if one.history_points:
        least = f", of which {one.least_history} must have a value" if one.least_history else ""
        yield f"- looks at: {one.history_points} earlier period{'s' if one.history_points > 1 else ''}{least}"
    yield from _parameters("parameters", one.params)


def _unit(sensor: SensorType) -> str:
    return f" ({sensor.unit})" if sensor.unit else ""


def _types(accepted: frozenset[DataType]) -> str:
    return "any" if accepted == frozenset(DataType) else ", ".join(sorted(accepted))


def _other_rules(one: CheckType) -> str:
    return "".join(f"; in mode {mode} `{rule}`" for mode, rule in one.rules_by_mode.items())


def _mode(one: CheckType, mode: Mode) -> str:
    return f"{mode} ({', '.join(one.time_scales(mode))})"


def _parameters(title: str, specs: Iterable[ParamSpec]) -> Iterator[str]:
    lines = [f"  - `{spec.name}` ({', '.join(_facts(spec))}): {spec.description}" for spec in specs]
    yield from (f"- {title}:", *lines) if lines else ()


def _facts(spec: ParamSpec) -> Iterator[str]:
    yield spec.kind
    if spec.required:
        yield "required"
    if spec.default is not None:
        yield f"default {_json(spec.default)}"
    if spec.minimum is not None:
        yield f"at least {spec.minimum:g}"
    if spec.maximum is not None:
        yield f"at most {spec.maximum:g}"
    if spec.choices:
        yield f"one of {' '.join(spec.choices)}"


def _severities(one: CheckType, rule: RuleType) -> str:
    thresholds, _ = validate_thresholds(one, rule, {severity: dict(given) for severity, given in one.defaults.items()})
    listed = [
        f"{severity.name.lower()} {_json(dict(params))}"
        for severity in Severity
        if (params := _of(thresholds, severity))
    ]
    return "; ".join([*listed, f"default {one.default_severity.name.lower()}"])


def _of(thresholds: Thresholds, severity: Severity) -> dict[str, ParamValue]:
    return dict(thresholds.of(severity) or {})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(document())
