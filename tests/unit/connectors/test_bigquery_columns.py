from __future__ import annotations

import pytest
from google.cloud.bigquery import SchemaField

from dq_platform.connectors.bigquery_columns import column, columns_of
from dq_platform.models.metadata import ColumnInfo, DataType


def test_a_column_is_spelled_as_in_sql() -> None:
    field = SchemaField("price", "NUMERIC", mode="REQUIRED", description="what it costs", precision=12, scale=2)
    assert column(3, field, ["price"]) == ColumnInfo(
        "price", 3, "NUMERIC(12, 2)", DataType.DECIMAL, nullable=False, primary_key=True, comment="what it costs"
    )
    assert column(1, SchemaField("name", "STRING", max_length=20), ()).engine_type == "STRING(20)"
    assert column(1, SchemaField("name", "STRING"), ()).engine_type == "STRING"


def test_the_apis_old_names_become_those_of_sql() -> None:
    names = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "INT64": "INT64", "TIMESTAMP": "TIMESTAMP"}
    assert {name: column(1, SchemaField("a", name), ()).engine_type for name in names} == names


def test_arrays_and_structs_hold_more_than_one_value() -> None:
    inner = (SchemaField("a", "INTEGER"), SchemaField("b", "RECORD", fields=(SchemaField("c", "STRING", "REPEATED"),)))
    found = column(1, SchemaField("s", "RECORD", "REPEATED", fields=inner), ())
    assert found.engine_type == "ARRAY<STRUCT<a INT64, b STRUCT<c ARRAY<STRING>>>>"
    assert found.data_type is DataType.OTHER
    assert column(1, SchemaField("n", "INTEGER", "REPEATED"), ()).data_type is DataType.OTHER


def test_types_that_no_check_knows_are_others() -> None:
    kinds = ("GEOGRAPHY", "INTERVAL", "RANGE", "JSON")
    found = [column(1, SchemaField("a", kind), ()).data_type for kind in kinds]
    assert found == [DataType.OTHER] * 3 + [DataType.JSON]


@pytest.mark.parametrize(
    ("spelled", "field"),
    [
        ("INT64", SchemaField("a", "INTEGER")),
        ("NUMERIC(12,2)", SchemaField("a", "NUMERIC", precision=12, scale=2)),
        ("BIGNUMERIC(40, 2)", SchemaField("a", "BIGNUMERIC", precision=40, scale=2)),
        ("STRING(20)", SchemaField("a", "STRING", max_length=20)),
        ("TIMESTAMP", SchemaField("a", "TIMESTAMP")),
        ("ARRAY<BYTES(3)>", SchemaField("a", "BYTES", "REPEATED", max_length=3)),
        (
            "STRUCT<b INT64, c ARRAY<STRING>>",
            SchemaField(
                "a", "RECORD", fields=(SchemaField("b", "INTEGER"), SchemaField("c", "STRING", mode="REPEATED"))
            ),
        ),
    ],
)
def test_both_ways_of_asking_tell_the_same(spelled: str, field: SchemaField) -> None:
    told = "NO" if field.mode == "REPEATED" else "YES"
    assert columns_of([("a", spelled, told, None, False)]) == [column(1, field, ())]


def test_keys_and_descriptions_are_told() -> None:
    assert columns_of([("a", "STRING", "NO", "the key", True)]) == [
        ColumnInfo("a", 1, "STRING", DataType.TEXT, nullable=False, primary_key=True, comment="the key")
    ]


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("a b", "INT64"),
        ("größe", "INT64"),
        ("a", "RANGE<DATE>"),
        ("a", "TIMESTAMP(12)"),
        ("a", "STRUCT<`b c` INT64>"),
        ("a", "STRUCT<b INT64 NOT NULL>"),
        ("a", "STRING(10) COLLATE 'und:ci'"),
    ],
)
def test_what_may_be_spelled_otherwise_is_left_to_the_api(name: str, spelled: str) -> None:
    assert columns_of([("b", "INT64", "YES", None, False), (name, spelled, "YES", None, False)]) == []
