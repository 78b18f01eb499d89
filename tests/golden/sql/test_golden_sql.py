"""The SQL of every sensor on every engine, as files to read and to review: DQ_REWRITE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from collections.abc import Set
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.sensors.measure import Measure, MetadataMeasure, QueryMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.checks.sensors.render import SensorContext, TargetInfo, render
from dq_platform.connectors.dialect import Dialect
from dq_platform.models.metadata import ColumnInfo, DataType
from dq_platform.models.values import ValueKind
from tests.dialects import DIALECTS

HERE = Path(__file__).parent
SENSORS = SENSOR_REGISTRY.items()
ON_ENGINES = [(engine, sensor) for engine, dialect in DIALECTS.items() for sensor in SENSORS]
ASKING = [
    (engine, sensor)
    for engine, sensor in ON_ENGINES
    if sensor.needs <= DIALECTS[engine].capabilities and not sensor.metadata
]
COLUMNS = {
    name: ColumnInfo(name, position, data_type.value, data_type)
    for position, (name, data_type) in enumerate(
        [
            ('we"ird', DataType.TEXT),
            ("back`tick", DataType.INTEGER),
            ("it's", DataType.BOOLEAN),
            ("select", DataType.TIMESTAMP_TZ),
            ("größe", DataType.DATE),
        ],
        1,
    )
}
VALUES: dict[ParamKind, Any] = {
    ParamKind.INT: 7,
    ParamKind.FLOAT: 0.25,
    ParamKind.REGEX: "^it's\\.$",
    ParamKind.TEXT_LIST: ("it's", "back\\slash", "😀"),
    ParamKind.NUMBER_LIST: (1, 2.5),
    ParamKind.OTHER_COLUMN: 'o"the`r',
    ParamKind.TABLE: '"sche.ma"."ta`ble"',
    ParamKind.SQL_CONDITION: "1 = 1",
    ParamKind.SQL_EXPRESSION: "COUNT(*)",
    ParamKind.SQL_QUERY: "SELECT 1",
    ParamKind.SEVERITY_QUERY: "SELECT 2 AS severity",
    ParamKind.COLUMN_LIST: ('we"ird', "back`tick"),
}
TABLES = {"ta ble", "ta`ble"}
"""The checked table and the one that parameters name: no sensor reads any other, least of all one of our store."""
BY_NAME = {"event_timestamp_column": "select", "ingestion_timestamp_column": "größe"}


def value_of(spec: ParamSpec) -> Any:
    return BY_NAME.get(spec.name) or (VALUES[spec.kind] if spec.default is None else spec.default)


ANY = frozenset(DataType)


def context_of(
    sensor: SensorType, dialect: Dialect, keys: tuple[str, ...] = (), types: Set[DataType] = ANY
) -> SensorContext:
    column = next(column for column in COLUMNS.values() if column.data_type in sensor.accepts & types)
    return SensorContext(
        dialect,
        TargetInfo("sch'ema", "ta ble", COLUMNS),
        column,
        {spec.name: value_of(spec) for spec in sensor.params},
        where="1 = 1",
        keys=keys,
    )


def rendered(sensor: SensorType, dialect: Dialect, keys: tuple[str, ...] = (), types: Set[DataType] = ANY) -> Measure:
    return render(sensor, context_of(sensor, dialect, keys, types))


def statement(measure: Measure) -> str:
    """What would be sent if the sensor were alone."""
    if isinstance(measure, MetadataMeasure):
        return f"-- known without asking: {measure.value}\n"
    if isinstance(measure, QueryMeasure):
        return f"{measure.select}\n"
    cells = [("value", measure.value), ("of", measure.of), ("expected", measure.expected)]
    return "SELECT\n" + ",\n".join(f"  {sql} AS {name}" for name, sql in cells if sql) + "\n"


def name_of(value: object) -> str:
    return value.name if isinstance(value, SensorType) else str(value)


def reviewed(sensor: SensorType, engine: str) -> str:
    dialect = DIALECTS[engine]
    if missing := sensor.needs - dialect.capabilities:
        return f"-- refused, because the engine lacks: {', '.join(sorted(missing))}\n"
    if not sensor.keeps_type:
        return statement(rendered(sensor, dialect))
    variants = {kind: statement(rendered(sensor, dialect, types=sensor.accepted_by({kind}))) for kind in ValueKind}
    return "".join(f"-- of a {kind}\n{sql}" for kind, sql in variants.items())


@pytest.mark.parametrize(("engine", "sensor"), ON_ENGINES, ids=name_of)
def test_a_sensors_sql_is_the_reviewed_one(sensor: SensorType, engine: str) -> None:
    sql = reviewed(sensor, engine)
    path = HERE / engine / f"{sensor.name}.sql"
    if os.environ.get("DQ_REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sql.encode())
    assert path.read_bytes().decode() == sql


@pytest.mark.parametrize("keys", [(), ("CAST('2024-01-01' AS DATE)", "'a tag'")], ids=["whole", "keyed"])
@pytest.mark.parametrize(
    ("engine", "sensor", "kind"),
    [(engine, sensor, kind) for engine, sensor in ASKING for kind in (ValueKind if sensor.keeps_type else ("any",))],
    ids=name_of,
)
def test_a_sensors_sql_is_one_statement_of_the_engines_grammar(
    sensor: SensorType, keys: tuple[str, ...], kind: ValueKind | str, engine: str
) -> None:
    dialect = DIALECTS[engine]
    types = sensor.accepted_by({kind}) if isinstance(kind, ValueKind) else sensor.accepts
    [tree] = sqlglot.parse(statement(rendered(sensor, dialect, keys, types)), read=dialect.sqlglot)
    assert isinstance(tree, sqlglot.exp.Query)
    assert not list(tree.find_all(sqlglot.exp.Command))
    assert {table.name for table in tree.find_all(sqlglot.exp.Table)} <= TABLES


@pytest.mark.parametrize("keys", [(), ("k",)], ids=["whole", "keyed"])
@pytest.mark.parametrize("sensor", [one for engine, one in ASKING if engine == "oracle"], ids=name_of)
def test_no_table_has_its_alias_after_as_which_oracle_refuses(sensor: SensorType, keys: tuple[str, ...]) -> None:
    sql = statement(rendered(sensor, DIALECTS["oracle"], keys))
    aliases = {alias.name for alias in sqlglot.parse_one(sql, read="oracle").find_all(sqlglot.exp.TableAlias)}
    assert [alias for alias in aliases if f" AS {alias}" in sql] == []


@pytest.mark.parametrize("engine", DIALECTS)
def test_there_is_no_file_of_a_sensor_that_is_gone(engine: str) -> None:
    assert {path.stem for path in (HERE / engine).glob("*.sql")} == {sensor.name for sensor in SENSORS}
