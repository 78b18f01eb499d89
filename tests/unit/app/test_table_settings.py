from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dq_platform.app.table_settings import MAX_ID_COLUMNS, reviewed_settings
from dq_platform.errors import Invalid
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableSettings, TableSnapshot

NAMES = ["id", "Email", *(f"c{number}" for number in range(60))]
SNAPSHOT = TableSnapshot(
    "c",
    TableInfo("s", "t"),
    tuple(ColumnInfo(name, place, "text", DataType.TEXT) for place, name in enumerate(NAMES, 1)),
    datetime(2026, 1, 1, tzinfo=UTC),
)


def reviewed(**said: Any) -> TableSettings:
    return reviewed_settings(TableSettings("c", "s", "t", **said), SNAPSHOT, "postgresql")


def test_columns_are_kept_in_order_once_each() -> None:
    found = reviewed(filter="id > '1'", id_columns=("Email", "id", "Email"), pii_columns=("Email",))
    assert (found.filter, found.id_columns, found.pii_columns) == ("\"id\" > '1'", ("Email", "id"), ("Email",))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        reviewed(filter="nothing = 1", id_columns=("id", "email"), pii_columns=("zzzzzz",))
    told = {one.field: (one.reason, one.description) for one in caught.value.violations}
    assert {field: reason for field, (reason, _) in told.items()} == {
        "table_settings.filter": "INVALID_SQL",
        "table_settings.id_columns[1]": "COLUMN_NOT_FOUND",
        "table_settings.pii_columns[0]": "COLUMN_NOT_FOUND",
    }
    assert "'Email'" in told["table_settings.id_columns[1]"][1]
    assert "its columns are: id, Email, c0, " in told["table_settings.pii_columns[0]"][1]
    assert told["table_settings.pii_columns[0]"][1].endswith("c47, ….")


def test_more_id_columns_than_people_can_read_are_refused() -> None:
    reviewed(id_columns=tuple(NAMES[:MAX_ID_COLUMNS]))
    with pytest.raises(Invalid, match="at most 10"):
        reviewed(id_columns=tuple(NAMES[: MAX_ID_COLUMNS + 1]))
