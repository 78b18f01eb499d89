from __future__ import annotations

from google.cloud.bigquery import SchemaField

from dq_platform.connectors.bigquery_columns import column
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
