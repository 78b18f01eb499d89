from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dq_platform.connectors import snowflake_catalogue as catalogue
from dq_platform.connectors.snowflake_catalogue import columns_of, shown_type, table_info
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spelled", "data_type"),
    [
        ("NUMBER(38,0)", DataType.INTEGER),
        ("NUMBER(12,2)", DataType.DECIMAL),
        ("DECFLOAT", DataType.DECIMAL),
        ("VARCHAR(16777216)", DataType.TEXT),
        ("TIMESTAMP_LTZ(9)", DataType.TIMESTAMP_TZ),
        ("TIMESTAMP_NTZ(9)", DataType.TIMESTAMP),
        ("ARRAY", DataType.OTHER),
        ("VECTOR(FLOAT, 256)", DataType.OTHER),
        ("GEOGRAPHY", DataType.OTHER),
        ("", DataType.OTHER),
    ],
)
def test_types_are_normalised_as_describe_spells_them(spelled: str, data_type: DataType) -> None:
    assert catalogue.data_type(spelled) is data_type


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("BASE TABLE", TableKind.TABLE),
        ("EXTERNAL TABLE", TableKind.TABLE),
        ("VIEW", TableKind.VIEW),
        ("MATERIALIZED VIEW", TableKind.MATERIALIZED_VIEW),
    ],
)
def test_kinds_of_tables_are_told(kind: str, wanted: TableKind) -> None:
    assert table_info("s", ("t", kind, 3, 1024, MOMENT, None)) == TableInfo("s", "t", wanted, 3, "", 1024, MOMENT)


@pytest.mark.parametrize(
    ("told", "spelled"),
    [
        ({"type": "FIXED", "precision": 38, "scale": 0, "nullable": True}, "NUMBER(38,0)"),
        ({"type": "TEXT", "length": 20, "byteLength": 80, "nullable": True, "fixed": False}, "VARCHAR(20)"),
        ({"type": "TEXT", "length": 20, "byteLength": 80, "collation": "en-ci"}, ""),
        ({"type": "REAL", "nullable": True}, "FLOAT"),
        ({"type": "BINARY", "length": 100, "byteLength": 100, "fixed": True}, "BINARY(100)"),
        ({"type": "TIMESTAMP_NTZ", "precision": 0, "scale": 3}, "TIMESTAMP_NTZ(3)"),
        ({"type": "DATE", "nullable": True}, "DATE"),
        ({"type": "VARIANT", "nullable": True}, "VARIANT"),
        ({"type": "ARRAY", "nullable": True}, ""),
        ({"type": "VECTOR", "dimension": 256}, ""),
        ({"type": "SOMETHING NEW"}, ""),
    ],
)
def test_what_show_tells_is_spelled_as_describe_does_or_not_at_all(told: dict[str, Any], spelled: str) -> None:
    assert shown_type(json.dumps(told)) == spelled


def test_a_table_is_put_together_unless_a_type_is_missing() -> None:
    def shown(table: str, column: str, kind: str) -> dict[str, str]:
        return {"table_name": table, "column_name": column, "data_type": json.dumps({"type": kind})}

    types = [shown("t", "b", "REAL"), shown("t", "A", "DATE"), shown("u", "a", "ARRAY"), shown("u", "b", "DATE")]
    tables = {
        "t": [("A", "NO", "the key"), ("b", "YES", None)],
        "u": [("b", "YES", None), ("a", "YES", None)],
        "appeared": [("a", "YES", None)],
    }
    assert columns_of(tables, types, [{"table_name": "t", "column_name": "A"}]) == {
        "t": [
            ColumnInfo("A", 1, "DATE", DataType.DATE, nullable=False, primary_key=True, comment="the key"),
            ColumnInfo("b", 2, "FLOAT", DataType.FLOAT),
        ],
        "u": [],
        "appeared": [],
    }
