from __future__ import annotations

from datetime import UTC, datetime

from dq_platform.connectors.databricks_dialect import DatabricksDialect
from dq_platform.models.metadata import DataType

D = DatabricksDialect()
MOMENT = datetime(2024, 7, 1, 12, 30, tzinfo=UTC)


def test_a_quote_is_escaped_because_two_would_join_two_literals() -> None:
    assert D.literal("it's \\") == r"'it\'s \\'"


def test_backticks_are_doubled_in_names() -> None:
    assert D.ident("a`b\\c") == "`a``b\\c`"


def test_a_part_of_a_text_may_match_and_its_end_is_the_very_end() -> None:
    assert D.matches("v", "'a'") == "(v RLIKE 'a')"
    assert D.regex_end == r"\z"


def test_texts_are_compared_by_their_bytes() -> None:
    assert D.exact("v") == "CAST(v AS BINARY)"


def test_a_timestamp_is_an_instant_and_one_without_zone_is_what_a_clock_shows() -> None:
    assert D.timestamp(MOMENT) == "CAST('2024-07-01 12:30:00+00:00' AS TIMESTAMP)"
    assert D.wall_clock(MOMENT) == "CAST('2024-07-01 12:30:00' AS TIMESTAMP_NTZ)"


def test_a_sum_of_integers_does_not_overflow() -> None:
    assert D.sum("n") == "SUM(n + CAST(0 AS DECIMAL(1, 0)))"


def test_zones_are_known_by_name() -> None:
    day = D.period_start("v", DataType.TIMESTAMP, monthly=True, time_zone="Europe/Berlin")
    assert day == "CAST(DATE_TRUNC('month', FROM_UTC_TIMESTAMP(CAST(v AS TIMESTAMP), 'Europe/Berlin')) AS DATE)"
