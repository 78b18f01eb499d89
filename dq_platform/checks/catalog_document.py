"""The catalogue as a document, from the registries: `python -m dq_platform.checks.catalog_document` prints it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.models.check import Mode, Thresholds
from dq_platform.models.metadata import DataType
from dq_platform.models.outcome import Severity
from dq_platform.models.values import ParamValue

_HEAD = """\
# Catalogue of check types

Generated from the registries by `make gen`. `GET /api/v1/checks/types` answers the same of a running platform, plug-ins
included. A check type binds a sensor, which measures, to a rule, which judges; *severities* are what a check starts
from for each threshold; a check that names none has the default one alone. The JSON is a body for
`POST /api/v1/checks`.
"""

COLUMNS: Mapping[DataType, str] = {
    DataType.TEXT: "country",
    DataType.DECIMAL: "amount",
    DataType.DATE: "placed_on",
    DataType.BOOLEAN: "paid",
}
"""The columns that the examples speak of."""

_EXAMPLES: Mapping[ParamKind, ParamValue] = {
    ParamKind.INT: 10,
    ParamKind.FLOAT: 10,
    ParamKind.PERCENT: 5,
    ParamKind.BOOL: True,
    ParamKind.TEXT: "a",
    ParamKind.TEXT_LIST: ("a", "b"),
    ParamKind.NUMBER_LIST: (1, 2),
    ParamKind.DATE: "2026-01-31",
    ParamKind.REGEX: "^[A-Z]{2}$",
    ParamKind.COLUMN_LIST: ("country", "placed_on"),
    ParamKind.TABLE: "countries",
    ParamKind.CONNECTION: "0197a3b0-2c1d-7e4f-8a5b-6c7d8e9f0a1b",
    ParamKind.OTHER_SCHEMA: "public",
    ParamKind.OTHER_TABLE: "orders_copy",
    ParamKind.OTHER_CONDITION: "amount > 0",
    ParamKind.SQL_CONDITION: "amount >= 0",
    ParamKind.SQL_EXPRESSION: "SUM(amount) / COUNT(*)",
    ParamKind.SQL_QUERY: "SELECT amount FROM public.orders WHERE amount < 0",
}


def document() -> str:
    """The whole text in Markdown, a section for each category."""
    types = sorted(CHECK_REGISTRY.items(), key=lambda one: (one.category, one.level, one.name))
    sections = [_category(name, list(members)) for name, members in groupby(types, key=lambda one: one.category)]
    return "\n".join([_HEAD, f"{len(types)} check types.\n", *sections])


def _category(name: str, types: list[CheckType]) -> str:
    return "\n".join([f"## {name}\n", *("\n".join([*_section(one), ""]) for one in types)])


def _section(one: CheckType) -> Iterator[str]:
    sensor, rule = SENSOR_REGISTRY.get(one.sensor), RULE_REGISTRY.get(one.rule)
    needs = f"a column of type {_types(sensor.accepts)}" if one.level is Level.COLUMN else "a table"
    engines = [
        name for name in ConnectorFactory.types() if sensor.needs <= ConnectorFactory.get(name).dialect.capabilities
    ]
    yield f"### {one.name}\n"
    yield f"{one.description}\n"
    yield f"- {one.level} level, {one.dimension}; looks at {needs}"
    yield f"- sensor `{one.sensor}`, rule `{one.rule}`{_other_rules(one)}"
    yield f"- modes: {', '.join(_mode(one, mode) for mode in one.modes)}"
    yield f"- engines: {', '.join(engines) or 'none yet'}"
    yield f"- error samples: {'yes' if one.has_error_samples else 'none, for it judges no single rows'}"
    yield from _parameters("sensor parameters", one.sensor_params)
    yield from _parameters("rule parameters", rule.params)
    yield f"- severities: {_severities(one, rule)}"
    yield f"\n```json\n{json.dumps(example(one), ensure_ascii=False)}\n```"


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


def example(one: CheckType) -> dict[str, object]:
    """A body for `POST /api/v1/checks` that holds what is required, and one threshold where the rule takes any."""
    rule = RULE_REGISTRY.get(one.rule)
    target = {"connection_id": _EXAMPLES[ParamKind.CONNECTION], "schema_name": "public", "table_name": "orders"}
    if one.level is Level.COLUMN:
        target["column_name"] = _column(SENSOR_REGISTRY.get(one.sensor).accepts)
    body: dict[str, object] = {"target": target, "check_type": one.name}
    if Mode.MONITORING not in one.modes:
        body |= {"mode": f"MODE_{one.modes[0].upper()}"}
        body |= {"partition_column": "placed_on"} if one.modes[0] is Mode.PARTITIONED else {}
    required = {spec.name: _value(spec) for spec in one.sensor_params if spec.required}
    body |= {"sensor_params": required} if required else {}
    params = _threshold(one, rule)
    return body | ({"thresholds": {one.default_severity.name.lower(): params}} if params else {})


def _threshold(one: CheckType, rule: RuleType) -> dict[str, ParamValue]:
    given = dict(one.defaults.get(one.default_severity, {}))
    if given:
        return given
    required = {spec.name: _value(spec) for spec in rule.params if spec.required}
    return required or {spec.name: _value(spec) for spec in rule.params}


def _value(spec: ParamSpec) -> ParamValue:
    if spec.default is not None:
        return spec.default
    if spec.choices:
        return spec.choices[0]
    if spec.kind in (ParamKind.COLUMN, ParamKind.OTHER_COLUMN):
        return _column(spec.accepts)
    if spec.kind in (ParamKind.INT, ParamKind.FLOAT) and spec.name.startswith(("min", "from")):
        return 1
    return 0.5 if spec.maximum == 1 else _EXAMPLES[spec.kind]


def _column(accepted: frozenset[DataType]) -> str:
    return next(name for data_type, name in COLUMNS.items() if data_type in accepted)


if __name__ == "__main__":
    sys.stdout.write(document())
