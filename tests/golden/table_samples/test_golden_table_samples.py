"""What is sent to each engine for checks on samples, as files: DQ_REWRITE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot

from dq_platform.connectors.dialect import Dialect
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.plan import Plan, plan
from dq_platform.models.check import Check
from dq_platform.models.metadata import DataType
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.dialects import DIALECTS
from tests.unit.execution.builders import check, context, snapshot

HERE = Path(__file__).parent
SAMPLES = (TableSample(SampleMethod.ROW, 12.5), TableSample(SampleMethod.BLOCK, 0.000001))
COLUMNS = {'we"ird': DataType.TEXT, "back`tick": DataType.INTEGER, "größe": DataType.DATE}
KEYS = {"foreign_table": '"sche.ma"."ta`ble"', "foreign_column": "id"}


def checks(sample: TableSample) -> Iterator[Check]:
    """A share, a mean, a percentile and a join, of the whole sample; and a share for each day of it."""
    on_sample = {"table_sample": sample}
    limits = {"sensor_params": KEYS}
    yield check("nulls", "nulls_percent", 'we"ird', **on_sample)
    yield check("mean", "mean_in_range", "back`tick", **on_sample)
    yield check("median", "median_in_range", "back`tick", **on_sample)
    yield check("keys", "lookup_key_found_percent", "back`tick", **limits, **on_sample)
    yield check("filtered", "nulls_percent", 'we"ird', filter="1 = 1", **on_sample)


def planned(dialect: Dialect) -> Plan:
    known: PlanContext = context(dialect=dialect, snapshot=snapshot(COLUMNS))
    methods = {one.method for one in dialect.sampling}
    return plan((one for sample in SAMPLES if sample.method in methods for one in checks(sample)), known)


@pytest.mark.parametrize("engine", DIALECTS)
def test_the_statements_over_samples_are_the_reviewed_ones(engine: str) -> None:
    found = planned(DIALECTS[engine])
    assert found.failures == {}
    sql = "".join(f"-- {', '.join(one.check_ids)}\n{one.sql}\n" for one in found.statements) or "-- no samples\n"
    path = HERE / f"{engine}.sql"
    if os.environ.get("DQ_REWRITE_GOLDEN"):
        path.write_bytes(sql.encode())
    assert path.read_bytes().decode() == sql


@pytest.mark.parametrize("engine", DIALECTS)
def test_every_statement_over_a_sample_is_one_of_the_engines_grammar(engine: str) -> None:
    dialect = DIALECTS[engine]
    for one in planned(dialect).statements:
        [tree] = sqlglot.parse(one.sql, read=dialect.sqlglot)
        assert isinstance(tree, sqlglot.exp.Select)
        assert len(list(tree.find_all(sqlglot.exp.TableSample))) == 1
