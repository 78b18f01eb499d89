"""Measures one sensor on one engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from dq_platform.checks.params import validate_params
from dq_platform.checks.sensors.measure import Measure, MetadataMeasure, QueryMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.sensors.render import SensorContext, TargetInfo, render
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
        kind = SENSOR_REGISTRY.get(sensor)
        if lacking := kind.needs - self.dialect.capabilities:
            pytest.skip(f"the engine declares that it has no {', '.join(lacking)}")
        complete, violations = validate_params(kind.params, params or {}, "params")
        assert violations == []
        columns = self._columns(table)
        target = TargetInfo(SCHEMA, table, columns)
        context = SensorContext(self.dialect, target, columns.get(column), complete, where, keys, changed)
        return render(kind, context)

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
