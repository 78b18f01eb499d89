from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.sensors.statistic import WHY_NOT, Statistic
from dq_platform.checks.validation import CheckDraft, validate_check
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Invalid
from dq_platform.models.check import Target
from dq_platform.models.metadata import DataType, TableKind
from dq_platform.models.outcome import Severity
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.unit.checks.test_validation import TABLE

ROW, BLOCK = (TableSample(method, 5) for method in (SampleMethod.ROW, SampleMethod.BLOCK))
MANY = {Severity.ERROR: {"min_count": 1}}
WIDE = {Severity.ERROR: {"from": 0, "to": 9}}
FRACTION = {"percentile_value": 1}
HEADERLESS = {
    "import_custom_result_on_column",
    "import_custom_result_on_table",
    "sql_aggregated_expression_on_column",
    "sql_aggregated_expression_on_table",
}
"""Whose numbers are the user's: nobody knows what a sample tells of them."""


def violations(
    check_type: str,
    column: str,
    sample: TableSample,
    *,
    engine: str = "postgresql",
    kind: TableKind = TableKind.TABLE,
    **given: Any,
) -> dict[str, tuple[str, str]]:
    """Reason and description by field."""
    table = replace(TABLE, table=replace(TABLE.table, kind=kind))
    draft = CheckDraft(Target("c", "shop", "orders", column), check_type, table_sample=sample, **given)
    try:
        assert validate_check(draft, table, engine).table_sample == sample
    except Invalid as error:
        return {one.field: (one.reason, one.description) for one in error.violations}
    return {}


@pytest.mark.parametrize(
    ("engine", "kind", "sample"),
    [
        (engine, kind, sample)
        for engine in ConnectorFactory.types()
        for kind in TableKind
        for sample in (ROW, BLOCK)
        if any(
            one.method is sample.method and kind in one.kinds for one in ConnectorFactory.get(engine).dialect.sampling
        )
    ],
)
def test_a_share_is_taken_on_every_sample_that_an_engine_has(engine: str, kind: TableKind, sample: TableSample) -> None:
    assert violations("nulls_percent", "email", sample, engine=engine, kind=kind) == {}


@pytest.mark.parametrize("percent", [0, -1, 100, 101, 1e-7, float("nan"), float("inf")])
def test_a_percent_that_leaves_nothing_or_everything_is_refused(percent: float) -> None:
    [(field, (reason, text))] = violations("nulls_percent", "email", replace(ROW, percent=percent)).items()
    assert (field, reason) == ("check.table_sample.percent", "OUT_OF_RANGE")
    assert text == f"must be from 0.000001 to less than 100, not {percent:g}."


@pytest.mark.parametrize("percent", [0.000001, 0.5, 99.999999])
def test_any_other_percent_is_taken(percent: float) -> None:
    assert violations("nulls_percent", "email", replace(ROW, percent=percent)) == {}


@pytest.mark.parametrize(
    ("check_type", "column", "given", "words"),
    [
        ("nulls_count", "email", {}, ["counts something", "nulls_percent"]),
        ("row_count", "", {"thresholds": MANY}, ["counts something", "leave table_sample out", "Leave"]),
        ("sum_in_range", "id", {"thresholds": WIDE}, ["adds up something", "mean_in_range", "median_in_range"]),
        ("distinct_count", "email", {"thresholds": MANY}, ["which values differ"]),
        ("duplicate_percent", "email", {}, ["repeat"]),
        ("max_in_range", "id", {"thresholds": WIDE}, ["least, greatest or newest", "mean_in_range"]),
        ("text_max_length", "email", {"thresholds": WIDE}, ["greatest", "text_mean_length"]),
        ("data_freshness", "", {"sensor_params": {"event_timestamp_column": "day"}}, ["newest"]),
        ("column_count", "", {"thresholds": {Severity.ERROR: {"expected_value": 6}}}, ["not in its rows"]),
        ("table_availability", "", {}, ["not in its rows"]),
        ("detected_datatype_in_text", "email", {}, ["which values"]),
        (
            "sql_aggregate_expression_on_table",
            "",
            {"thresholds": WIDE, "sensor_params": {"sql_expression": "count(*)"}},
            ["nobody has declared", "sql_condition_passed_percent_on_table"],
        ),
    ],
)
def test_what_a_sample_cannot_tell_is_refused_with_the_reason_and_what_it_can(
    check_type: str, column: str, given: dict[str, Any], words: list[str]
) -> None:
    found = violations(check_type, column, ROW, **given)
    reason, text = found.pop("check.table_sample")
    assert reason == "SAMPLE_NOT_ALLOWED"
    assert text.startswith(f"{check_type} ")
    assert "table_sample out" in text
    assert [word for word in words if word.lower() not in text.lower()] == []
    assert set(found) <= {"check.thresholds.error", "check.thresholds.error.expected_datatype"}


@pytest.mark.parametrize(
    ("engine", "kind", "sample", "said"),
    [
        ("mysql", TableKind.TABLE, ROW, "mysql has no samples; leave table_sample out to measure all rows."),
        ("redshift", TableKind.TABLE, BLOCK, "redshift has no samples; leave table_sample out to measure all rows."),
        ("sqlserver", TableKind.TABLE, ROW, "sqlserver takes no row sample of a table; it takes block samples."),
        ("bigquery", TableKind.TABLE, ROW, "bigquery takes no row sample of a table; it takes block samples."),
        ("databricks", TableKind.VIEW, BLOCK, "databricks takes no block sample of a view; it takes row samples."),
        ("duckdb", TableKind.VIEW, BLOCK, "duckdb takes no block sample of a view; it takes row samples."),
        (
            "postgresql",
            TableKind.VIEW,
            ROW,
            "postgresql takes samples of a materialized view or table only, not of a view; leave table_sample out.",
        ),
        (
            "snowflake",
            TableKind.MATERIALIZED_VIEW,
            ROW,
            "snowflake takes samples of a table only, not of a materialized view; leave table_sample out.",
        ),
    ],
)
def test_a_sample_that_the_engine_lacks_is_refused_with_those_it_has(
    engine: str, kind: TableKind, sample: TableSample, said: str
) -> None:
    found = violations("nulls_percent", "email", sample, engine=engine, kind=kind)
    assert found == {"check.table_sample.method": ("SAMPLE_UNSUPPORTED", said)}


def test_everything_that_is_wrong_with_a_sample_is_said_at_once() -> None:
    found = violations("nulls_count", "email", TableSample(SampleMethod.ROW, 0), engine="mysql")
    assert list(found) == ["check.table_sample.percent", "check.table_sample", "check.table_sample.method"]


def test_a_percentile_at_the_very_end_is_an_extreme() -> None:
    found = violations("percentile_in_range", "id", ROW, thresholds=WIDE, sensor_params=FRACTION)
    assert found["check.sensor_params.percentile_value"][0] == "SAMPLE_NOT_ALLOWED"
    near = {"percentile_value": 0.99}
    assert violations("percentile_in_range", "id", ROW, thresholds=WIDE, sensor_params=near) == {}


def test_no_comparison_of_two_tables_takes_a_sample() -> None:
    comparing = [one for one in CHECK_REGISTRY.items() if one.compares or one.statistic is Statistic.COMPARISON]
    assert len(comparing) > 10
    assert [one.name for one in comparing if "two whole tables" not in one.sample_refusal] == []


def test_every_sensor_declares_what_it_measures_unless_users_decide_that() -> None:
    undeclared = {one.name for one in SENSOR_REGISTRY.items() if one.measures is Statistic.OTHER}
    assert undeclared == HEADERLESS


def test_only_what_no_size_of_the_sample_changes_is_taken() -> None:
    """Whatever is named after a number that grows with the rows is refused, whoever declared it."""
    taken = [one for one in SENSOR_REGISTRY.items() if one.measures not in WHY_NOT]
    growing = ("_count", "distinct", "duplicate")
    assert [one.name for one in taken if any(word in one.name.replace("country", "") for word in growing)] == []
    shares = {one.name for one in taken if one.measures is Statistic.SHARE}
    assert {one.unit for one in taken if one.name in shares} == {"%"}


def test_the_alternatives_fit_the_column() -> None:
    text = violations("nulls_count", "document", ROW)["check.table_sample"][1]
    offered = text.rsplit(": ", 1)[1].rstrip(".").split(", ")
    assert offered
    assert all(DataType.JSON in CHECK_REGISTRY.get(name).accepts for name in offered)


def test_a_sample_of_a_table_that_is_not_there_is_no_second_fault() -> None:
    draft = CheckDraft(Target("c", "shop", "gone", "email"), "nulls_percent", table_sample=ROW)
    with pytest.raises(Invalid) as caught:
        validate_check(draft, None, "mysql")
    assert [one.field for one in caught.value.violations] == ["check.target.table_name"]
