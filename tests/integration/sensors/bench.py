"""Measures one sensor on one engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from dq_platform.checks.params import validate_params
from dq_platform.checks.sensors.context import Wanted
from dq_platform.checks.sensors.measure import Measure, MetadataMeasure, QueryMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.sensors.render import SensorContext, TargetInfo, render, render_offending
from dq_platform.connectors.base import BaseConnector
from dq_platform.execution.scan import percent
from tests.integration.sensors.data import SCHEMA, TABLE


class Bench:
    def __init__(self, connector: BaseConnector) -> None:
        self.connector = connector
        self.dialect = connector.dialect
        self._columns = cache(lambda table: {one.name: one for one in connector.get_columns(SCHEMA, table)})

    def measure(
        self,
        sensor: str,
        column: str = "",
        params: Mapping[str, Any] | None = None,
        *,
        table: str = TABLE,
        where: str = "",
        keys: tuple[str, ...] = (),
        changed: int | None = None,
    ) -> Measure:
        context = self.context(sensor, column, params, table, where, keys)
        return render(SENSOR_REGISTRY.get(sensor), replace(context, changed_columns=changed))

    def context(
        self,
        sensor: str,
        column: str,
        params: Mapping[str, Any] | None,
        table: str,
        where: str,
        keys: tuple[str, ...] = (),
    ) -> SensorContext:
        kind = SENSOR_REGISTRY.get(sensor)
        complete, violations = validate_params(kind.params, params or {}, "params")
        assert violations == []
        columns = self._columns(table)
        return SensorContext(
            self.dialect, TargetInfo(SCHEMA, table, columns), columns.get(column), complete, where, keys
        )

    def offending(
        self,
        sensor: str,
        shown: Sequence[str],
        column: str = "",
        params: Mapping[str, Any] | None = None,
        *,
        table: str = TABLE,
        where: str = "",
        keys: tuple[str, ...] = (),
        id: str = "id",
    ) -> list[tuple[Any, ...]]:
        """Keys and the columns shown, as texts, of the rows that the sensor objects to."""
        columns = self._columns(table)
        wanted = Wanted(
            tuple(self.dialect.shown(self.dialect.ident(one), columns[one].data_type, 501) for one in shown),
            (self.dialect.ident(id),),
        )
        context = replace(self.context(sensor, column, params, table, where, keys), wanted=wanted)
        select = render_offending(SENSOR_REGISTRY.get(sensor), context)
        cells = [*(f"k{number}" for number in range(len(keys))), *(f"s{number}" for number in range(len(shown)))]
        rows = self.connector.execute(f"SELECT {', '.join(cells)} FROM ({self.dialect.limited(select, 51)}) part").rows
        return [tuple(row) for row in rows]

    def read(
        self, sensor: str, column: str = "", params: Mapping[str, Any] | None = None, **rest: Any
    ) -> tuple[Any, Any]:
        """The value and what the sensor expects it to be."""
        measure = self.measure(sensor, column, params, **rest)
        if isinstance(measure, MetadataMeasure):
            return measure.value, None
        [row] = self.rows(measure, rest.get("table", TABLE), rest.get("where", ""))
        return row[-2], row[-1]

    def rows(self, measure: Measure, table: str = TABLE, where: str = "") -> list[tuple[Any, ...]]:
        """Keys, value and expected value of each row."""
        if isinstance(measure, QueryMeasure):
            found = self.connector.execute(measure.select).rows
            return list(found) if measure.has_expected else [(*row, None) for row in found]
        assert not isinstance(measure, MetadataMeasure)
        condition = f" WHERE {where}" if where else ""
        select = f"SELECT {measure.value}, {measure.of or 'NULL'}, {measure.expected or 'NULL'}"
        [(value, of, expected)] = self.connector.execute(
            f"{select} FROM {self.dialect.table(SCHEMA, table)}{condition}"
        ).rows
        return [(percent(value, of) if measure.of else value, expected)]
