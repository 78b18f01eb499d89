from __future__ import annotations

from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.models.metadata import DataType


def test_instants_are_timestamps_without_zone() -> None:
    dialect = DuckDBDialect()
    assert dialect.instant("v", DataType.TIMESTAMP_TZ) == "CAST(v AS TIMESTAMP)"
    assert dialect.now() == "CAST(CURRENT_TIMESTAMP AS TIMESTAMP)"
