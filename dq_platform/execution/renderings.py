"""What sensors ask of a table's columns: rendered once for columns that differ in nothing but their names."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from dq_platform.checks.sensors.context import SensorContext
from dq_platform.checks.sensors.measure import Measure, QueryMeasure, ScanMeasure
from dq_platform.checks.sensors.registry import SensorType
from dq_platform.checks.sensors.render import render
from dq_platform.connectors.dialect import Dialect
from dq_platform.models.metadata import DataType

HOLE = "\x00"
"""Stands for a column's name. No engine has such a name, nothing that we store has this character, and no literal."""


@dataclass(slots=True)
class _Asked:
    """What was asked of the first column, and of one named HOLE: None if not `tried`, or if it will not do."""

    name: str
    measure: Measure
    tried: bool = False
    stencil: Measure | None = None


@dataclass(frozen=True, slots=True)
class Renderings:
    """The measures of one plan: its sensors' contexts have the dialect and the table in common."""

    dialect: Dialect
    asked: dict[Hashable, _Asked] = field(default_factory=dict)

    def measure(self, sensor: SensorType, context: SensorContext) -> Measure:
        """What `render` gives, and raises. The second column of a kind makes the stencil for those that follow.

        A template may do more with a name than write it. So the stencil has to give what the first column got;
        otherwise each column is rendered by itself.
        """
        column = context.column
        if column is None:
            return render(sensor, context)
        kind = _kind(sensor, context, column.data_type)
        known = self.asked.get(kind)
        if known is None:
            measure = render(sensor, context)
            self.asked[kind] = _Asked(column.name, measure)
            return measure
        if not known.tried:
            unnamed = replace(context, column=replace(column, name=HOLE))
            known.stencil, known.tried = self._stencil(sensor, unnamed, known), True
        return self._filled(known.stencil, column.name) if known.stencil else render(sensor, context)

    def _stencil(self, sensor: SensorType, unnamed: SensorContext, known: _Asked) -> Measure | None:
        try:
            stencil = render(sensor, unnamed)
        except ValueError:  # such as that no literal holds the name
            return None
        return stencil if repr(self._filled(stencil, known.name)) == repr(known.measure) else None

    def _filled(self, stencil: Measure, name: str) -> Measure:
        hole, ident = self.dialect.ident(HOLE), self.dialect.ident(name)
        if isinstance(stencil, ScanMeasure):
            return _scan(stencil, hole, ident)
        if isinstance(stencil, QueryMeasure):
            return replace(stencil, select=stencil.select.replace(hole, ident))
        return stencil


def _scan(stencil: ScanMeasure, hole: str, ident: str) -> ScanMeasure:
    return ScanMeasure(
        stencil.value.replace(hole, ident),
        stencil.of.replace(hole, ident),
        stencil.expected.replace(hole, ident),
        _scan(stencil.by_value, hole, ident) if stencil.by_value else None,
        stencil.effort,
    )


def _kind(sensor: SensorType, context: SensorContext, data_type: DataType) -> Hashable:
    """All that a template may look at but the column's name. The parameters' types count: 1 is not written as 1.0."""
    return (
        sensor.name,
        data_type,
        repr(context.params),
        context.where,
        context.keys,
        context.changed_columns,
        context.sampled,
    )
