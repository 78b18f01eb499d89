from __future__ import annotations

import pytest

from dq_platform.connectors.redshift_catalogue import column_info, is_users, table_info
from dq_platform.models.metadata import DataType, TableKind


@pytest.mark.parametrize(
    ("row", "spelled", "data_type"),
    [
        (("character varying", 20, None, None), "character varying(20)", DataType.TEXT),
        (("numeric", None, 12, 2), "numeric(12,2)", DataType.DECIMAL),
        (("integer", None, 32, 0), "integer", DataType.INTEGER),
        (("super", None, None, None), "super", DataType.JSON),
        (("binary varying", 64, None, None), "binary varying", DataType.BINARY),
        (("geometry", None, None, None), "geometry", DataType.OTHER),
        # of external tables
        (("varchar(20)", None, None, None), "varchar(20)", DataType.TEXT),
        (("decimal(10,2)", None, None, None), "decimal(10,2)", DataType.DECIMAL),
        (("timestamp", None, None, None), "timestamp", DataType.TIMESTAMP),
        (("array<int>", None, None, None), "array<int>", DataType.OTHER),
    ],
)
def test_a_type_is_spelled_with_its_bounds(
    row: tuple[str, int | None, int | None, int | None], spelled: str, data_type: DataType
) -> None:
    column = column_info(2, ("c", *row, "NO", "told"), {"c"})
    assert (column.engine_type, column.data_type) == (spelled, data_type)
    assert (column.position, column.nullable, column.primary_key, column.comment) == (2, False, True, "told")


def test_a_table_has_its_size_if_it_is_told() -> None:
    table = table_info("s", ("t", "BASE TABLE", None), (), {"t": (3, 1000)})
    assert (table.kind, table.size_bytes, table.estimated_rows) == (TableKind.TABLE, 3 * 1024 * 1024, 1000)
    view = table_info("s", ("v", "VIEW", "told"), {"v"}, {})
    assert (view.kind, view.size_bytes, view.estimated_rows) == (TableKind.MATERIALIZED_VIEW, None, None)
    assert table_info("s", ("e", "EXTERNAL TABLE", None), (), {}).kind is TableKind.TABLE


def test_the_engines_own_schemas_are_told_apart() -> None:
    names = ["public", "pg_catalog", "pg_automv", "information_schema", "catalog_history", "pgx"]
    assert [name for name in names if is_users(name)] == ["public", "pgx"]
