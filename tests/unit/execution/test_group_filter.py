from __future__ import annotations

import pytest

from dq_platform.errors import Unsupported
from dq_platform.execution.group_filter import group_filter
from dq_platform.models.metadata import ColumnInfo, DataType
from tests.dialects import DIALECTS

POSTGRESQL = DIALECTS["postgresql"]


def filtered(data_type, text, dialect=POSTGRESQL):
    return group_filter(dialect, ColumnInfo('c"x', 1, data_type.value, data_type), text)


@pytest.mark.parametrize(
    ("data_type", "text", "condition"),
    [
        (DataType.TEXT, None, '"c""x" IS NULL'),
        (DataType.FLOAT, None, '"c""x" IS NULL'),
        (DataType.TEXT, "it's", '((CAST("c""x" AS TEXT) COLLATE "C") = (CAST(\'it\'\'s\' AS TEXT) COLLATE "C"))'),
        (DataType.BOOLEAN, "true", '"c""x" IS TRUE'),
        (DataType.BOOLEAN, "1", '"c""x" IS TRUE'),
        (DataType.BOOLEAN, "0", '"c""x" IS FALSE'),
        (DataType.INTEGER, "-7", '"c""x" = -7'),
        (DataType.DECIMAL, "0.10", '"c""x" = 0.10'),
        (DataType.DATE, "2026-01-31", '"c""x" = DATE \'2026-01-31\''),
        (DataType.DATE, "2026-01-31T00:00:00", '"c""x" = DATE \'2026-01-31\''),
        (DataType.TIMESTAMP, "2026-01-31T01:02:03", '"c""x" = TIMESTAMP \'2026-01-31 01:02:03\''),
        (
            DataType.TIMESTAMP_TZ,
            "2026-01-31T01:02:03+00:00",
            '"c""x" = TIMESTAMP WITH TIME ZONE \'2026-01-31 01:02:03+00:00\'',
        ),
        (DataType.UUID, "AB", 'LOWER(CAST("c""x" AS TEXT)) = \'ab\''),
    ],
)
def test_a_groups_text_becomes_a_condition_of_its_columns_type(data_type, text, condition):
    assert filtered(data_type, text) == condition


@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        (DataType.FLOAT, "0.1"),
        (DataType.JSON, "{}"),
        (DataType.BINARY, "\\x00"),
        (DataType.TIME, "01:02:03"),
        (DataType.OTHER, "x"),
        (DataType.INTEGER, "1; DROP"),
        (DataType.DECIMAL, "Infinity"),
        (DataType.DECIMAL, "x"),
        (DataType.DATE, "yesterday"),
        (DataType.TEXT, "a\x00b"),
    ],
)
def test_what_cannot_be_told_for_certain_is_refused(data_type, text):
    with pytest.raises(Unsupported, match="cannot be told apart"):
        filtered(data_type, text)
