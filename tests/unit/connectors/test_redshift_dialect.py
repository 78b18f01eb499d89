from __future__ import annotations

from datetime import UTC, datetime

from dq_platform.connectors.dialect import Capability
from dq_platform.connectors.redshift_dialect import RedshiftDialect
from dq_platform.models.metadata import DataType

D = RedshiftDialect()


def test_backslashes_and_quotes_are_doubled() -> None:
    assert D.literal("\\'") == "'\\\\'''"


def test_a_text_is_not_cut_at_256_bytes() -> None:
    assert D.as_text("v") == "CAST(v AS VARCHAR(65535))"


def test_trailing_blanks_count_in_a_comparison() -> None:
    assert D.equals_text("v", "'a'") == "((CAST(v AS VARCHAR(65535)) || '|') = (CAST('a' AS VARCHAR(65535)) || '|'))"
    assert D.exact_end == "|"


def test_a_large_float_is_cast_from_its_text() -> None:
    assert D.literal(1e100) == "CAST('1e+100' AS DOUBLE PRECISION)"
    assert D.literal(0.5) == "0.5"


def test_times_have_fractions_and_instants_a_zone() -> None:
    assert D.timestamp(datetime(2024, 7, 1, tzinfo=UTC)) == "CAST('2024-07-01 00:00:00+00:00' AS TIMESTAMPTZ)"
    assert D.instant("v", DataType.TIMESTAMP) == "(CAST(v AS TIMESTAMP) AT TIME ZONE 'UTC')"
    assert D.seconds_between("a", "b") == (
        "(CAST(EXTRACT(EPOCH FROM b) AS DOUBLE PRECISION) - CAST(EXTRACT(EPOCH FROM a) AS DOUBLE PRECISION))"
    )


def test_a_percentile_must_not_stand_beside_other_aggregates() -> None:
    assert Capability.PERCENTILE not in D.capabilities
