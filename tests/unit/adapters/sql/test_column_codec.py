from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from dq_platform.adapters.sql import column_codec as codec
from dq_platform.models.baseline import ColumnChange, ColumnChangeKind
from dq_platform.models.metadata import ColumnInfo, DataType

COLUMNS = st.builds(
    ColumnInfo,
    name=st.text(),
    position=st.integers(1),
    engine_type=st.text(),
    data_type=st.sampled_from(DataType),
    nullable=st.booleans(),
    primary_key=st.booleans(),
    comment=st.text(),
    estimated_distinct=st.none() | st.integers(0),
)
CHANGES = st.builds(
    ColumnChange, st.sampled_from(ColumnChangeKind), column_name=st.text(), before=st.text(), after=st.text()
)


@given(st.lists(COLUMNS).map(tuple))
def test_columns_come_back_as_they_were(columns: tuple[ColumnInfo, ...]) -> None:
    assert codec.columns_from_json(json.loads(json.dumps(codec.columns_to_json(columns)))) == columns


@given(st.lists(CHANGES).map(tuple))
def test_changes_come_back_as_they_were(changes: tuple[ColumnChange, ...]) -> None:
    assert codec.changes_from_json(json.loads(json.dumps(codec.changes_to_json(changes)))) == changes
