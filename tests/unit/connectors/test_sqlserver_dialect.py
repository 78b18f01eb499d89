from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dq_platform.connectors.sqlserver_dialect import SQLServerDialect
from dq_platform.errors import Unsupported
from dq_platform.models.metadata import DataType

D = SQLServerDialect()
MOMENT = datetime(2024, 7, 1, 12, 30, tzinfo=UTC)


def test_a_name_stands_in_brackets_of_which_only_the_closing_one_is_doubled() -> None:
    assert D.ident("a[b]c") == "[a[b]]c]"
    assert D.table("dbo", "t") == "[dbo].[t]"


def test_a_text_is_unicode() -> None:
    assert D.literal("it's \\ 😀") == "N'it''s \\ 😀'"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_backslash_does_not_join_two_lines_of_a_text(line_end: str) -> None:
    assert D.literal(f"a\\{line_end}b") == f"(N'a\\' + N'{line_end}b')"


def test_booleans_are_bits() -> None:
    assert (D.literal(True), D.literal(False)) == ("1", "0")
    assert D.is_boolean("b", False) == "b = 0"


def test_a_large_float_is_written_with_an_exponent() -> None:
    assert D.literal(1e100) == "1e+100"


def test_dates_and_times_are_casts() -> None:
    assert D.literal(date(2024, 7, 1)) == "CAST('2024-07-01' AS DATE)"
    assert D.literal(MOMENT) == "CAST('2024-07-01 12:30:00 +00:00' AS DATETIMEOFFSET)"
    assert D.wall_clock(MOMENT) == "CAST('2024-07-01 12:30:00' AS DATETIME2)"


def test_trailing_blanks_and_characters_beyond_the_basic_plane_count_in_a_length() -> None:
    assert D.length("v") == "(LEN((v + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1)"


def test_trailing_blanks_and_case_count_in_a_comparison() -> None:
    key = "((CAST(v AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2)"
    assert D.exact("v") == key
    assert D.in_texts("v", ["N'a'", "N'b'"]) == f"({key} IN (N'a' + N'|', N'b' + N'|'))"
    assert D.exact_end == "|"


def test_a_text_has_a_collation_in_which_control_characters_count() -> None:
    assert D.as_text("v") == "(CAST(v AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2)"


def test_a_sum_of_integers_does_not_overflow_and_a_mean_does_not_truncate() -> None:
    assert D.sum("n") == "SUM(n + CAST(0 AS DECIMAL(1, 0)))"
    assert D.mean("n") == "AVG(CAST(n AS DOUBLE PRECISION))"


@pytest.mark.parametrize(
    ("sample", "stddev", "variance"), [(True, "STDEV", "VAR"), (False, "STDEVP", "VARP")], ids=["sample", "population"]
)
def test_deviations_have_names_of_their_own(sample: bool, stddev: str, variance: str) -> None:
    assert D.stddev("n", sample=sample) == f"{stddev}(CAST(n AS DOUBLE PRECISION))"
    assert D.variance("n", sample=sample) == f"{variance}(CAST(n AS DOUBLE PRECISION))"


def test_an_offset_is_applied_before_it_is_dropped() -> None:
    assert D.instant("v", DataType.TIMESTAMP_TZ) == "CAST(SWITCHOFFSET(v, '+00:00') AS DATETIME2)"
    assert D.utc_date("v", DataType.TIMESTAMP_TZ) == f"CAST({D.instant('v', DataType.TIMESTAMP_TZ)} AS DATE)"


def test_zones_are_offsets_because_windows_names_them_otherwise() -> None:
    week = {"start": date(2024, 7, 1), "end": date(2024, 7, 8)}
    day = D.period_start("v", DataType.TIMESTAMP, monthly=False, time_zone="Europe/Berlin", **week)
    assert day == "CAST(DATEADD(SECOND, 7200, CAST(v AS DATETIME2)) AS DATE)"
    assert "Berlin" not in D.period_start("v", DataType.TIMESTAMP, monthly=True, time_zone="Europe/Berlin")


def test_a_month_begins_after_the_end_of_the_one_before() -> None:
    assert D.first_day("v", monthly=True) == "DATEADD(DAY, 1, EOMONTH(v, -1))"


def test_a_limit_is_valid_in_a_derived_table() -> None:
    assert D.limited("SELECT 1", 5) == "SELECT 1 ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY"


def test_there_are_no_regular_expressions_and_no_aggregate_for_percentiles() -> None:
    with pytest.raises(Unsupported, match="no regular expressions"):
        D.matches("v", "N'a'")
    with pytest.raises(Unsupported, match="no aggregate for percentiles"):
        D.percentile("v", "0.5")


def test_values_are_shown_with_all_their_digits() -> None:
    assert D.spelled("x", DataType.FLOAT) == "CONVERT(NVARCHAR(MAX), x, 3)"
    assert D.spelled("x", DataType.TIMESTAMP_TZ) == "CONVERT(NVARCHAR(MAX), x, 121)"
    assert "CONVERT(NVARCHAR(MAX), x, 2)" in D.spelled("x", DataType.BINARY)


def test_every_count_holds_more_rows_than_an_int() -> None:
    dialect = SQLServerDialect()
    assert dialect.count() == "COUNT_BIG(*)"
    assert dialect.count("DISTINCT v") == "COUNT_BIG(DISTINCT v)"
    assert dialect.count_if("v > 1") == "COUNT_BIG(CASE WHEN v > 1 THEN 1 END)"
