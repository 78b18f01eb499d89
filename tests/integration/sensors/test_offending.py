from __future__ import annotations

from typing import Any

import pytest

from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.sql_text import parse_query
from dq_platform.models.metadata import DataType
from tests.integration.sensors.bench import Bench
from tests.integration.sensors.cases import CASES, Case
from tests.integration.sensors.data import COLUMNS, RECORD_COLUMNS, RECORDS, ROWS, SCHEMA, TABLE
from tests.integration.sensors.sample_cases import KEYS, SAMPLES, Sample
from tests.integration.sensors.test_sensor_values import QUERIES

JUDGING = {sensor.name for sensor in SENSOR_REGISTRY.items() if sensor.judges_rows}
GOOD = {
    *("not_null_count", "not_null_percent", "true_percent", "false_percent", "distinct_percent"),
    *("date_in_range_percent", "integer_in_range_percent", "number_in_range_percent", "number_found_in_set_percent"),
    *("text_found_in_set_percent", "text_length_in_range_percent", "text_match_date_format_percent"),
    *("text_parsable_to_boolean_percent", "text_parsable_to_date_percent", "text_parsable_to_float_percent"),
    *("text_parsable_to_integer_percent", "text_valid_country_code_percent", "text_valid_currency_code_percent"),
    *("valid_latitude_percent", "valid_longitude_percent", "foreign_key_match_percent"),
    *("sql_condition_passed_percent_on_column", "sql_condition_passed_percent_on_table"),
}
"""Sensors that count what is right with the data."""
OF_ALL_ROWS = {"null_percent", "not_null_count", "not_null_percent", "sql_condition_passed_percent_on_table"}
IN_USE = {name for name in JUDGING if name.startswith("expected_")}
"""They count expected values, not rows."""


def rows_of(bench: Bench, sample: Sample) -> list[str | None]:
    found = bench.offending(
        sample.sensor, [sample.shown], sample.column, sample.params, table=sample.table, where=sample.where
    )
    return sorted((row[-1] for row in found), key=str)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_offending_rows_are_those_worked_out_by_hand(near: Bench, sample: Sample) -> None:
    skip_slow(near, sample.sensor)
    assert rows_of(near, sample) == sorted(expected(near, sample), key=str)


def skip_slow(bench: Bench, sensor: str) -> None:
    if sensor in bench.slow:
        pytest.skip(bench.slow[sensor])


def expected(bench: Bench, sample: Sample) -> list[Any]:
    """Without the rows whose text is NULL on an engine that knows no empty one."""
    if not bench.empty_is_null or sample.shown != "id" or not sample.column:
        return sample.rows
    texts = COLUMNS[sample.column][1]
    return [row for row in sample.rows if texts[int(row) - 1 : int(row)] != [""]]


def test_every_sensor_that_judges_rows_has_a_case() -> None:
    assert {sample.sensor for sample in SAMPLES} | QUERIES == JUDGING


def whole(case: Case) -> int:
    """How many rows or values there are to judge."""
    if case.table == RECORDS:
        return sum(1 for row in zip(*(RECORD_COLUMNS[name][1] for name in ("a", "b")), strict=True) if any(row))
    if case.sensor in OF_ALL_ROWS or not case.column:
        return ROWS
    values = COLUMNS[case.column][1]
    return len([one for one in values[: 3 if case.where else ROWS] if one is not None])


COUNTED = [case for case in CASES if case.sensor in JUDGING - IN_USE and case.value is not None]


@pytest.mark.parametrize("case", COUNTED, ids=str)
def test_there_are_as_many_offending_rows_as_were_counted(near: Bench, case: Case) -> None:
    skip_slow(near, case.sensor)
    if near.empty_is_null and "" in (COLUMNS[case.column][1] if case.column else ()):
        pytest.skip("the engine counts empty texts as NULL")
    shown = ["a"] if case.table == RECORDS else ["id"]
    found = near.offending(case.sensor, shown, case.column, case.params, table=case.table, where=case.where)
    counted = case.value if "percent" not in case.sensor else round(case.value * whole(case) / 100)
    assert len(found) == (whole(case) - counted if case.sensor in GOOD else counted)


@pytest.mark.parametrize("sensor", sorted(QUERIES))
def test_the_rows_that_a_users_query_returns_are_found_by_their_ids(near: Bench, sensor: str) -> None:
    table = near.dialect.ident(TABLE)
    query = f"WITH chosen AS (SELECT id, num FROM {table} WHERE num > 1) SELECT num, id FROM chosen"
    params = {"sql_query": parse_query(query, near.dialect.sqlglot, list(COLUMNS), (SCHEMA, TABLE))}
    column = "num" if sensor == "sql_invalid_value_count" else ""
    assert {row[0] for row in near.offending(sensor, ["id"], column, params)} == {"5", "6", "7"}
    assert {row[0] for row in near.offending(sensor, ["id"], column, params, where="id < 7")} == {"5", "6"}


def test_what_a_users_query_calls_an_id_is_not_shown(near: Bench) -> None:
    query = f"SELECT email AS status FROM {near.dialect.ident(TABLE)}"
    params = {"sql_query": parse_query(query, near.dialect.sqlglot, list(COLUMNS), (SCHEMA, TABLE))}
    assert near.offending("sql_invalid_record_count", ["status"], "", params, id="status") == []


@pytest.mark.parametrize(
    ("sensor", "column", "params", "wanted"),
    [
        ("duplicate_count", "status", {}, {("1", "new"), ("2", "paid")}),
        (
            "distinct_count",
            "num",
            {},
            {("1", v) for v in ("-2", "-1", "0", "1")} | {("2", v) for v in ("2", "3", "100")},
        ),
        ("foreign_key_not_match_count", "key_number", KEYS, {("1", "9")}),
        ("null_count", "flag", {}, {("1", None), ("2", None)}),
        (
            "expected_texts_in_top_values_count",
            "status",
            {"expected_values": ["new"], "top": 1},
            {("2", "paid")},
        ),
    ],
)
def test_each_key_has_offending_rows_of_its_own(
    bench: Bench, sensor: str, column: str, params: dict[str, Any], wanted: set[tuple[str, str | None]]
) -> None:
    found = bench.offending(sensor, ["part", column], column, params, keys=(bench.dialect.ident("part"),))
    assert {(part, value) for _, part, value in found} == wanted
    assert all(str(key) == part for key, part, _ in found)


BYTES = {"postgresql": "CAST('\\x00ff' AS BYTEA)", "mysql": "X'00FF'", "duckdb": "CAST('\\x00\\xFF' AS BLOB)"}


def first(bench: Bench, expression: str, data_type: DataType, row: int = 1) -> Any:
    table = bench.dialect.table(bench.schema, bench.rename(TABLE))
    shown = bench.dialect.shown(expression, data_type, 5)
    [[found]] = bench.connector.execute(f"SELECT {shown} FROM {table} WHERE {bench.dialect.ident('id')} = {row}").rows
    return found


def test_a_value_is_shown_as_a_text_of_limited_length(near: Bench) -> None:
    assert first(near, near.dialect.text("Größe 😀 字"), DataType.TEXT) == "Größe"
    flag, status = near.dialect.ident("flag"), near.dialect.ident("status")
    assert [first(near, flag, DataType.BOOLEAN, row) for row in (1, 3, 4)] == ["true", "false", None]
    assert [first(near, status, DataType.TEXT, row) for row in (1, 9)] == ["new", None]


def test_bytes_are_shown_as_hexadecimal_digits(near: Bench) -> None:
    if near.connector.type not in BYTES:
        pytest.skip("there is no literal of bytes for this engine")
    assert first(near, BYTES[near.connector.type], DataType.BINARY).lower() == "00ff"
