from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from dq_platform.connectors.databricks_catalogue import (
    as_pattern,
    column_info,
    columns_query,
    columns_query_after,
    tables_query,
)
from dq_platform.models.metadata import ColumnInfo, DataType


def test_names_are_literals_in_lower_case() -> None:
    assert r"table_schema = 'it\'s'" in tables_query("It's")
    assert r"c.table_schema = 's' AND c.table_name = 'a\\b'" in columns_query("S", "A\\b")
    assert r"c.table_schema = 's' AND c.table_name > 'a\\b'" in columns_query_after("S", "a\\b", 9)


@pytest.mark.parametrize("query", [tables_query("s"), columns_query("s", "t"), columns_query_after("s", "t", 9)])
def test_queries_are_of_databricks_grammar(query: str) -> None:
    assert isinstance(sqlglot.parse_one(query, read="databricks"), exp.Select)


def test_a_pattern_matches_the_name_alone() -> None:
    assert as_pattern("My_100%\\") == "my\\_100\\%\\\\"


@pytest.mark.parametrize(
    ("engine_type", "data_type"),
    [
        ("BIGINT", DataType.INTEGER),
        ("decimal(10,2)", DataType.DECIMAL),
        ("VARCHAR(3)", DataType.TEXT),
        ("timestamp", DataType.TIMESTAMP_TZ),
        ("timestamp_ntz", DataType.TIMESTAMP),
        ("variant", DataType.JSON),
        ("array<decimal(10,2)>", DataType.OTHER),
        ("interval day to second", DataType.OTHER),
    ],
)
def test_types_are_normalised_and_kept_as_they_are_spelled(engine_type: str, data_type: DataType) -> None:
    assert column_info(2, ("c", engine_type, "NO", None, True)) == ColumnInfo(
        "c", 2, engine_type, data_type, nullable=False, primary_key=True
    )
