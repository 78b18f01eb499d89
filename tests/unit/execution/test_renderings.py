from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.checks.level import Level
from dq_platform.checks.sensors.context import SensorContext, TargetInfo
from dq_platform.checks.sensors.measure import Measure, ScanMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType, parse_sensor
from dq_platform.checks.sensors.render import render
from dq_platform.execution.renderings import Renderings
from dq_platform.models.metadata import ColumnInfo, DataType
from dq_platform.models.values import Params
from tests.dialects import DIALECTS
from tests.golden.sql.test_golden_sql import value_of

NAMES = ("plain", 'we"ird', "back`tick", "[it's]", "größe\\", "{{ col }}", "select")
POSTGRESQL = DIALECTS["postgresql"]


def columns(data_type: DataType) -> dict[str, ColumnInfo]:
    return {name: ColumnInfo(name, place, "x", data_type) for place, name in enumerate(NAMES, 1)}


def asked(sensor: SensorType, context: SensorContext) -> tuple[list[Measure], list[Measure]]:
    """What is asked of each column: by one plan's renderings, and by a rendering for each."""
    contexts = [replace(context, column=column) for column in context.table.columns.values()]
    together = Renderings(context.dialect)
    return [together.measure(sensor, one) for one in contexts], [render(sensor, one) for one in contexts]


def context_of(sensor: SensorType, engine: str, keys: tuple[str, ...] = ()) -> SensorContext:
    known = columns(min(sensor.accepts))
    own = {"column": "plain", "column_list": ("plain", "select")}
    params = {spec.name: own.get(spec.kind) or value_of(spec) for spec in sensor.params}
    return SensorContext(DIALECTS[engine], TargetInfo("s", "t", known), None, params, where="1 = 1", keys=keys)


@pytest.mark.parametrize("engine", DIALECTS)
@pytest.mark.parametrize("keys", [(), ('"period"', '"größe"')])
def test_every_sensor_asks_of_every_column_what_it_asks_of_it_alone(engine: str, keys: tuple[str, ...]) -> None:
    for sensor in SENSOR_REGISTRY.items():
        if sensor.needs <= DIALECTS[engine].capabilities and sensor.level is Level.COLUMN:
            together, alone = asked(sensor, context_of(sensor, engine, keys))
            assert list(map(repr, together)) == list(map(repr, alone)), sensor.name


@pytest.mark.parametrize(
    "words",
    [
        "MAX({{ col }})",
        "MAX({{ d.text(col) }})",
        "MAX({{ col|upper }})",
        "MAX({{ col|length }})",
        "{% if 'plain' in col %}1{% else %}2{% endif %}",
        "{% for own in own_columns() %}{{ own }}{% endfor %}",
    ],
)
def test_a_template_may_do_with_a_name_what_it_likes(words: str) -> None:
    source = '{# description = "x" #}\n{% set said %}' + words + "{% endset %}{{ scan(said) }}"
    sensor = parse_sensor("own", Level.COLUMN, source)
    together, alone = asked(sensor, SensorContext(POSTGRESQL, TargetInfo("s", "t", columns(DataType.TEXT))))
    assert together == alone


def test_a_column_is_rendered_by_a_stencil_and_not_again() -> None:
    sensor = SENSOR_REGISTRY.get("null_count")
    known = columns(DataType.TEXT)
    together = Renderings(POSTGRESQL)
    for column in known.values():
        together.measure(sensor, SensorContext(POSTGRESQL, TargetInfo("s", "t", known), column))
    [found] = together.asked.values()
    assert isinstance(found.stencil, ScanMeasure)
    assert len(together.asked) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [({"limit": 1}, {"limit": 1.0}), ({"limit": 1}, {"limit": True}), ({"limit": "a"}, {"limit": "b"})],
)
def test_other_parameters_ask_for_something_else(first: Params, second: Params) -> None:
    source = '{# description = "x"\n params.limit = {type = "text"} #}{{ scan(col ~ p.limit) }}'
    sensor = parse_sensor("own", Level.COLUMN, source)
    table = TargetInfo("s", "t", columns(DataType.TEXT))
    together = Renderings(POSTGRESQL)
    for column in table.columns.values():
        for params in (first, second):
            context = SensorContext(POSTGRESQL, table, column, params)
            assert together.measure(sensor, context) == render(sensor, context)
