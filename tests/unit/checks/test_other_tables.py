from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dq_platform.checks.other_tables import KnownTable, OtherTable, other_tables
from dq_platform.checks.validation import CheckDraft, ValidCheck, validate_check
from dq_platform.errors import Invalid, Violation
from dq_platform.models.check import GroupBy, Mode, Target
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableSnapshot


def table(schema: str, name: str, **columns: DataType) -> TableSnapshot:
    infos = tuple(ColumnInfo(one, at, kind.value, kind) for at, (one, kind) in enumerate(columns.items(), 1))
    return TableSnapshot("c", TableInfo(schema, name), infos, datetime(2024, 1, 1, tzinfo=UTC))


ORDERS = table("shop", "orders", id=DataType.INTEGER, amount=DataType.DECIMAL, country=DataType.TEXT, day=DataType.DATE)
COPY = table("mart", "orders", key=DataType.INTEGER, amount=DataType.TEXT, booked_on=DataType.DATE, Day=DataType.DATE)
ELSEWHERE = {
    "reference_connection_id": "other",
    "reference_schema": "mart",
    "reference_table": "orders",
}
KNOWN = {
    OtherTable("other", "mart", "orders"): KnownTable("mysql", COPY),
    OtherTable("other", "mart", "gone"): KnownTable("mysql", None),
    OtherTable("c", "shop", "orders"): KnownTable("postgresql", ORDERS),
    OtherTable("c", "shop", "gone"): KnownTable("postgresql", None),
}


def draft(check_type: str, column: str = "", **given: Any) -> CheckDraft:
    return CheckDraft(Target("c", "shop", "orders", column), check_type, **given)


def compared(check_type: str, column: str = "", *, more: Any = None, **given: Any) -> CheckDraft:
    return draft(check_type, column, sensor_params=ELSEWHERE | (more or {}), **given)


def valid(check: CheckDraft) -> ValidCheck:
    return validate_check(check, ORDERS, "postgresql", KNOWN)


def wrong(check: CheckDraft) -> list[Violation]:
    with pytest.raises(Invalid) as caught:
        valid(check)
    return list(caught.value.violations)


def only(check: CheckDraft) -> tuple[str, str, str]:
    [violation] = wrong(check)
    return violation.field.removeprefix("check.sensor_params."), violation.reason, violation.description


def test_a_reference_is_the_table_of_its_own_connection_and_schema() -> None:
    assert other_tables(compared("row_count_match")) == [OtherTable("other", "mart", "orders")]
    near = draft("row_count_match", sensor_params={"reference_table": "copy"})
    assert other_tables(near) == [OtherTable("c", "shop", "copy")]


@pytest.mark.parametrize("name", [None, 7, "", "a\x00b"])
def test_a_table_that_is_not_named_properly_is_not_looked_for(name: Any) -> None:
    assert other_tables(draft("row_count_match", sensor_params={"reference_table": name})) == []
    assert other_tables(draft("lookup_key_not_found", "id", sensor_params={"foreign_table": name})) == []


def test_a_foreign_table_is_one_of_the_same_connection() -> None:
    params = {"foreign_table": '"a.b".c', "foreign_column": "x"}
    assert other_tables(draft("lookup_key_not_found", "id", sensor_params=params)) == [OtherTable("c", "a.b", "c")]
    assert other_tables(draft("nothing of the kind")) == []
    assert other_tables(draft("row_count")) == []


def test_a_comparison_keeps_what_was_given_and_normalises_the_filter_in_the_references_grammar() -> None:
    check = compared(
        "sum_match", "id", more={"reference_column": "key", "reference_filter": "`KEY`>1 and amount is null"}
    )
    assert valid(check).sensor_params == ELSEWHERE | {
        "reference_column": "key",
        "reference_filter": "`key` > 1 AND `amount` IS NULL",
    }
    again = replace(check, sensor_params=valid(check).sensor_params)
    assert valid(again) == valid(check)


def test_a_comparison_needs_a_reference_table() -> None:
    assert only(draft("row_count_match"))[:2] == ("reference_table", "MISSING_PARAMETER")


def test_a_connection_that_is_not_there_is_named() -> None:
    field, reason, text = only(compared("row_count_match", more={"reference_connection_id": "theirs"}))
    assert (field, reason, text) == (
        "reference_connection_id",
        "CONNECTION_NOT_FOUND",
        "There is no connection 'theirs'.",
    )


def test_a_reference_table_that_is_not_there_is_named() -> None:
    field, reason, text = only(compared("row_count_match", more={"reference_table": "gone"}))
    assert (field, reason) == ("reference_table", "TABLE_NOT_FOUND")
    assert "mart.gone" in text


def test_a_reference_column_that_is_not_there_is_answered_with_the_references_columns() -> None:
    given = only(compared("sum_match", "id", more={"reference_column": "kye"}))
    assert given[:2] == ("reference_column", "COLUMN_NOT_FOUND")
    assert "'key', 'amount', 'booked_on', 'Day'" in given[2]
    assert only(compared("sum_match", "id"))[:2] == ("reference_column", "COLUMN_NOT_FOUND")


def test_a_reference_column_of_a_type_that_the_sensor_cannot_measure_is_refused() -> None:
    assert only(compared("sum_match", "amount"))[:2] == ("reference_column", "COLUMN_TYPE_NOT_ACCEPTED")


def test_a_reference_is_partitioned_by_its_own_column_or_that_of_the_same_name() -> None:
    check = compared("row_count_match", mode=Mode.PARTITIONED, partition_column="day")
    assert only(check)[:2] == ("reference_partition_column", "COLUMN_NOT_FOUND")
    params = ELSEWHERE | {"reference_partition_column": "booked_on"}
    assert valid(replace(check, sensor_params=params)).sensor_params == params
    assert only(replace(check, sensor_params=ELSEWHERE | {"reference_partition_column": "key"}))[1] == (
        "COLUMN_TYPE_NOT_ACCEPTED"
    )
    whole = compared("row_count_match", more={"reference_partition_column": "booked_on"})
    assert only(whole)[:2] == ("reference_partition_column", "PARTITION_COLUMN_NOT_ALLOWED")


def test_a_reference_needs_the_columns_of_the_groups() -> None:
    field, reason, text = only(compared("row_count_match", group_by=(GroupBy(column="country"),)))
    assert (field, reason) == ("reference_table", "COLUMN_NOT_FOUND")
    assert "'country'" in text


def test_what_is_wrong_with_the_groups_themselves_is_said_once() -> None:
    day = GroupBy(column="Day")
    assert {violation.field for violation in wrong(compared("row_count_match", group_by=(day, day)))} == {
        "check.group_by[0].column",
        "check.group_by[1].column",
        "check.group_by[1]",
    }


def test_a_reference_filter_of_two_statements_is_refused() -> None:
    more = {"reference_filter": "amount > 1; DROP TABLE orders"}
    assert only(compared("row_count_match", more=more))[:2] == ("reference_filter", "INVALID_SQL")


def test_columns_are_counted_without_looking_at_rows() -> None:
    more = {"reference_filter": "amount > 1"}
    assert only(compared("column_count_match", more=more))[:2] == ("reference_filter", "FILTER_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("check", "table", "column", "field", "reason"),
    [
        ("lookup_key_not_found", "gone", "id", "foreign_table", "TABLE_NOT_FOUND"),
        ("lookup_key_not_found", "orders", "x", "foreign_column", "COLUMN_NOT_FOUND"),
        ("total_sum_match_percent", "orders", "x", "referenced_column", "COLUMN_NOT_FOUND"),
        ("total_sum_match_percent", "orders", "country", "referenced_column", "COLUMN_TYPE_NOT_ACCEPTED"),
    ],
)
def test_a_table_of_the_same_connection_must_have_what_the_check_names(
    check: str, table: str, column: str, field: str, reason: str
) -> None:
    word = field.partition("_")[0]
    given = {f"{word}_table": table, f"{word}_column": column}
    assert only(draft(check, "id", sensor_params=given))[:2] == (field, reason)


def test_a_table_of_rows_to_count_needs_no_column() -> None:
    params = {"referenced_table": "shop.orders"}
    assert valid(draft("total_row_count_match_percent", sensor_params=params)).sensor_params == params
    gone = draft("total_row_count_match_percent", sensor_params={"referenced_table": "gone"})
    assert only(gone)[:2] == ("referenced_table", "TABLE_NOT_FOUND")
