from __future__ import annotations

import pytest

from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect


def test_a_column_whose_collation_ignores_case_is_compared_by_characters() -> None:
    assert PostgreSQLDialect().equals_text("v", "'a'") == (
        '((CAST(v AS TEXT) COLLATE "C") = (CAST(\'a\' AS TEXT) COLLATE "C"))'
    )


def test_so_many_characters_of_some_are_matched_without_counting() -> None:
    assert PostgreSQLDialect().matches("v", "'^[0-9a-f]{32}$'") == "(CHAR_LENGTH(v) = 32 AND NOT (v ~ '[^0-9a-f]'))"


@pytest.mark.parametrize(
    "pattern",
    [
        "'^[^a]{3}$'",
        "'[a-z]{3}$'",
        "'^[a-z]{3}'",
        "'^[[:alpha:]]{3}$'",
        "'^[\\d]{3}$'",
        "'^[a]{1,3}$'",
        "'^[it''s]{4}$'",
    ],
)
def test_any_other_pattern_is_left_as_it_is(pattern: str) -> None:
    assert PostgreSQLDialect().matches("v", pattern) == f"(v ~ {pattern})"
