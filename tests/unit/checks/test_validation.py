from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.validation import CheckDraft, ValidCheck, require_capabilities, validate_check
from dq_platform.connectors.dialect import Capability
from dq_platform.errors import Invalid, Unsupported, Violation
from dq_platform.models.check import GroupBy, Mode, Target, Thresholds, TimeScale
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableSnapshot
from dq_platform.models.outcome import Severity

COLUMNS = tuple(
    ColumnInfo(name, position, data_type.value, data_type)
    for position, (name, data_type) in enumerate(
        [
            ("id", DataType.INTEGER),
            ("email", DataType.TEXT),
            ("created_at", DataType.TIMESTAMP_TZ),
            ("day", DataType.DATE),
            ("document", DataType.JSON),
            ('we"ird', DataType.TEXT),
        ],
        1,
    )
)
TABLE = TableSnapshot("c", TableInfo("shop", "orders"), COLUMNS, datetime(2024, 1, 1, tzinfo=UTC))


def draft(check_type: str, column: str = "", **given: Any) -> CheckDraft:
    return CheckDraft(Target("c", "shop", "orders", column), check_type, **given)


def valid(check: CheckDraft, engine: str = "postgresql") -> ValidCheck:
    return validate_check(check, TABLE, engine)


def wrong(check: CheckDraft, table: TableSnapshot | None = TABLE) -> tuple[Violation, ...]:
    with pytest.raises(Invalid) as caught:
        validate_check(check, table, "postgresql")
    return caught.value.violations


def only(check: CheckDraft) -> tuple[str, str, str]:
    [violation] = wrong(check)
    return violation.field, violation.reason, violation.description


def test_a_check_is_completed_with_defaults() -> None:
    assert valid(draft("nulls_percent", "email")) == ValidCheck(
        target=Target("c", "shop", "orders", "email"),
        check_type="nulls_percent",
        mode=Mode.MONITORING,
        time_scale=TimeScale.DAILY,
        sensor_params={},
        thresholds=Thresholds(error={"max_percent": 0.0}),
        filter="",
        partition_column="",
        group_by=(),
    )


def test_profiling_is_monthly() -> None:
    assert valid(draft("row_count", mode=Mode.PROFILING)).time_scale is TimeScale.MONTHLY
    field, reason, _ = only(draft("row_count", mode=Mode.PROFILING, time_scale=TimeScale.DAILY))
    assert (field, reason) == ("check.time_scale", "TIME_SCALE_UNSUPPORTED")


def test_what_the_check_type_fixes_is_no_parameter_of_the_check() -> None:
    limits = {Severity.ERROR: {"to": 5}}
    assert valid(draft("median_in_range", "id", thresholds=limits)).sensor_params == {}
    given = draft("median_in_range", "id", thresholds=limits, sensor_params={"percentile_value": 0.9})
    assert only(given)[:2] == ("check.sensor_params.percentile_value", "UNKNOWN_PARAMETER")


def test_an_unknown_check_type_is_answered_with_the_nearest_names() -> None:
    field, reason, text = only(draft("null_percent", "email"))
    assert (field, reason) == ("check.check_type", "UNKNOWN_CHECK_TYPE")
    assert "did you mean" in text
    assert "'nulls_percent'" in text


def test_a_column_that_does_not_exist_is_answered_with_the_tables_columns() -> None:
    assert only(draft("nulls_percent", "e_mail")) == (
        "check.target.column_name",
        "COLUMN_NOT_FOUND",
        (
            "shop.orders has no column 'e_mail'; did you mean 'email'?"
            " Its columns are 'id', 'email', 'created_at', 'day', 'document', 'we\"ird'."
        ),
    )


def test_a_table_that_does_not_exist_is_named() -> None:
    [violation] = wrong(draft("nulls_percent", "email"), None)
    assert (violation.field, violation.reason) == ("check.target.table_name", "TABLE_NOT_FOUND")
    assert "shop.orders" in violation.description


def test_whether_a_column_exists_can_be_asked_of_one_that_does_not() -> None:
    assert valid(draft("column_exists", "gone")).target.column_name == "gone"


def test_a_check_of_a_table_takes_no_column_and_one_of_a_column_needs_it() -> None:
    assert only(draft("row_count", "id"))[:2] == ("check.target.column_name", "COLUMN_NOT_ALLOWED")
    assert only(draft("nulls_percent"))[:2] == ("check.target.column_name", "COLUMN_REQUIRED")


def test_a_column_of_a_type_that_the_sensor_cannot_measure_is_refused() -> None:
    field, reason, text = only(draft("negative_values", "email"))
    assert (field, reason) == ("check.target.column_name", "COLUMN_TYPE_NOT_ACCEPTED")
    assert "decimal, float, integer" in text


def test_partitioned_mode_needs_a_column_of_dates_and_no_other_mode_takes_one() -> None:
    partitioned = draft("row_count", mode=Mode.PARTITIONED)
    field, reason, text = only(partitioned)
    assert (field, reason) == ("check.partition_column", "PARTITION_COLUMN_REQUIRED")
    assert "'created_at', 'day'" in text
    assert only(replace(partitioned, partition_column="email"))[1] == "COLUMN_TYPE_NOT_ACCEPTED"
    assert only(replace(partitioned, partition_column="gone"))[1] == "COLUMN_NOT_FOUND"
    assert only(draft("row_count", partition_column="day"))[1] == "PARTITION_COLUMN_NOT_ALLOWED"
    assert valid(replace(partitioned, partition_column="day")).time_scale is TimeScale.DAILY


def test_a_mode_that_the_check_type_lacks_is_refused_with_those_it_has() -> None:
    _, reason, text = only(draft("column_count", mode=Mode.PARTITIONED, partition_column="day", thresholds=COUNT))
    assert reason == "MODE_UNSUPPORTED"
    assert "profiling, monitoring" in text


LIMIT = {Severity.ERROR: {"to": 1}}
COUNT = {Severity.ERROR: {"expected_value": 6}}
DAY = GroupBy(column="day")


@pytest.mark.parametrize(
    ("levels", "field", "reason"),
    [
        ((GroupBy(column="gone"),), "check.group_by[0].column", "COLUMN_NOT_FOUND"),
        ((DAY, DAY), "check.group_by[1]", "DUPLICATE_GROUP"),
        ((DAY, GroupBy()), "check.group_by[1]", "INVALID_GROUP"),
        ((GroupBy(column="day", tag="x"),), "check.group_by[0]", "INVALID_GROUP"),
        ((GroupBy(tag="a\nb"),), "check.group_by[0].tag", "INVALID_GROUP"),
        ((GroupBy(column="document"),), "check.group_by[0].column", "COLUMN_TYPE_NOT_ACCEPTED"),
        (tuple(GroupBy(tag=str(number)) for number in range(10)), "check.group_by", "TOO_MANY_GROUPS"),
    ],
)
def test_a_wrong_group_is_named_by_its_place(levels: tuple[GroupBy, ...], field: str, reason: str) -> None:
    assert only(draft("row_count", group_by=levels))[:2] == (field, reason)


def test_a_number_of_the_whole_table_cannot_be_grouped() -> None:
    assert only(draft("column_count", thresholds=COUNT, group_by=(DAY,)))[1] == "GROUPING_UNSUPPORTED"


def test_a_filter_is_normalised_and_one_with_two_statements_refused() -> None:
    assert valid(draft("row_count", filter="id>1 and email is null")).filter == '"id" > 1 AND "email" IS NULL'
    assert valid(draft("row_count", filter="id>1"), "mysql").filter == "`id` > 1"
    field, reason, text = only(draft("row_count", filter="id > 1; DROP TABLE orders"))
    assert (field, reason) == ("check.filter", "INVALID_SQL")
    assert "semicolon" in text


def test_a_check_that_reads_no_rows_takes_no_filter() -> None:
    assert only(draft("column_count", thresholds=COUNT, filter="id > 1"))[1] == "FILTER_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("check", "params", "field"),
    [
        (draft("text_length_in_range_percent", "email"), {"min_length": 9, "max_length": 5}, "min_length"),
        (draft("date_in_range_percent", "day"), {"min_date": "2025-01-01", "max_date": "2024-01-01"}, "min_date"),
        (draft("text_length_below_min_length", "email"), {"min_lenght": 5}, "min_lenght"),
        (draft("text_length_below_min_length", "email"), {"min_length": -1}, "min_length"),
        (draft("text_not_matching_regex_found", "email"), {}, "regex"),
        (draft("data_freshness"), {"event_timestamp_column": "gone"}, "event_timestamp_column"),
        (draft("data_freshness"), {"event_timestamp_column": "email"}, "event_timestamp_column"),
        (draft("duplicate_record_count"), {"columns": ["id", "gone"]}, "columns"),
        (draft("lookup_key_not_found", "id"), {"foreign_table": "a.b.c", "foreign_column": "x"}, "foreign_table"),
        (draft("sql_condition_failed_on_table"), {"sql_condition": "id = (SELECT 1)"}, "sql_condition"),
        (draft("sql_aggregate_expression_on_table", thresholds=LIMIT), {"sql_expression": "id"}, "sql_expression"),
        (draft("sql_invalid_record_count_on_table"), {"sql_query": "SELECT * FROM customers"}, "sql_query"),
    ],
)  # fmt: skip
def test_a_wrong_sensor_parameter_is_named(check: CheckDraft, params: dict[str, Any], field: str) -> None:
    [violation] = wrong(replace(check, sensor_params=params))
    assert violation.field == f"check.sensor_params.{field}"


def test_sql_parameters_are_stored_as_they_will_be_sent() -> None:
    params = valid(draft("sql_condition_failed_on_table", sensor_params={"sql_condition": "id>0"})).sensor_params
    assert params == {"sql_condition": '"id" > 0'}
    query = {"sql_query": "select id from shop.orders"}
    params = valid(draft("sql_invalid_record_count_on_table", sensor_params=query)).sensor_params
    assert params == {"sql_query": 'SELECT "id" FROM "dq_checked_rows" AS "orders"'}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    check = draft(
        "text_length_below_min_length",
        "e_mail",
        mode=Mode.PARTITIONED,
        sensor_params={"min_length": "5"},
        thresholds={Severity.WARNING: {"max_cnt": 1}},
        filter="1; 2",
        group_by=(GroupBy(column="gone"),),
    )
    assert {violation.field for violation in wrong(check)} == {
        "check.target.column_name",
        "check.partition_column",
        "check.sensor_params.min_length",
        "check.thresholds.warning.max_cnt",
        "check.filter",
        "check.group_by[0].column",
    }


def test_an_engine_that_lacks_what_the_sensor_needs_is_named() -> None:
    sensor = replace(SENSOR_REGISTRY.get("percentile"), needs=frozenset({Capability.PERCENTILE}))
    with pytest.raises(Unsupported, match="mysql cannot run the sensor 'percentile': it lacks percentile"):
        require_capabilities(sensor, "mysql")


def test_changes_are_looked_for_in_columns_that_are_there() -> None:
    field, reason, text = only(draft("column_type_changed", "emial"))
    assert (field, reason) == ("check.target.column_name", "COLUMN_NOT_FOUND")
    assert "email" in text
    assert only(draft("column_type_changed"))[1] == "COLUMN_REQUIRED"
    assert valid(draft("column_type_changed", "email")).thresholds == Thresholds(error={})
    assert valid(draft("column_exists", "emial"))


@pytest.mark.parametrize(
    ("check_type", "column", "instead"),
    [
        ("min_in_range", "day", "min_date_in_range, min_date_match"),
        ("max_match", "created_at", "max_date_in_range, max_date_match"),
        ("max_anomaly", "day", "max_date_in_range, max_date_match"),
        ("min_in_range", "email", "min_text_in_range"),
        ("min_date_in_range", "email", "min_text_in_range"),
        ("min_date_in_range", "id", "min_anomaly, min_anomaly_seasonal, min_in_range, min_match"),
    ],
)
def test_a_rule_of_other_values_than_the_columns_is_refused_and_those_that_fit_are_named(
    check_type: str, column: str, instead: str
) -> None:
    found = [one for one in wrong(draft(check_type, column)) if one.field == "check.target.column_name"]
    assert [one.reason for one in found] == ["COLUMN_TYPE_NOT_ACCEPTED"]
    assert found[0].description.endswith(f" For this column there are {instead}.")


@pytest.mark.parametrize(
    ("check_type", "column", "limit"),
    [
        ("min_date_in_range", "day", "2024-01-01"),
        ("max_date_in_range", "created_at", "2024-01-01T00:00:00Z"),
        ("max_text_in_range", "email", "a"),
        ("min_in_range", "id", 1),
    ],
)
def test_values_are_judged_by_a_rule_of_their_kind(check_type: str, column: str, limit: object) -> None:
    made = valid(draft(check_type, column, thresholds={Severity.ERROR: {"from": limit}}))
    assert made.thresholds == Thresholds(error={"from": limit})


def test_sensor_parameters_and_thresholds_are_apart() -> None:
    check = draft(
        *("number_in_range_percent", "id"),
        sensor_params={"min_value": 1, "max_value": 2},
        thresholds={Severity.ERROR: {"min_percent": 90}},
    )
    made = valid(check)
    assert (made.sensor_params, made.thresholds) == (
        *({"min_value": 1, "max_value": 2}, Thresholds(error={"min_percent": 90.0})),
    )
    swapped = replace(check, sensor_params={"min_percent": 90}, thresholds={Severity.ERROR: {"min_value": 1}})
    assert {(one.field, one.reason) for one in wrong(swapped)} == {
        ("check.sensor_params.min_percent", "UNKNOWN_PARAMETER"),
        ("check.sensor_params.min_value", "MISSING_PARAMETER"),
        ("check.sensor_params.max_value", "MISSING_PARAMETER"),
        ("check.thresholds.error.min_value", "UNKNOWN_PARAMETER"),
    }


def test_a_sensor_parameter_that_is_null_is_one_that_was_left_out() -> None:
    check = draft("text_length_below_min_length", "email", sensor_params={"min_length": None})
    assert valid(check).sensor_params == {"min_length": 5}


@pytest.mark.parametrize("name", ["table", "table_name", "schema_name", "column_name", "filter", "sql", "target"])
def test_no_parameter_replaces_the_table_that_was_verified(name: str) -> None:
    field, reason, _ = only(draft("nulls_count", "email", sensor_params={name: "secrets"}))
    assert (field, reason) == (f"check.sensor_params.{name}", "UNKNOWN_PARAMETER")


@pytest.mark.parametrize("value", ["2024-01-01' OR 1=1 --", "1900-01-02'; DROP TABLE x", "now()", 20240101])
def test_a_date_that_is_none_never_becomes_sql(value: object) -> None:
    field, reason, _ = only(draft("date_in_range_percent", "day", sensor_params={"min_date": value}))
    assert (field, reason) == ("check.sensor_params.min_date", "INVALID_PARAMETER")
