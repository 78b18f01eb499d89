from __future__ import annotations

from datetime import UTC, datetime

from dq_platform.connectors.bigquery_dialect import BigQueryDialect
from dq_platform.connectors.dialect import Capability
from dq_platform.models.metadata import DataType

D = BigQueryDialect()
MOMENT = datetime(2024, 7, 1, 12, 30, tzinfo=UTC)


def test_quotes_backslashes_and_line_ends_are_escaped() -> None:
    assert D.literal("it's \\ a\r\n`text`") == r"'it\'s \\ a\r\n`text`'"
    assert D.ident("it's a`b\\c") == r"`it's a\`b\\c`"


def test_a_dataset_may_name_its_project() -> None:
    assert D.table("my-project.sales", "orders") == "`my-project`.`sales`.`orders`"
    assert D.table("sales", "orders") == "`sales`.`orders`"
    assert D.table("example.com:shop.sales", "orders") == "`example.com:shop`.`sales`.`orders`"


def test_a_timestamp_is_an_instant_and_a_datetime_what_a_clock_shows() -> None:
    assert D.timestamp(MOMENT) == "TIMESTAMP '2024-07-01 12:30:00+00:00'"
    assert D.wall_clock(MOMENT) == "DATETIME '2024-07-01 12:30:00'"
    assert D.instant("v", DataType.TIMESTAMP) == "TIMESTAMP(v, 'UTC')"
    assert D.instant("v", DataType.TIMESTAMP_TZ) == "v"


def test_a_number_beyond_64_bits_is_written_with_an_exponent() -> None:
    assert D.literal(1e20) == "1e+20"


def test_a_collation_that_ignores_case_is_taken_off() -> None:
    assert D.exact("v") == "COLLATE(v, '')"


def test_a_sum_of_integers_does_not_overflow() -> None:
    assert D.sum("n") == "SUM(n + NUMERIC '0')"


def test_a_part_of_a_text_may_match() -> None:
    assert D.matches("v", "'a'") == "REGEXP_CONTAINS(v, 'a')"


def test_zones_are_known_by_name() -> None:
    day = D.period_start("v", DataType.TIMESTAMP_TZ, monthly=True, time_zone="Europe/Berlin")
    assert day == "DATE_TRUNC(CAST(DATETIME(v, 'Europe/Berlin') AS DATE), MONTH)"


def test_there_is_no_exact_aggregate_for_percentiles() -> None:
    assert Capability.PERCENTILE not in D.capabilities


def test_values_without_a_cast_to_text_are_shown_as_json() -> None:
    assert D.shown("x", DataType.OTHER, 9) == "SUBSTR(TO_JSON_STRING(x), 1, 9)"
    assert D.shown("x", DataType.JSON, 9) == "SUBSTR(TO_JSON_STRING(x), 1, 9)"
    assert D.shown("x", DataType.INTEGER, 9) == "SUBSTR(CAST(x AS STRING), 1, 9)"
