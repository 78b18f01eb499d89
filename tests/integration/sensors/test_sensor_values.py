from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamKind
from dq_platform.checks.sensors.measure import QueryMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from tests.integration.sensors.bench import Bench
from tests.integration.sensors.cases import BOTH, CASES, EVENT, FOREIGN, REFERENCE, Case
from tests.integration.sensors.data import EMPTY, RECORDS, TABLE

SENSORS = SENSOR_REGISTRY.items()
ROWS = [sensor for sensor in SENSORS if not sensor.metadata and not sensor.imports]
CLOCKED = {"data_freshness", "data_staleness"}
QUERIES = {"sql_invalid_record_count", "sql_invalid_value_count"}
IMPORTS = {sensor.name for sensor in SENSORS if sensor.imports}
PARAMS: dict[str, Any] = (
    {"regex": "x", "percentile_value": 0.5, "min_value": 0, "max_value": 1, "sql_condition": "1 = 1"}
    | {"sql_expression": "SUM(num)"}
    | BOTH
    | REFERENCE
    | FOREIGN
)


def same(found: Any, wanted: Any) -> bool:
    """Whole numbers and decimals to the last digit, others as floats are equal."""
    if found is None or wanted is None:
        return found is wanted
    if isinstance(wanted, int | Decimal) and isinstance(found, int | Decimal):
        return found == wanted
    return float(found) == pytest.approx(float(wanted), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_sensor_gives_the_number_worked_out_by_hand(bench: Bench, case: Case) -> None:
    if str(case) in bench.lacks:
        pytest.skip(bench.lacks[str(case)])
    value, expected = bench.read(
        case.sensor, case.column, case.params, table=case.table, where=case.where, changed=case.changed
    )
    assert same(value, case.value_on(empty_is_null=bench.empty_is_null)), value
    assert same(expected, case.expected), expected


def test_every_sensor_has_a_case() -> None:
    assert {case.sensor for case in CASES} | CLOCKED | QUERIES | IMPORTS == {sensor.name for sensor in SENSORS}


def column_for(sensor: SensorType) -> str:
    if sensor.level is Level.TABLE:
        return ""
    for kind in ("nothing", "no_number", "flag", "day"):
        if COLUMN_TYPES[kind] in {str(accepted) for accepted in sensor.accepts}:
            return kind
    raise AssertionError(sensor)


COLUMN_TYPES = {"nothing": "text", "no_number": "integer", "flag": "boolean", "day": "date"}


def params_for(sensor: SensorType) -> dict[str, Any]:
    given = {spec.name: PARAMS[spec.name] for spec in sensor.params if spec.name in PARAMS}
    for spec in sensor.params:
        if spec.kind is ParamKind.TEXT_LIST:
            given[spec.name] = ["x"]
        elif spec.kind is ParamKind.NUMBER_LIST:
            given[spec.name] = [1]
        elif spec.name == "foreign_column":
            given[spec.name] = "la.bel"
    return given


def counts(sensor: SensorType) -> bool:
    """Whether nothing to look at is the number 0, not the absence of a number."""
    of_rows = sensor.name.endswith("_count") and "word" not in sensor.name
    return not sensor.reads_rows or of_rows or "_count_on_" in sensor.name


COUNT_TOTALS = {"total_row_count_match_percent", "total_not_null_count_match_percent"}


@pytest.mark.parametrize("sensor", ROWS, ids=lambda sensor: sensor.name)
def test_an_empty_table_counts_0_and_has_no_percentage_and_no_aggregate(bench: Bench, sensor: SensorType) -> None:
    params = params_for(sensor)
    if sensor.name in QUERIES:
        params["sql_query"] = bench.query("SELECT id FROM empty", EMPTY)
    value, _ = bench.read(sensor.name, column_for(sensor), params, table=EMPTY)
    assert value == (0 if counts(sensor) or sensor.name in COUNT_TOTALS else None)


ABOUT_NULLS = {"null_count": 12, "null_percent": 100.0, "not_null_count": 0, "not_null_percent": 0.0}


@pytest.mark.parametrize(
    "sensor", [one for one in ROWS if one.level is Level.COLUMN and one.name not in QUERIES], ids=lambda one: one.name
)
def test_a_column_of_nulls_is_like_an_empty_one_except_for_the_null_sensors(bench: Bench, sensor: SensorType) -> None:
    column = column_for(sensor)
    where = f"{bench.ident(column)} IS NULL"
    value, _ = bench.read(sensor.name, column, params_for(sensor), where=where)
    default = 0 if counts(sensor) or sensor.name in COUNT_TOTALS else None
    if sensor.name in ABOUT_NULLS and column in ("nothing", "no_number"):
        default = ABOUT_NULLS[sensor.name]
    if sensor.name == "sql_aggregated_expression_on_column":
        default = 103
    assert value == default


@pytest.mark.parametrize(
    ("sensor", "params", "newest"),
    [
        ("data_freshness", EVENT, datetime(2024, 1, 2, 12, tzinfo=UTC)),
        ("data_staleness", {"ingestion_timestamp_column": "arrived"}, datetime(2024, 1, 5, tzinfo=UTC)),
        ("data_freshness", {"event_timestamp_column": "day"}, datetime(2099, 12, 31, tzinfo=UTC)),
    ],
)
def test_age_is_counted_in_days_from_the_newest_row_to_now(
    bench: Bench, sensor: str, params: dict[str, str], newest: datetime
) -> None:
    value, _ = bench.read(sensor, params=params)
    assert float(value) == pytest.approx((datetime.now(UTC) - newest).total_seconds() / 86400, abs=0.01)


@pytest.mark.parametrize("sensor", sorted(QUERIES))
def test_a_users_query_sees_the_rows_that_the_filter_leaves(bench: Bench, sensor: str) -> None:
    name = bench.ident(TABLE)
    query = f"WITH chosen AS (SELECT id FROM {name} WHERE id > 1) SELECT id FROM chosen"
    params = {"sql_query": bench.query(query, TABLE)}
    column = "num" if sensor == "sql_invalid_value_count" else ""
    assert bench.read(sensor, column, params)[0] == 11
    assert bench.read(sensor, column, params, where="part = 1")[0] == 3


@pytest.mark.parametrize(
    ("sensor", "column", "params", "table", "wanted"),
    [
        ("duplicate_record_count", "", {"columns": ["a", "b"]}, RECORDS, {1: 1, 2: 1}),
        ("duplicate_record_percent", "", {"columns": ["a", "b"]}, RECORDS, {1: 100 / 3, 2: 50.0}),
        ("foreign_key_not_match_count", "key_number", FOREIGN | {"foreign_column": "id"}, TABLE, {1: 1, 2: 0}),
        ("foreign_key_match_percent", "key_number", FOREIGN | {"foreign_column": "id"}, TABLE, {1: 75.0, 2: None}),
        (
            "expected_texts_in_top_values_count",
            "status",
            {"expected_values": ["new", "paid"], "top": 1},
            TABLE,
            {1: 1, 2: 1},
        ),
    ],
)
def test_queries_answer_once_for_each_key(
    bench: Bench, sensor: str, column: str, params: dict[str, Any], table: str, wanted: dict[int, Any]
) -> None:
    keys = ("'a constant'", bench.ident("part"))
    rows = bench.rows(bench.measure(sensor, column, params, table=table, keys=keys))
    assert {row[0] for row in rows} == {"a constant"}
    assert {row[1] for row in rows} == wanted.keys()
    assert all(same(row[2], wanted[row[1]]) for row in rows), rows


def test_the_median_of_each_key_is_its_own(bench: Bench) -> None:
    measure = bench.measure("percentile", "num", {"percentile_value": 0.5}, keys=(bench.ident("part"),))
    if isinstance(measure, QueryMeasure):
        assert {row[0]: row[1] for row in bench.rows(measure)} == {1: -0.5, 2: 3}
    for part, median in ((1, -0.5), (2, 3)):
        value, _ = bench.read("percentile", "num", {"percentile_value": 0.5}, where=f"part = {part}")
        assert value == median


def test_a_key_without_numbers_has_no_median_and_is_not_left_out(bench: Bench) -> None:
    measure = bench.measure("percentile", "no_number", {"percentile_value": 0.5}, keys=(bench.dialect.ident("part"),))
    if isinstance(measure, QueryMeasure):
        assert {row[0]: row[1] for row in bench.rows(measure)} == {1: None, 2: None}
    assert bench.read("percentile", "no_number", {"percentile_value": 0.5}, where="part = 1")[0] is None
