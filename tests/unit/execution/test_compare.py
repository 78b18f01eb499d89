from __future__ import annotations

from datetime import timedelta

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution.compare import compared, compares, joined, twin, without_reference
from dq_platform.execution.measure import Measurement
from dq_platform.execution.reading import NO_DATA, NOT_A_NUMBER, Reading
from dq_platform.models.check import GroupBy, Target
from dq_platform.models.cost import Cost
from tests.unit.execution.builders import NOW, check, partitioned

DAY = timedelta(days=1)
GROUPED = (GroupBy(column="country"),)
REFERENCE = {"reference_table": "copy"}


def read(value, group="", period=NOW, **more):
    return Reading("a", group, period, value, **more)


def pairs(own, other, absent=None):
    return [(one.data_group, one.value, one.expected, one.reason) for one in joined(own, other, absent)]


def measurement(*readings, failures=None, cost=0.0):
    return Measurement({"a": readings} if readings else {}, failures or {}, {"a": Cost(cost, 1, 20)}, 1, len(readings))


def both(own, other, check_type="row_count_match", **changes):
    made = twin(check("a", check_type, "", sensor_params=REFERENCE, **changes))
    return compared([made], own, other, {"a": NOW})


def test_a_twin_is_the_check_on_the_reference():
    params = {
        "reference_connection_id": "d",
        "reference_schema": "mart",
        "reference_table": "sales",
        "reference_column": "total",
        "reference_partition_column": "booked_on",
        "reference_filter": "x > 1",
    }
    made = twin(partitioned("a", "sum_match", "amount", sensor_params=params, filter="y > 1", group_by=GROUPED))
    assert made.target == Target("d", "mart", "sales", "total")
    assert (made.id, made.filter, made.partition_column, made.group_by) == ("a", "x > 1", "booked_on", GROUPED)
    near = twin(partitioned("a", "sum_match", "amount", sensor_params=REFERENCE, filter="y > 1"))
    assert near.target == Target("c", "s", "copy", "amount")
    assert (near.filter, near.partition_column) == ("", "day")


def test_a_check_of_another_type_compares_with_nothing():
    assert compares(check("a")) is None
    assert compares(check("a", "gone")) is None
    assert compares(check("a", "sum_match", "amount"))


def test_readings_meet_by_group_and_period():
    own = [read(1, "x"), read(2, "y"), read(3, "x", NOW + DAY)]
    other = [read(30, "x", NOW + DAY), read(20, "y"), read(10, "x")]
    assert pairs(own, other) == [("x", 1, 10, ""), ("y", 2, 20, ""), ("x", 3, 30, "")]


def test_a_side_without_rows_counted_0_or_has_no_value():
    own, other = [read(1, "mine"), read(0, "both")], [read(2, "theirs"), read(0, "both")]
    assert pairs(own, other, 0) == [("mine", 1, 0, ""), ("both", 0, 0, ""), ("theirs", 0, 2, "")]
    assert pairs(own, other) == [("mine", 1, None, ""), ("both", 0, 0, ""), ("theirs", None, 2, NO_DATA)]


def test_a_group_without_a_value_on_either_side_has_none():
    assert pairs([read(None, "x", reason=NO_DATA)], [read(None, "x", reason=NO_DATA)], 0) == [
        ("x", None, None, NO_DATA)
    ]
    assert pairs([read(None, "x", reason=NO_DATA)], []) == [("x", None, None, NO_DATA)]


def test_what_is_not_a_number_is_not_compared():
    odd = [read(None, reason=NOT_A_NUMBER)]
    assert pairs([read(1)], odd) == pairs(odd, [read(1)]) == [("", None, None, NOT_A_NUMBER)]


def test_a_side_with_no_rows_at_all_does_not_make_a_group_of_its_own():
    nothing, rows = measurement(read(None, reason=NO_DATA)), measurement(read(5, "x"), read(6, "y"))
    found = both(nothing, rows).readings["a"]
    assert [(one.data_group, one.value, one.expected) for one in found] == [("x", 0, 5), ("y", 0, 6)]
    found = both(rows, nothing).readings["a"]
    assert [(one.data_group, one.value, one.expected) for one in found] == [("x", 5, 0), ("y", 6, 0)]


def test_nothing_on_both_sides_is_one_reading_without_a_value():
    nothing = measurement(read(None, reason=NO_DATA))
    assert both(nothing, nothing).readings["a"] == (read(None, reason=NO_DATA),)


def test_a_comparison_costs_what_both_sides_cost():
    found = both(measurement(read(1), cost=2.0), measurement(read(1), cost=3.0))
    assert (found.costs["a"], found.statements, found.rows) == (Cost(5.0, 2, 40), 2, 2)


def test_a_reference_that_fails_fails_its_checks_for_its_own_reason():
    error = SourceError(SourceProblem.TIMEOUT, "Too slow.")
    found = both(measurement(read(1)), measurement(failures={"a": error}))
    assert found.readings == {}
    assert found.failures["a"].reason == "SOURCE_TIMEOUT"
    assert found.failures["a"].message == "The reference table s.copy could not be measured: Too slow."


def test_a_check_that_failed_on_its_own_table_keeps_its_own_reason():
    mine, theirs = (SourceError(SourceProblem.BAD_SQL, text) for text in ("mine", "theirs"))
    found = both(measurement(failures={"a": mine}), measurement(failures={"a": theirs}))
    assert found.failures == {"a": mine}


def test_a_source_of_references_that_cannot_be_asked_fails_their_checks_alone():
    own = Measurement({"a": (read(1),), "b": (read(2),)}, {}, {}, 1, 1)
    made = twin(check("a", "row_count_match", "", sensor_params=REFERENCE))
    found = without_reference([made], own, SourceError(SourceProblem.UNREACHABLE, "Away."))
    assert found.readings == {"b": (read(2),)}
    assert {name: error.reason for name, error in found.failures.items()} == {"a": "SOURCE_UNREACHABLE"}
