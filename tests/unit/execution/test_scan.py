from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dq_platform.checks.sensors.measure import ScanMeasure
from dq_platform.connectors.base import Rows
from dq_platform.execution.frame import Frame
from dq_platform.execution.problems import RowsMultiplied, TooManyGroups
from dq_platform.execution.reading import NO_DATA, NOT_A_NUMBER, Reading
from dq_platform.execution.scan import known, percent, readings
from dq_platform.execution.statement import Demand, ScanWant, scan
from dq_platform.models.check import GroupBy
from dq_platform.models.values import ValueKind
from tests.unit.execution.builders import DIALECT, FRAME, NOW

COUNT, SHARE = ScanMeasure("COUNT(*)"), ScanMeasure("COUNT(a)", of="COUNT(*)")
DAYS = (date(2026, 3, 28), date(2026, 3, 29))
COUNTRY, TAG = GroupBy(column="country"), GroupBy(tag="retail")


def read(rows, measures=(COUNT,), frame=FRAME, group_by=(), zone="Europe/Berlin"):
    wants = [ScanWant(Demand(f"k{number}", NOW, group_by), measure) for number, measure in enumerate(measures)]
    return readings(scan(frame, wants, DIALECT), Rows((), rows), zone)


@pytest.mark.parametrize("value", [3, 2**70, 10**400, 0.25, Decimal("12345678901234567890.123456789"), -7])
def test_a_value_keeps_the_precision_that_the_engine_gave(value):
    [reading] = read([(value,)])
    assert reading == Reading("k0", "", NOW, value)
    assert type(reading.value) is type(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_no_number_gives_no_value_and_says_so(value):
    [reading] = read([(value,)])
    assert (reading.value, reading.reason) == (None, NOT_A_NUMBER)


@pytest.mark.parametrize("part", [date(2026, 1, 1), "12", b"1"])
def test_what_is_no_number_is_no_part_of_a_percentage(part):
    [reading] = read([(part, 3)], (SHARE,))
    assert (reading.value, reading.text, reading.reason) == (None, None, NOT_A_NUMBER)


@pytest.mark.parametrize(
    ("cell", "value", "text", "kind"),
    [
        (date(1970, 1, 2), 86400, "1970-01-02", ValueKind.MOMENT),
        (datetime(1969, 12, 31, 23, 59, 59, 500_000), Decimal("-0.5"), "1969-12-31T23:59:59.5Z", ValueKind.MOMENT),  # noqa: DTZ001
        (datetime.fromisoformat("2026-03-29T03:00+02:00"), 1774746000, "2026-03-29T01:00:00Z", ValueKind.MOMENT),
        ("12", None, "12", ValueKind.TEXT),
        ("", None, "", ValueKind.TEXT),
        ("Größe 字".encode(), None, "Größe 字", ValueKind.TEXT),
        (b"\xff", None, r"\xff", ValueKind.TEXT),
        ([1, "a"], None, '[1, "a"]', ValueKind.TEXT),
    ],
)
def test_a_moment_is_a_number_and_a_text_and_anything_else_a_text(cell, value, text, kind):
    [reading] = read([(cell,)])
    assert (reading.value, reading.text, reading.kind, reading.reason) == (value, text, kind, "")


def test_null_is_no_data():
    [reading] = read([(None,)])
    assert (reading.value, reading.reason) == (None, NO_DATA)


def test_a_count_of_an_empty_table_is_zero_and_a_percent_has_no_value():
    count, share = read([(0, 0)], (COUNT, SHARE))
    assert (count.value, count.reason) == (0, "")
    assert (share.value, share.reason) == (None, NO_DATA)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (1, 3, 100 / 3),
        (Decimal(1), Decimal(8), 12.5),
        (2**62 + 1, 2**63 + 2, 50.0),
        (0.5, 2, 25.0),
        (Decimal("0.5"), 2.0, 25.0),
        (0, 5, 0.0),
        (10, 0, None),
    ],
)
def test_a_percent_comes_from_exact_counts(part, whole, expected):
    assert percent(part, whole) == expected


@pytest.mark.parametrize(
    ("part", "whole", "reason"), [(None, 3, NO_DATA), (1, None, NO_DATA), (1, float("nan"), NOT_A_NUMBER)]
)
def test_a_percent_needs_both_numbers(part, whole, reason):
    [reading] = read([(part, whole)], (SHARE,))
    assert (reading.value, reading.reason) == (None, reason)


def test_the_expected_number_comes_along():
    [reading] = read([(5, Decimal(6))], (ScanMeasure("SUM(a)", expected="(SELECT 6)"),))
    assert (reading.value, reading.expected) == (5, Decimal(6))


def test_every_check_has_a_reading_for_every_group_with_its_own_tags():
    frame = Frame("t", groups=("country",))
    wants = [ScanWant(Demand("a", NOW, (COUNTRY,)), COUNT), ScanWant(Demand("b", NOW, (TAG, COUNTRY)), COUNT)]
    found = readings(scan(frame, wants, DIALECT), Rows((), [("de", 3), (None, 1)]), "UTC")
    assert [(reading.check_id, reading.data_group, reading.value) for reading in found] == [
        ("a", '["de"]', 3),
        ("b", '["retail","de"]', 3),
        ("a", "[null]", 1),
        ("b", '["retail",null]', 1),
    ]


def test_what_the_engine_puts_behind_texts_is_no_part_of_a_group():
    frame = Frame("t", groups=("country",), text_end="|")
    answer = Rows((), [("de |", 3), ("|", 4), ("a||", 5), (None, 1)])
    found = readings(scan(frame, [ScanWant(Demand("a", NOW, (COUNTRY,)), COUNT)], DIALECT), answer, "UTC")
    assert [reading.data_group for reading in found] == ['["de "]', '[""]', '["a|"]', "[null]"]


@pytest.mark.parametrize(
    "given", [date(2026, 3, 29), datetime(2026, 3, 29, tzinfo=UTC), datetime.fromisoformat("2026-03-29")]
)
def test_a_partition_is_stored_by_the_instant_its_day_begins(given):
    [reading] = read([(given, 5)], frame=Frame("t", period="p"))
    assert reading.time_period == datetime(2026, 3, 28, 23, tzinfo=UTC)


def test_rows_without_a_period_belong_to_no_partition():
    frame = Frame("t", period="p", groups=("g",))
    found = read([(None, "x", 5), (date(2026, 3, 1), "x", 4)], frame=frame, group_by=(COUNTRY,))
    assert [reading.value for reading in found] == [4]


def test_a_partition_without_rows_has_the_number_that_a_sensor_knows_for_it():
    frame, tags = Frame("t", period="p", begins=DAYS), (TAG,)
    wants = [ScanWant(Demand("rows", NOW, tags, on_no_rows=0), COUNT), ScanWant(Demand("nulls", NOW, tags), COUNT)]
    answer = Rows((), [(DAYS[1], 5)])
    assert readings(scan(frame, wants, DIALECT), answer, "Europe/Berlin") == [
        Reading("rows", '["retail"]', datetime(2026, 3, 28, 23, tzinfo=UTC), 5),
        Reading("nulls", '["retail"]', datetime(2026, 3, 28, 23, tzinfo=UTC), 5),
        Reading("rows", '["retail"]', datetime(2026, 3, 27, 23, tzinfo=UTC), 0),
    ]


def test_nobody_knows_which_groups_a_partition_lacks():
    frame = Frame("t", period="p", groups=("g",), begins=DAYS)
    statement = scan(frame, [ScanWant(Demand("rows", NOW, (COUNTRY,), on_no_rows=0), COUNT)], DIALECT)
    assert len(readings(statement, Rows((), [(DAYS[1], "de", 5)]), "Europe/Berlin")) == 1


def test_more_groups_than_allowed_are_an_error():
    frame = Frame("t", groups=("g",), max_groups=2)
    assert len(read([("a", 1), ("b", 1)], frame=frame, group_by=(COUNTRY,))) == 2
    with pytest.raises(TooManyGroups, match="more than 2 groups"):
        read([("a", 1), ("b", 1), ("c", 1)], frame=frame, group_by=(COUNTRY,))


def test_groups_are_counted_once_over_all_periods():
    frame = Frame("t", period="p", groups=("g",), begins=DAYS, max_groups=1)
    rows = [(date(2026, 3, 1), "x", 5), (date(2026, 3, 2), "x", 4)]
    assert len(read(rows, frame=frame, group_by=(COUNTRY,))) == 2


def test_a_known_number_needs_no_row():
    assert known(Demand("k", NOW, (TAG,)), 3) == Reading("k", '["retail"]', NOW, 3)
    assert known(Demand("k", NOW), None).reason == NO_DATA


@pytest.mark.parametrize(
    ("rows", "frame", "group_by"),
    [
        ([(1,), (2,)], FRAME, ()),
        ([("x", 1), ("x", 2)], Frame("t", groups=("g",)), (COUNTRY,)),
        ([(date(2026, 3, 1), 1), (date(2026, 3, 1), 2)], Frame("t", period="p"), ()),
    ],
)
def test_several_rows_for_one_group_and_period_are_an_error(rows, frame, group_by):
    with pytest.raises(RowsMultiplied):
        read(rows, frame=frame, group_by=group_by)
