"""A check of each type, as an example of what to send."""

from __future__ import annotations

from collections.abc import Mapping

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.models.check import Mode
from dq_platform.models.metadata import DataType
from dq_platform.models.values import ParamValue

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
    ParamKind.MOMENT: "2026-01-31",
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
    ParamKind.SEVERITY_QUERY: "SELECT CASE WHEN COUNT(*) > 10 THEN 2 ELSE 0 END AS severity, COUNT(*) AS actual_value "
    "FROM public.orders WHERE country IS NULL",
}


def example(one: CheckType) -> dict[str, object]:
    """A body for `POST /api/v1/checks` that holds what is required, and one threshold where the rule takes any."""
    rule = RULE_REGISTRY.get(one.rule)
    target = {"connection_id": _EXAMPLES[ParamKind.CONNECTION], "schema_name": "public", "table_name": "orders"}
    if one.level is Level.COLUMN:
        target["column_name"] = _column(one.accepts)
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
