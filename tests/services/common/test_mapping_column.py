from __future__ import annotations

import pytest

from dq.v1 import baseline_pb2, metadata_pb2
from dq_platform.models.baseline import ColumnChange, ColumnChangeKind
from dq_platform.models.metadata import ColumnInfo, DataType
from services.common import mapping_column as mapping


@pytest.mark.parametrize("kind", ColumnChangeKind)
def test_a_change_comes_back_as_it_was_sent(kind: ColumnChangeKind) -> None:
    change = ColumnChange(kind, 'we"ird', "integer", "bigint")
    sent = baseline_pb2.ColumnChange.FromString(mapping.change(change).SerializeToString())
    assert mapping.change_to_core(sent) == change


def test_a_column_has_all_that_people_see_of_it() -> None:
    column = ColumnInfo("id", 3, "bigint", DataType.INTEGER, nullable=False, primary_key=True, comment="the key")
    assert mapping.column(column) == metadata_pb2.Column(
        column_name="id",
        position=3,
        engine_type="bigint",
        data_type=metadata_pb2.DATA_TYPE_INTEGER,
        primary_key=True,
        comment="the key",
    )
