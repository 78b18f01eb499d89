from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.execution.precheck import bind
from dq_platform.execution.problems import ColumnMissing, NothingToShow
from dq_platform.execution.sample_columns import MAX_VALUE_COLUMNS, id_columns, sample_columns
from dq_platform.models.metadata import DataType, TableSettings
from tests.unit.execution.builders import COLUMNS, check, snapshot

PLAIN = TableSettings("c", "s", "t")
BY_ID = replace(PLAIN, id_columns=("id",))


def keyed(*names):
    known = snapshot()
    return replace(known, columns=tuple(replace(one, primary_key=one.name in names) for one in known.columns))


def names(one, known=None, settings=PLAIN):
    return [column.name for column in sample_columns(bind(one), known or snapshot(), settings)]


def test_the_primary_key_tells_rows_apart_unless_users_choose():
    assert names(check("k"), keyed("id", "country")) == ["id", "country", "email"]
    assert names(check("k"), keyed("id"), replace(PLAIN, id_columns=("at", "day"))) == ["at", "day", "email"]
    assert names(check("k")) == ["email"]


def test_a_value_that_is_an_id_is_shown_once():
    assert names(check("k", column="id"), settings=BY_ID) == ["id"]


def test_a_record_is_shown_by_its_columns_or_by_all():
    record = check("k", "duplicate_record_count", "", sensor_params={"columns": ("email", "id")})
    assert names(record, settings=BY_ID) == ["id", "email"]
    assert names(replace(record, sensor_params={}), settings=BY_ID) == list(COLUMNS)


def test_of_a_wide_record_the_first_columns_are_shown():
    wide = snapshot({f"c{number}": DataType.INTEGER for number in range(100)})
    shown = names(check("k", "duplicate_record_count", ""), wide)
    assert shown == [f"c{number}" for number in range(MAX_VALUE_COLUMNS)]


@pytest.mark.parametrize(
    ("check_type", "column", "params"),
    [
        ("sql_condition_failed_on_column", "email", {"sql_condition": "id > 1"}),
        ("sql_condition_failed_on_table", "", {"sql_condition": "id > 1"}),
        ("sql_invalid_value_count_on_column", "email", {"sql_query": "SELECT id"}),
    ],
)
def test_sql_of_users_shows_ids_alone(check_type, column, params):
    one = check("k", check_type, column, sensor_params=params)
    assert names(one, settings=BY_ID) == ["id"]
    with pytest.raises(NothingToShow, match="id_columns"):
        names(one)


def test_masked_columns_stay_and_one_must_be_readable():
    settings = replace(BY_ID, pii_columns=("email", "gone"))
    columns = sample_columns(bind(check("k")), snapshot(), settings)
    assert [(one.name, one.identifies, one.masked) for one in columns] == [("id", True, False), ("email", False, True)]
    with pytest.raises(NothingToShow):
        names(check("k"), settings=replace(settings, pii_columns=("email", "id")))


def test_an_id_column_that_is_gone_is_named_with_those_that_are_there():
    with pytest.raises(ColumnMissing, match="'gone'; its columns are: id, email"):
        id_columns(snapshot(), replace(PLAIN, id_columns=("id", "gone")))
