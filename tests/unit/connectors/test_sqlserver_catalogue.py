from __future__ import annotations

import pytest

from dq_platform.connectors.sqlserver_catalogue import column_info, table_info
from dq_platform.models.metadata import DataType, TableKind


@pytest.mark.parametrize(
    ("row", "spelled", "data_type"),
    [
        (("nvarchar", "nvarchar", 40, 0, 0), "nvarchar(20)", DataType.TEXT),
        (("nvarchar", "nvarchar", -1, 0, 0), "nvarchar(max)", DataType.TEXT),
        (("varchar", "varchar", 20, 0, 0), "varchar(20)", DataType.TEXT),
        (("sysname", "nvarchar", 256, 0, 0), "sysname", DataType.TEXT),
        (("Email", "varchar", 200, 0, 0), "Email", DataType.TEXT),
        (("decimal", "decimal", 9, 12, 2), "decimal(12,2)", DataType.DECIMAL),
        (("money", "money", 8, 19, 4), "money", DataType.DECIMAL),
        (("datetime2", "datetime2", 8, 27, 7), "datetime2(7)", DataType.TIMESTAMP),
        (("datetime", "datetime", 8, 23, 3), "datetime", DataType.TIMESTAMP),
        (("datetimeoffset", "datetimeoffset", 10, 34, 7), "datetimeoffset(7)", DataType.TIMESTAMP_TZ),
        (("varbinary", "varbinary", 16, 0, 0), "varbinary(16)", DataType.BINARY),
        (("timestamp", "timestamp", 8, 0, 0), "timestamp", DataType.BINARY),
        (("uniqueidentifier", "uniqueidentifier", 16, 0, 0), "uniqueidentifier", DataType.UUID),
        (("hierarchyid", None, 892, 0, 0), "hierarchyid", DataType.OTHER),
        (("xml", "xml", -1, 0, 0), "xml", DataType.OTHER),
    ],
)
def test_a_type_is_spelled_with_its_bounds(
    row: tuple[str, str | None, int, int, int], spelled: str, data_type: DataType
) -> None:
    column = column_info(3, ("c", *row, False, 1, None))
    assert (column.engine_type, column.data_type) == (spelled, data_type)
    assert (column.position, column.nullable, column.primary_key, column.comment) == (3, False, True, "")


def test_a_view_with_rows_of_its_own_is_materialised() -> None:
    found = [table_info("s", ("n", kind, rows, None, None)) for kind, rows in (("U", 5), ("V", None), ("V", 5))]
    assert [table.kind for table in found] == [TableKind.TABLE, TableKind.VIEW, TableKind.MATERIALIZED_VIEW]
    assert [table.estimated_rows for table in found] == [5, None, 5]
