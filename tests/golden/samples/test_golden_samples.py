"""The SELECT of every sensor's offending rows on every engine, as files: DQ_REWRITE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot

from dq_platform.checks.sensors.context import Wanted
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.checks.sensors.render import render_offending
from tests.dialects import DIALECTS
from tests.golden.sql.test_golden_sql import COLUMNS, context_of, name_of

HERE = Path(__file__).parent
JUDGING = [sensor for sensor in SENSOR_REGISTRY.items() if sensor.judges_rows]
ON_ENGINES = [
    (engine, sensor)
    for engine, dialect in DIALECTS.items()
    for sensor in JUDGING
    if sensor.needs <= dialect.capabilities
]


def offending(sensor: SensorType, engine: str, keys: tuple[str, ...] = ()) -> str:
    """At most three rows, of which every column is shown."""
    dialect = DIALECTS[engine]
    shown = tuple(dialect.shown(dialect.ident(one.name), one.data_type, 11) for one in COLUMNS.values())
    wanted = Wanted(shown, (dialect.ident('we"ird'), dialect.ident("select")))
    select = render_offending(sensor, replace(context_of(sensor, dialect, keys), wanted=wanted))
    return f"{dialect.limited(select, 3)}\n"


@pytest.mark.parametrize(("engine", "sensor"), ON_ENGINES, ids=name_of)
def test_the_sql_of_offending_rows_is_the_reviewed_one(sensor: SensorType, engine: str) -> None:
    sql = offending(sensor, engine)
    path = HERE / engine / f"{sensor.name}.sql"
    if os.environ.get("DQ_REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sql.encode())
    assert path.read_bytes().decode() == sql


@pytest.mark.parametrize("keys", [(), ("CASE WHEN 1 = 1 THEN 0 END",)], ids=["one result", "several"])
@pytest.mark.parametrize(("engine", "sensor"), ON_ENGINES, ids=name_of)
def test_the_sql_of_offending_rows_is_one_statement_of_the_engines_grammar(
    sensor: SensorType, keys: tuple[str, ...], engine: str
) -> None:
    [tree] = sqlglot.parse(offending(sensor, engine, keys), read=DIALECTS[engine].sqlglot)
    assert isinstance(tree, sqlglot.exp.Query)
    assert not list(tree.find_all(sqlglot.exp.Command))


@pytest.mark.parametrize("engine", DIALECTS)
def test_there_is_no_file_of_a_sensor_that_judges_no_rows(engine: str) -> None:
    assert {path.stem for path in (HERE / engine).glob("*.sql")} == {
        sensor.name for name, sensor in ON_ENGINES if name == engine
    }
