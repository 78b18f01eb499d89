from __future__ import annotations

from datetime import UTC, datetime

from dq_platform.connectors.dialect import Capability
from dq_platform.connectors.oracle_dialect import OracleDialect
from dq_platform.models.metadata import DataType

D = OracleDialect()
MOMENT = datetime(2024, 7, 1, 12, 30, tzinfo=UTC)


def test_names_keep_their_case_and_backslashes_are_characters() -> None:
    assert D.table("Sales", "orders") == '"Sales"."orders"'
    assert D.literal("it's \\") == "'it''s \\'"


def test_what_is_left_of_a_blank_text_has_the_length_0_although_it_is_null() -> None:
    assert D.trimmed_length("v") == f"CASE WHEN v IS NOT NULL THEN COALESCE(LENGTH({D.trim('v')}), 0) END"


def test_all_kinds_of_blanks_are_trimmed_although_trim_takes_one_character() -> None:
    blanks = "' ' || CHR(9) || CHR(10) || CHR(13)"
    assert D.trim("v") == f"RTRIM(LTRIM(v, {blanks}), {blanks})"


def test_a_regular_expression_tells_upper_from_lower_case() -> None:
    assert D.matches("v", "'^it''s$'") == "(REGEXP_LIKE(v, '^it''s$', 'c'))"


def test_a_regular_expression_of_more_than_512_bytes_is_parted() -> None:
    words = [f"{'ä' * 100}{number}" for number in range(4)]
    pattern = f"^({'|'.join(words)})$"
    assert D.matches("v", D.text(pattern)) == (
        f"(REGEXP_LIKE(v, '^({words[0]}|{words[1]})$', 'c') OR REGEXP_LIKE(v, '^({words[2]}|{words[3]})$', 'c'))"
    )


def test_a_large_float_is_cast_from_its_text() -> None:
    assert D.literal(1e200) == "CAST('1e+200' AS BINARY_DOUBLE)"


def test_a_bound_without_a_fraction_is_a_date_so_that_an_index_on_dates_serves() -> None:
    assert D.wall_clock(MOMENT) == "TO_DATE('2024-07-01 12:30:00', 'YYYY-MM-DD HH24:MI:SS')"
    assert D.wall_clock(MOMENT.replace(microsecond=5)) == "TIMESTAMP '2024-07-01 12:30:00.000005'"
    assert D.timestamp(MOMENT) == "TIMESTAMP '2024-07-01 12:30:00 +00:00'"


def test_the_time_of_day_of_a_date_is_dropped() -> None:
    assert D.as_date("v") == "TRUNC(v)"
    assert D.first_day("v", monthly=True) == "TRUNC(v, 'MM')"
    assert D.utc_date("v", DataType.TIMESTAMP_TZ) == "TRUNC(SYS_EXTRACT_UTC(v))"


def test_an_interval_becomes_seconds_part_by_part() -> None:
    assert D.seconds_between("a", "b") == (
        "CAST(EXTRACT(DAY FROM (b - a)) * 86400 + EXTRACT(HOUR FROM (b - a)) * 3600"
        " + EXTRACT(MINUTE FROM (b - a)) * 60 + EXTRACT(SECOND FROM (b - a)) * 1 AS BINARY_DOUBLE)"
    )


def test_a_limit_is_fetched() -> None:
    assert D.limited("SELECT 1 AS c", 5) == "SELECT 1 AS c FETCH FIRST 5 ROWS ONLY"


def test_a_subquery_must_not_stand_beside_aggregates() -> None:
    assert Capability.SUBQUERY not in D.capabilities


def test_values_are_shown_whatever_formats_the_session_has() -> None:
    assert D.shown("x", DataType.TEXT, 9) == "TO_CHAR(SUBSTR(x, 1, 9))"
    assert D.shown("x", DataType.DATE, 9) == "SUBSTR(TO_CHAR(x, 'YYYY-MM-DD'), 1, 9)"
    assert "CAST(x AS TIMESTAMP), 'YYYY-MM-DD HH24:MI:SS.FF6'" in D.spelled("x", DataType.TIMESTAMP)
    assert D.spelled("x", DataType.BINARY) == "TO_CHAR(RAWTOHEX(x))"
