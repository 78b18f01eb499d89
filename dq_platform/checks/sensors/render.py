"""Sensors turned into what to measure: the only place where a template meets a table, a column and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace

from dq_platform.checks.level import Level
from dq_platform.checks.sensors.context import SensorContext, TargetInfo
from dq_platform.checks.sensors.fragments import ColumnFragment, column_fragment, param_fragment
from dq_platform.checks.sensors.measure import Measure
from dq_platform.checks.sensors.patterns import pattern_literals
from dq_platform.checks.sensors.registry import SensorType
from dq_platform.checks.sensors.vocabulary import Vocabulary
from dq_platform.errors import Invalid

__all__ = ["SensorContext", "TargetInfo", "render", "render_offending"]


def render(sensor: SensorType, context: SensorContext) -> Measure:
    """What the sensor asks for.

    Raises Invalid if a column that it needs does not exist, ValueError if its template cannot be rendered.
    """
    measure, _ = _rendered(sensor, context)
    return measure


def render_offending(sensor: SensorType, context: SensorContext) -> str:
    """A SELECT of the rows that the sensor objects to, empty if it judges no single rows.

    Its columns are the context's keys (k0, k1 …), then what it wants to see of a row (s0, s1 …). Raises as `render`.
    """
    _, offending = _rendered(sensor, context)
    return offending


def _rendered(sensor: SensorType, context: SensorContext) -> tuple[Measure, str]:
    if sensor.level is Level.COLUMN and context.column is None and not sensor.metadata:
        raise Invalid.one("check.target.column_name", "The column does not exist.", "COLUMN_NOT_FOUND")
    words = Vocabulary(context, _column(context), column_alone=sensor.column_alone)
    text = _said(sensor.template, _names(sensor, context, words))
    if text.strip() or words.measure is None:
        message = f"sensor {sensor.name!r} must say scan(...), query(...) or metadata(...) once, and nothing else"
        raise ValueError(message)
    return words.measure, words.offending


def _names(sensor: SensorType, context: SensorContext, words: Vocabulary) -> dict[str, object]:
    """What a template can say: the dialect, the column, its parameters, and the helpers of `Vocabulary`."""
    dialect, given = context.dialect, context.params
    specs = [spec for spec in sensor.params if spec.name in given]
    names: dict[str, object] = {
        "d": dialect,
        "p": SimpleNamespace(**{spec.name: param_fragment(spec, given[spec.name], context) for spec in specs}),
        "choice": SimpleNamespace(**{spec.name: given[spec.name] for spec in specs if spec.choices}),
        "table": dialect.table(context.table.schema, context.table.table),
        "column_exists": context.column is not None,
        "column_count": len(context.table.columns),
        "changed_columns": context.changed_columns,
        "own_columns": lambda: [column_fragment(dialect, column) for column in context.table.columns.values()],
        "pattern": pattern_literals(dialect),
    }
    if context.column is not None:
        col = column_fragment(dialect, context.column)
        names |= {"col": col, "text": dialect.as_text(col), "value": words.exact(col)}
    return names | words.helpers()


def _column(context: SensorContext) -> ColumnFragment | None:
    return None if context.column is None else column_fragment(context.dialect, context.column)


def _said(template: str, names: Mapping[str, object]) -> str:
    text: str = import_module("dq_platform.checks.sensors.templates").say(template, names)
    return text
