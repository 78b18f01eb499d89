from __future__ import annotations

import pytest

from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamKind
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, TYPE_GROUPS, SensorType, parse_sensor
from dq_platform.connectors.dialect import Capability

SOURCE = """{# description = "Share of texts shorter than min_length."
   accepts = ["text"]
   needs = ["regex"]
   params.min_length = {type = "int", minimum = 0, default = 5}
   params.columns = {type = "column_list", optional = true}
   params.format = {type = "text", choices = ["a", "b"]} #}
{{ scan("COUNT(*)") }}
"""


def test_a_header_says_everything_of_a_sensor() -> None:
    sensor = parse_sensor("short", Level.COLUMN, SOURCE)
    assert (sensor.name, sensor.description) == ("short", "Share of texts shorter than min_length.")
    assert (sensor.accepts, sensor.needs) == (TYPE_GROUPS["text"], {Capability.REGEX})
    length, columns, form = sensor.params
    assert (length.kind, length.minimum, length.default, length.required) == (ParamKind.INT, 0, 5, False)
    assert (columns.required, columns.default) == (False, None)
    assert (form.required, form.choices) == (True, ("a", "b"))


@pytest.mark.parametrize(
    "source",
    [
        "{{ scan(1) }}",
        "{# description = 5 ",
        '{# description = "x"\n accept = ["text"] #}',
        '{# accepts = ["text"] #}',
        '{# description = "x"\n accepts = ["texts"] #}',
        '{# description = "x"\n params.a = {type = "integer"} #}',
        '{# description = "x"\n params.a = {type = "int", minimun = 0} #}',
    ],
)
def test_a_wrong_header_names_the_sensor(source: str) -> None:
    with pytest.raises(ValueError, match="sensor 'bad': "):
        parse_sensor("bad", Level.TABLE, source)


@pytest.mark.parametrize("sensor", SENSOR_REGISTRY.items(), ids=lambda sensor: sensor.name)
def test_a_sensor_is_described_and_so_are_its_parameters(sensor: SensorType) -> None:
    assert sensor.description.endswith(".")
    assert [spec.name for spec in sensor.params if not spec.description.endswith(".")] == []
    assert sensor.level is Level.COLUMN or sensor.accepts == TYPE_GROUPS["any"]


@pytest.mark.parametrize(
    ("template", "judges"),
    [
        ('{{ scan(count_if("a")) }}', True),
        ('{{ scan("COUNT(*)", offending=occurrences("> 1", [col])) }}', True),
        ('{% set others %}{{ candidates(col) }}{% endset %}{{ query("x", offending=others) }}', True),
        ('{{ scan(d.count_if("a") ~ " / 2") }}', False),
        ('{{ scan("MAX(count_if)") }}', False),
    ],
)
def test_a_sensor_judges_rows_if_its_template_says_which(template: str, judges: bool) -> None:
    sensor = parse_sensor("one", Level.COLUMN, f'{{# description = "One." #}}\n{template}')
    assert sensor.judges_rows is judges
