from __future__ import annotations

from datetime import date

import pytest

from dq_platform.execution.frame import Frame, frame_of
from dq_platform.execution.precheck import bind
from dq_platform.models.check import GroupBy, TimeScale
from tests.dialects import DIALECTS
from tests.unit.execution.builders import DIALECT, check, context, partitioned, snapshot


def test_an_ungrouped_frame_is_the_table_and_its_filters():
    made = frame_of(bind(check("a", filter="x OR y")), context(table_filter="a OR b"))
    assert made == Frame('"s"."t"', "(a OR b) AND (x OR y)")
    assert made.keys == ()
    assert made.select(["COUNT(*)"], DIALECT) == 'SELECT COUNT(*) AS dq0\nFROM "s"."t"\nWHERE (a OR b) AND (x OR y)'


def test_no_filter_is_no_condition():
    assert frame_of(bind(check("a")), context()).where == ""


def test_the_period_comes_before_the_groups():
    made = frame_of(bind(partitioned("a", group_by=(GroupBy(column="id"),))), context())
    assert made.keys == (made.period, '"id"')
    assert len(made.begins) == 7


def test_months_are_counted_as_months():
    assert frame_of(bind(partitioned("a", time_scale=TimeScale.MONTHLY)), context()).begins == (date(2026, 2, 1),)


def test_texts_are_grouped_by_their_characters_and_numbers_as_they_are():
    levels = (GroupBy(column="country"), GroupBy(tag="x"), GroupBy(column="id"))
    made = frame_of(bind(check("a", group_by=levels)), context())
    assert made.groups == (DIALECT.exact('"country"'), '"id"')


def test_what_stands_behind_texts_that_an_engine_compares_is_known():
    groups = (GroupBy(column="country"),)
    made = frame_of(bind(check("a", group_by=groups)), context(dialect=DIALECTS["redshift"]))
    assert made.groups == ("(CAST(\"country\" AS VARCHAR(65535)) || '|')",)
    assert made.text_end == "|"


def test_a_column_that_nobody_looked_for_is_a_fault_of_ours():
    with pytest.raises(LookupError, match="'gone'"):
        frame_of(bind(check("a", group_by=(GroupBy(column="gone"),))), context(snapshot=snapshot()))
