from __future__ import annotations

from dq_platform.checks.level import Level
from dq_platform.checks.reference import reference_params, reference_target
from dq_platform.models.check import Target

OWN = Target("c", "shop", "orders", "amount")


def test_what_is_left_out_is_as_in_the_check_itself() -> None:
    assert reference_target(OWN, {"reference_table": "copy"}) == Target("c", "shop", "copy", "amount")
    everything = {
        "reference_connection_id": "d",
        "reference_schema": "mart",
        "reference_table": "sales",
        "reference_column": "total",
    }
    assert reference_target(OWN, everything) == Target("d", "mart", "sales", "total")


def test_only_checks_of_a_column_name_one_and_only_those_with_partitions_a_partition_column() -> None:
    names = {spec.name for spec in reference_params(Level.TABLE, partitioned=False)}
    assert names == {"reference_connection_id", "reference_schema", "reference_table", "reference_filter"}
    assert {spec.name for spec in reference_params(Level.COLUMN, partitioned=True)} - names == {
        "reference_column",
        "reference_partition_column",
    }
