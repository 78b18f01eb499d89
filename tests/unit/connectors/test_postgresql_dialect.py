from __future__ import annotations

from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect


def test_a_column_whose_collation_ignores_case_is_compared_by_characters() -> None:
    assert PostgreSQLDialect().equals_text("v", "'a'") == (
        '((CAST(v AS TEXT) COLLATE "C") = (CAST(\'a\' AS TEXT) COLLATE "C"))'
    )
