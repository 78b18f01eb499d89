"""Aggregates count and compute the same on every engine."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dq_platform.connectors.dialect import Capability
from dq_platform.models.metadata import DataType
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.contract.engine import Engine
from tests.contract.needs import needs


class AggregateContract:
    def test_count_if_counts_neither_false_nor_null(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,), (2,), (3,), (None,)])
        assert engine.value(engine.dialect.count_if("v > 1"), table) == 2

    def test_count_if_over_nothing_is_zero(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER})
        assert engine.value(engine.dialect.count_if("v > 1"), table) == 0

    def test_aggregates_over_nothing_are_none(self, engine: Engine) -> None:
        dialect = engine.dialect
        table = engine.table({"v": DataType.INTEGER})
        parts = [dialect.mean("v"), dialect.sum("v"), dialect.stddev("v", sample=False), "MIN(v)"]
        assert list(engine.select(f"SELECT {', '.join(parts)} FROM {table}").rows) == [(None,) * 4]

    def test_the_mean_of_integers_is_not_truncated(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,), (2,), (None,)])
        assert engine.value(engine.dialect.mean("v"), table) == 1.5

    def test_the_sum_of_big_integers_is_exact(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(2**63 - 1,), (2**63 - 1,)])
        assert engine.value(engine.dialect.sum("v"), table) == 2**64 - 2

    def test_the_sum_of_decimals_is_exact(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.DECIMAL}, [(Decimal("0.1"),), (Decimal("0.2"),)])
        assert engine.value(engine.dialect.sum("v"), table) == Decimal("0.3")

    def test_deviations_tell_sample_from_population(self, engine: Engine) -> None:
        dialect = engine.dialect
        table = engine.table({"v": DataType.INTEGER}, [(2,), (4,), (4,), (4,), (5,), (5,), (7,), (9,)])
        parts = [
            *(dialect.stddev("v", sample=False), dialect.stddev("v", sample=True)),
            *(dialect.variance("v", sample=False), dialect.variance("v", sample=True)),
        ]
        [row] = engine.select(f"SELECT {', '.join(parts)} FROM {table}").rows
        assert row == pytest.approx((2.0, 2.1380899, 4.0, 4.5714285))

    def test_a_percentile_lies_between_the_values(self, engine: Engine) -> None:
        dialect = engine.dialect
        if Capability.PERCENTILE not in dialect.capabilities:
            pytest.skip("the engine declares that it has no percentiles")
        table = engine.table({"v": DataType.INTEGER}, [(1,), (2,), (3,), (10,), (None,)])
        median, high = dialect.percentile("v", "0.5"), dialect.percentile("v", "0.9")
        [row] = engine.select(f"SELECT {median}, {high} FROM {table}").rows
        assert row == pytest.approx((2.5, 7.9))

    def test_a_decimal_keeps_its_digits_after_the_cast(self, engine: Engine) -> None:
        value = engine.value(engine.dialect.as_decimal("'1234567890123.4567'"))
        assert value == Decimal("1234567890123.4567")

    def test_limited_cuts_the_rows(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,), (2,), (3,)])
        answer = engine.select(engine.dialect.limited(f"SELECT v FROM {table}", 2))
        assert len(answer.rows) == 2

    @needs("samples")
    @pytest.mark.parametrize("method", SampleMethod)
    def test_a_sample_has_some_rows_of_its_table_once_each(self, engine: Engine, method: SampleMethod) -> None:
        dialect = engine.dialect
        if method not in {one.method for one in dialect.sampling}:
            pytest.skip(f"the engine declares that it has no {method} samples")
        everything = list(range(200))
        table = engine.table({"v": DataType.INTEGER}, [(number,) for number in everything])
        drawn = []
        for percent in (0.000001, 12.5, 99.9):
            sampled = dialect.sampled(table, TableSample(method, percent), 2**31 - 1)
            drawn.append(sorted(v for (v,) in engine.select(f"SELECT v FROM {sampled} WHERE v >= 0").rows))
        assert all(set(rows) <= set(everything) and len(set(rows)) == len(rows) for rows in drawn)
        if method is SampleMethod.ROW:
            assert [len(rows) for rows in drawn] == [0, len(drawn[1]), len(drawn[2])]
            assert 0 < len(drawn[1]) < len(drawn[2])
