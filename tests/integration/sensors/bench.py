"""Measures one sensor on one engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest

from dq_platform.checks.params import validate_params
from dq_platform.checks.sensors.context import Wanted
from dq_platform.checks.sensors.measure import Measure, MetadataMeasure, QueryMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.sensors.render import SensorContext, TargetInfo, render, render_offending
from dq_platform.checks.sql_text import parse_query
from dq_platform.connectors.base import BaseConnector
from dq_platform.connectors.dialect import Fragment
from dq_platform.execution.scan import percent
from dq_platform.models.metadata import ColumnInfo
from tests.integration.sensors.data import COLUMNS, SCHEMA, TABLE

# Parameters that name tables and columns.
_NAMES = re.compile("table|column")


class Bench:
    """Speaks of tables and columns by the names in `data`; `rename` gives those that the engine allows.

    `empty_is_null` tells that it makes NULL of an empty text, `slow` which sensors' rows take its stand-in very long,
    `lacks` which cases only the engine itself passes, not
    what stands in for it, and why.
    """

    empty_is_null = False
    lacks: Mapping[str, str] = MappingProxyType({})
    slow: Mapping[str, str] = MappingProxyType({})

    def __init__(self, connector: BaseConnector, rename: Callable[[str], str] = str) -> None:
        self.connector = connector
        self.dialect = connector.dialect
        self.rename = rename
        self.schema = rename(SCHEMA)
        self._columns = cache(lambda table: {one.name: one for one in connector.get_columns(self.schema, table)})

    def ident(self, name: str) -> Fragment:
        return self.dialect.ident(self.rename(name))

    def query(self, sql: str, table: str) -> str:
        """A user's query of the table, as a parameter."""
        columns = [self.rename(column) for column in COLUMNS]
        return parse_query(sql, self.dialect.sqlglot, columns, (self.schema, self.rename(table)))

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
        if lacking := kind.needs - self.dialect.capabilities:
            pytest.skip(f"the engine declares that it has no {', '.join(lacking)}")
        complete, violations = validate_params(kind.params, self._renamed(params or {}), "params")
        assert violations == []
        columns = self._columns(self.rename(table))
        target = TargetInfo(self.schema, self.rename(table), columns)
        return SensorContext(self.dialect, target, columns.get(self.rename(column)), complete, where, keys)

    def column(self, name: str, table: str = TABLE) -> ColumnInfo | None:
        found: ColumnInfo | None = self._columns(self.rename(table)).get(self.rename(name))
        return found

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
        columns = self._columns(self.rename(table))
        chosen = [columns[self.rename(one)] for one in shown]
        wanted = Wanted(
            tuple(self.dialect.shown(self.dialect.ident(one.name), one.data_type, 501) for one in chosen),
            (self.dialect.ident(self.rename(id)),),
        )
        context = replace(self.context(sensor, column, params, table, where, keys), wanted=wanted)
        select = render_offending(SENSOR_REGISTRY.get(sensor), context)
        cells = [*(f"k{number}" for number in range(len(keys))), *(f"s{number}" for number in range(len(shown)))]
        rows = self.connector.execute(f"SELECT {', '.join(cells)} FROM ({self.dialect.limited(select, 51)}) part").rows
        return [tuple(row) for row in rows]

    def _renamed(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._rename_in(value) if _NAMES.search(name) else value for name, value in params.items()}

    def _rename_in(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._rename_in(one) for one in value]
        if not value.startswith('"'):
            return self.rename(value)
        return ".".join(f'"{self.rename(part)}"' for part in value.strip('"').split('"."'))

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
            f"{select} FROM {self.dialect.table(self.schema, self.rename(table))}{condition}"
        ).rows
        return [(percent(value, of) if measure.of else value, expected)]
