from __future__ import annotations

from typing import Any

import pytest

from dq_platform.checks.level import Level
from dq_platform.checks.sensors.context import Wanted
from dq_platform.checks.sensors.measure import Measure, MetadataMeasure, QueryMeasure, ScanMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, parse_sensor
from dq_platform.checks.sensors.render import SensorContext, TargetInfo, render, render_offending
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Invalid
from dq_platform.models.metadata import ColumnInfo, DataType

DIALECT = ConnectorFactory.get("postgresql").dialect
COLUMN = ColumnInfo('na"me', 1, "text", DataType.TEXT)
TABLE = TargetInfo("shop", "orders", {COLUMN.name: COLUMN})


def rendered(template: str, header: str = "", params: dict[str, Any] | None = None, **context: Any) -> Measure:
    sensor = parse_sensor("one", Level.COLUMN, f'{{# description = "One."\n{header} #}}\n{template}')
    return render(sensor, SensorContext(DIALECT, TABLE, COLUMN, params or {}, **context))


def offending(template: str, **context: Any) -> str:
    sensor = parse_sensor("one", Level.COLUMN, f'{{# description = "One." #}}\n{template}')
    return render_offending(sensor, SensorContext(DIALECT, TABLE, COLUMN, **context))


def test_a_count_and_a_share_are_measured_by_their_condition() -> None:
    condition = '"na""me" IS NULL'
    count = f"COUNT(CASE WHEN {condition} THEN 1 END)"
    assert rendered('{{ scan(count_if(col ~ " IS NULL")) }}') == ScanMeasure(count)
    assert rendered('{{ scan(percent_if(col ~ " IS NULL")) }}') == ScanMeasure(count, of='COUNT("na""me")')
    assert rendered('{{ scan(percent_if("x", of="COUNT(*)")) }}').of == "COUNT(*)"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("template", "condition"),
    [
        ('count_if("a = 1 OR b")', "(a = 1 OR b)"),
        ('percent_if("a = 1")', "(a = 1)"),
        ('count_if("a = 1", good=true)', "(CASE WHEN a = 1 THEN 0 ELSE 1 END = 1)"),
        ('percent_if("a = 1", of="COUNT(*)", good=true)', "(CASE WHEN a = 1 THEN 0 ELSE 1 END = 1)"),
        ('percent_if("a = 1", good=true)', '("na""me" IS NOT NULL AND CASE WHEN a = 1 THEN 0 ELSE 1 END = 1)'),
    ],
)
def test_a_condition_tells_the_rows_to_object_to(template: str, condition: str) -> None:
    wanted = Wanted(("x", "y"))
    assert offending(f"{{{{ scan({template}) }}}}", where="c", keys=("k",), wanted=wanted) == (
        f'SELECT k AS k0, x AS s0, y AS s1 FROM "shop"."orders" WHERE c AND {condition}'
    )


def test_occurrences_count_within_their_key() -> None:
    template = '{{ scan("COUNT(*)", offending=occurrences("> 1", [col], where="b")) }}'
    assert offending(template, keys=("k",), wanted=Wanted(("x",))) == (
        "SELECT k0, s0 FROM (SELECT k0, s0, ROW_NUMBER() OVER (PARTITION BY k0, c0 ORDER BY c0) AS place"
        ' FROM (SELECT k AS k0, x AS s0, "na""me" AS c0 FROM "shop"."orders" WHERE (b)) checked'
        " WHERE (c0 IS NOT NULL)) placed WHERE place > 1"
    )


def test_a_number_that_no_single_row_decides_objects_to_none() -> None:
    assert offending('{{ scan("MAX(x)") }}') == ""
    assert offending("{{ metadata(1) }}") == ""


def test_parameters_are_literals_and_names_of_their_kind() -> None:
    header = """params.text = {type = "text"}
    params.list = {type = "text_list"}
    params.day = {type = "date"}
    params.share = {type = "float"}
    params.table = {type = "table"}
    params.other = {type = "other_column"}
    params.own = {type = "column"}
    params.condition = {type = "sql_condition"}"""
    params = {
        "text": "it's; --",
        "list": ("a", "'"),
        "day": "2024-01-31",
        "share": 1e-7,
        "table": '"a.b".c',
        "other": 'x"; DROP',
        "own": 'na"me',
        "condition": '"id" > 1 OR TRUE',
    }
    template = (
        """{{ scan([p.text, p.list | join(","), p.day, p.share, p.table, p.other, p.own, p.condition] | join(" ")) }}"""
    )
    assert rendered(template, header, params) == ScanMeasure(
        '\'it\'\'s; --\' \'a\',\'\'\'\' DATE \'2024-01-31\' 0.0000001 "a.b"."c" "x""; DROP" "na""me" ("id" > 1 OR TRUE)'
    )


def test_rows_bring_the_keys_along() -> None:
    template = '{{ query("SELECT " ~ select_keys ~ "MAX(c0) AS value FROM " ~ rows(col) ~ " AS r" ~ group_by) }}'
    assert rendered(template, where="a = 1 OR b", keys=("'tag'", "day")) == QueryMeasure(
        'SELECT k0, k1, MAX(c0) AS value FROM (SELECT \'tag\' AS k0, day AS k1, "na""me" AS c0'
        ' FROM "shop"."orders" WHERE a = 1 OR b) AS r GROUP BY k0, k1'
    )
    assert rendered(template) == QueryMeasure(
        'SELECT MAX(c0) AS value FROM (SELECT "na""me" AS c0 FROM "shop"."orders") AS r'
    )


@pytest.mark.parametrize(
    "template",
    ["", "COUNT(*)", '{{ scan("1") }} x', '{{ scan("1") }}{{ scan("2") }}', '{{ metadata(1) }}{{ query("x") }}'],
)
def test_a_template_asks_for_one_number_and_writes_nothing_else(template: str) -> None:
    with pytest.raises(ValueError, match=r"one number|nothing else"):
        rendered(template)


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="'limit'"):
        rendered("{{ scan(p.limit) }}")
    with pytest.raises(ValueError, match="'column' is undefined"):
        rendered("{{ scan(column) }}")


@pytest.mark.parametrize("template", ["{{ scan(d.__class__.__mro__) }}", "{{ scan(col.__init__.__globals__) }}"])
def test_a_template_reaches_nothing_but_its_words(template: str) -> None:
    with pytest.raises(ValueError, match="unsafe"):
        rendered(template)


def test_a_sensor_of_rows_needs_its_column_and_one_of_metadata_does_not() -> None:
    with pytest.raises(Invalid, match="column does not exist"):
        render(SENSOR_REGISTRY.get("null_count"), SensorContext(DIALECT, TABLE))
    exists = SENSOR_REGISTRY.get("column_exists")
    assert render(exists, SensorContext(DIALECT, TABLE)) == MetadataMeasure(0)
    assert render(exists, SensorContext(DIALECT, TABLE, COLUMN)) == MetadataMeasure(1)


def test_the_columns_of_a_table_that_is_gone_cannot_be_counted() -> None:
    count = SENSOR_REGISTRY.get("column_count")
    assert render(count, SensorContext(DIALECT, TABLE)) == MetadataMeasure(1)
    assert render(count, SensorContext(DIALECT, TargetInfo("shop", "gone", {}))) == MetadataMeasure(None)


def test_a_column_parameter_that_does_not_exist_is_named() -> None:
    with pytest.raises(Invalid, match="no column 'gone'"):
        rendered("{{ scan(p.own) }}", 'params.own = {type = "column"}', {"own": "gone"})
