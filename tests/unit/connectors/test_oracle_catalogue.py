from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from dq_platform.connectors.oracle_catalogue import COLUMNS, COLUMNS_AFTER, SCHEMAS, TABLES, column_info, table_info
from dq_platform.models.metadata import DataType, TableInfo, TableKind


@pytest.mark.parametrize("statement", [SCHEMAS, TABLES, COLUMNS, COLUMNS_AFTER])
def test_statements_are_of_oracles_grammar(statement: str) -> None:
    assert isinstance(sqlglot.parse_one(statement, read="oracle"), exp.Select)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("TABLE", TableKind.TABLE),
        ("VIEW", TableKind.VIEW),
        ("MATERIALIZED VIEW", TableKind.MATERIALIZED_VIEW),
    ],
)
def test_a_materialised_view_is_told_from_a_table(kind: str, found: TableKind) -> None:
    assert table_info("S", ("t", kind, Decimal(7), None)) == TableInfo("S", "t", found, 7)


@pytest.mark.parametrize(
    ("row", "spelled", "data_type"),
    [
        (("NUMBER", None, None, 0, None, 22), "NUMBER", DataType.DECIMAL),
        (("NUMBER", None, 0, 0, None, 22), "NUMBER(*)", DataType.INTEGER),
        (("NUMBER", 10, 0, 0, None, 22), "NUMBER(10)", DataType.INTEGER),
        (("NUMBER", 12, 2, 0, None, 22), "NUMBER(12,2)", DataType.DECIMAL),
        (("NUMBER", 5, -2, 0, None, 22), "NUMBER(5,-2)", DataType.INTEGER),
        (("FLOAT", 126, None, 0, None, 22), "FLOAT", DataType.FLOAT),
        (("VARCHAR2", None, None, 20, "C", 80), "VARCHAR2(20)", DataType.TEXT),
        (("VARCHAR2", None, None, 80, "B", 80), "VARCHAR2(80)", DataType.TEXT),
        (("RAW", None, None, 0, None, 16), "RAW(16)", DataType.BINARY),
        (("DATE", None, None, 0, None, 7), "DATE", DataType.DATE),
        (("TIMESTAMP(6)", None, 6, 0, None, 11), "TIMESTAMP(6)", DataType.TIMESTAMP),
        (("TIMESTAMP(3) WITH LOCAL TIME ZONE", None, 3, 0, None, 11), None, DataType.TIMESTAMP_TZ),
        (("INTERVAL DAY(2) TO SECOND(6)", 2, 6, 0, None, 11), None, DataType.OTHER),
        (("SDO_GEOMETRY", None, None, 0, None, 1), "SDO_GEOMETRY", DataType.OTHER),
        (("JSON", None, None, 0, None, 8200), "JSON", DataType.JSON),
    ],
)
def test_types_are_spelled_with_their_size_and_normalised(
    row: tuple[Any, ...], spelled: str | None, data_type: DataType
) -> None:
    column = column_info(3, ("c", *row, "N", "c", "the key", Decimal(12)))
    assert (column.engine_type, column.data_type) == (spelled or row[0], data_type)
    assert (column.position, column.nullable, column.primary_key) == (3, False, True)
    assert (column.comment, column.estimated_distinct) == ("the key", 12)
