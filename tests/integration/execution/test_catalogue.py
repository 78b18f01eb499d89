"""Checks of many categories in one run: what they cost and what they find."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dq_platform.connectors.dialect import Capability
from dq_platform.execution.statement import StatementKind
from dq_platform.models.check import GroupBy

AMOUNTS = [Decimal(10), Decimal(20), Decimal("12345678901234.5678"), Decimal("-0.5"), Decimal(1), Decimal(1)]
SUM = sum(AMOUNTS)

SCANS = {
    "row_count": ("row_count", "", {}, 8),
    "nulls": ("nulls_count", "customer", {}, 3),
    "nulls percent": ("nulls_percent", "customer", {}, 37.5),
    "not nulls": ("not_nulls_count", "amount", {}, 6),
    "not nulls percent": ("not_nulls_percent", "amount", {}, 75.0),
    "not empty": ("empty_column_found", "note", {}, 3),
    "sum": ("sum_in_range", "amount", {}, SUM),
    "minimum": ("min_in_range", "amount", {}, Decimal("-0.5")),
    "maximum": ("max_in_range", "amount", {}, Decimal("12345678901234.5678")),
    "mean": ("mean_in_range", "id", {}, 4.5),
    "deviation": ("population_stddev_in_range", "id", {}, 5.25**0.5),
    "sample deviation": ("sample_stddev_in_range", "id", {}, 6**0.5),
    "variance": ("population_variance_in_range", "id", {}, 5.25),
    "sample variance": ("sample_variance_in_range", "id", {}, 6),
    "negative": ("negative_values", "amount", {}, 1),
    "negative percent": ("negative_values_percent", "amount", {}, 100 / 6),
    "non-negative": ("non_negative_values", "amount", {}, 5),
    "above": ("number_above_max_value", "amount", {"max_value": 10}, 2),
    "below": ("number_below_min_value", "amount", {"min_value": 1}, 1),
    "range": ("number_in_range_percent", "amount", {"min_value": 1, "max_value": 10}, 50.0),
    "set": ("number_found_in_set_percent", "id", {"expected_values": (1, 2, 99)}, 25.0),
    "in use": ("expected_numbers_in_use_count", "id", {"expected_values": (1, 2, 99)}, 2),
    "texts in use": ("expected_text_values_in_use_count", "group", {"expected_values": ("de", "DE", "it")}, 2),
    "text set": ("text_found_in_set_percent", "group", {"expected_values": ("de",)}, 300 / 7),
    "longest": ("text_max_length", "customer", {}, 3),
    "mean length": ("text_mean_length", "customer", {}, 3),
    "too short": ("text_length_below_min_length", "group", {"min_length": 3}, 7),
    "empty text": ("empty_text_found", "note", {}, 1),
    "regex": ("text_not_matching_regex_found", "customer", {"regex": "^[a-z]+$"}, 1),
    "country": ("text_valid_country_code_percent", "group", {}, 100.0),
    "dates": ("date_in_range_percent", "created_on", {"min_date": "2026-03-01", "max_date": "2026-03-29"}, 300 / 7),
    "expression": ("sql_aggregate_expression_on_table", "", {"sql_expression": "MAX(id) - MIN(id)"}, 7),
    "condition": ("sql_condition_failed_on_table", "", {"sql_condition": "id < 3 OR id > 6"}, 4),
    "passed": ("sql_condition_passed_percent_on_table", "", {"sql_condition": "amount > 1 OR amount < 0"}, 50.0),
}


def scans(bench):
    """What the engine is able for."""
    lacking = set() if Capability.REGEX in bench.session.dialect.capabilities else {"regex"}
    return [
        bench.check(name, check_type, column, sensor_params=params)
        for name, (check_type, column, params, _) in SCANS.items()
        if name not in lacking
    ]


async def test_checks_of_many_categories_are_one_statement_with_the_right_values(bench):
    bench.shop.require_empty_texts()
    wanted = scans(bench)
    done = await bench.measure(*wanted)
    assert done.failures == {}
    assert (done.statements, bench.statements) == (1, 1)
    assert done.readings.keys() == {check.id for check in wanted} >= SCANS.keys() - {"regex"}
    for name, [reading] in done.readings.items():
        assert float(reading.value) == pytest.approx(float(SCANS[name][3]), rel=1e-12), name


async def test_decimals_keep_every_digit(bench):
    done = await bench.measure(*scans(bench))
    assert done.readings["maximum"][0].value == Decimal("12345678901234.5678")
    assert done.readings["sum"][0].value == SUM


async def test_queries_of_their_own_come_after_the_scan_and_equal_ones_once(bench):
    records = [
        bench.check(name, "duplicate_record_count", "", sensor_params={"columns": ("amount", "created_on")})
        for name in ("records", "again")
    ]
    top = bench.check(
        "top", "expected_texts_in_top_values_count", "group", sensor_params={"expected_values": ("fr",), "top": 1}
    )
    made = await bench.plan([*records, top, *scans(bench)])
    assert [statement.kind for statement in made.statements] == [StatementKind.SCAN, *[StatementKind.QUERY] * 2]
    done = await bench.measure(*records, top, *scans(bench))
    assert (done.statements, done.failures) == (3, {})
    assert done.readings["records"][0].value == done.readings["again"][0].value == 0
    [reading] = done.readings["top"]
    assert (reading.value, reading.expected) == (1, 1)


async def test_a_grouped_query_has_a_reading_for_every_group(bench):
    top = bench.check(
        "k",
        "expected_texts_in_top_values_count",
        "customer",
        sensor_params={"expected_values": ("bob",), "top": 1},
        group_by=(GroupBy(tag="x"), GroupBy(column="group")),
    )
    done = await bench.measure(top)
    assert done.failures == {}
    values = {reading.data_group: reading.value for reading in done.readings["k"]}
    assert values['["x","fr"]'] == 1
    assert values['["x","de"]'] == 0


async def test_the_catalogue_entry_answers_without_sql_even_for_what_is_absent(bench):
    checks = [bench.check("n", "column_count", ""), bench.check("yes", "column_exists", "note")]
    done = await bench.measure(*checks, bench.check("no", "column_exists", "gone"))
    assert {check_id: reading.value for check_id, (reading,) in done.readings.items()} == {"n": 7, "yes": 1, "no": 0}
    assert done.statements == 0


async def test_an_expression_that_fails_on_the_data_fails_alone(bench):
    expression = {"sql_expression": "MAX(no_such_column)"}
    wrong = bench.check("wrong", "sql_aggregate_expression_on_table", "", sensor_params=expression)
    right = scans(bench)
    done = await bench.measure(*right, wrong)
    assert {check_id: error.reason for check_id, error in done.failures.items()} == {"wrong": "SOURCE_BAD_SQL"}
    assert done.readings["row_count"][0].value == 8
    assert len(done.readings) == len(right)


async def test_an_expression_that_returns_sets_does_not_multiply_its_neighbours(postgres_bench):
    expression = {"sql_expression": "GENERATE_SERIES(1, COUNT(*))"}
    wrong = postgres_bench.check("wrong", "sql_aggregate_expression_on_table", "", sensor_params=expression)
    done = await postgres_bench.measure(*scans(postgres_bench), wrong)
    assert {check_id: error.reason for check_id, error in done.failures.items()} == {"wrong": "ROWS_MULTIPLIED"}
    assert {len(readings) for readings in done.readings.values()} == {1}
    assert done.readings["row_count"][0].value == 8


async def test_partitions_and_groups_of_mixed_checks_fuse(bench):
    grouped = {"group_by": (GroupBy(column="group"),)}
    checks = [
        bench.partitioned("n", check_type="row_count", column="", **grouped),
        bench.partitioned("s", check_type="sum_in_range", column="amount", **grouped),
    ]
    done = await bench.measure(*checks)
    assert (done.statements, done.failures) == (1, {})
    sums = {(reading.time_period.day, reading.data_group): reading.value for reading in done.readings["s"]}
    assert sums == {
        (27, '["de"]'): 10,
        (28, '["DE"]'): 20,
        (28, '["fr"]'): None,
        (29, '["de"]'): Decimal("12345678901234.5678"),
    }
