from __future__ import annotations

from datetime import UTC, datetime

from dq_platform.connectors.snowflake_dialect import SnowflakeDialect
from dq_platform.models.metadata import DataType

D = SnowflakeDialect()
MOMENT = datetime(2024, 7, 1, 12, 30, tzinfo=UTC)


def test_backslashes_and_quotes_are_doubled_and_names_keep_their_case() -> None:
    assert D.literal("\\'") == "'\\\\'''"
    assert D.table("Sales", 'Or"ders') == '"Sales"."Or""ders"'


def test_a_pattern_that_has_to_match_the_whole_text_is_opened_on_both_sides() -> None:
    assert D.matches("v", "'^a|b$'") == "REGEXP_LIKE(v, '.*(' || '^a|b$' || ').*', 's')"


def test_texts_are_compared_by_their_bytes() -> None:
    assert D.exact("v") == "TO_BINARY(v, 'UTF-8')"


def test_a_boolean_is_compared_because_is_true_is_unknown() -> None:
    assert (D.is_boolean("b", True), D.is_boolean("b", False)) == ("b = TRUE", "b = FALSE")


def test_the_date_of_an_instant_is_that_in_utc_not_that_of_its_own_zone() -> None:
    assert D.utc_date("v", DataType.TIMESTAMP_TZ) == "CAST(CAST(CONVERT_TIMEZONE('UTC', v) AS TIMESTAMP_NTZ) AS DATE)"
    assert D.utc_date("v", DataType.TIMESTAMP) == "CAST(CAST(v AS TIMESTAMP_NTZ) AS DATE)"


def test_literals_of_times_say_whether_they_have_a_zone() -> None:
    assert D.timestamp(MOMENT) == "CAST('2024-07-01 12:30:00+00:00' AS TIMESTAMP_TZ)"
    assert D.wall_clock(MOMENT) == "CAST('2024-07-01 12:30:00' AS TIMESTAMP_NTZ)"


def test_zones_are_known_by_name() -> None:
    day = D.period_start("v", DataType.TIMESTAMP, monthly=False, time_zone="Europe/Berlin")
    assert day == "CAST(CONVERT_TIMEZONE('UTC', 'Europe/Berlin', CAST(v AS TIMESTAMP_NTZ)) AS DATE)"
