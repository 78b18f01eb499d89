"""Values and records that repeat."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, TABLE, Dimension, category, check
from dq_platform.checks.catalog.defaults import ALL_PERCENT, FEW_BAD_PERCENT, FEW_BAD_ROWS
from dq_platform.checks.catalog.over_time import DIFFERENCING, PERCENT_VALUES, Measure, anomalies, changes

DISTINCT_COUNT = Measure("distinct_count", COLUMN, "distinct_count")
DISTINCT_PERCENT = Measure("distinct_percent", COLUMN, "distinct_percent")

CHECKS = category(
    "uniqueness",
    check(
        "distinct_count", level=COLUMN, sensor="distinct_count", rule="count_between", dimension=Dimension.UNIQUENESS
    ),
    check(
        "distinct_percent",
        level=COLUMN,
        sensor="distinct_percent",
        rule="between_percent",
        dimension=Dimension.UNIQUENESS,
        defaults=ALL_PERCENT,
    ),
    check(
        "duplicate_count",
        level=COLUMN,
        sensor="duplicate_count",
        rule="max_count",
        dimension=Dimension.UNIQUENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "duplicate_percent",
        level=COLUMN,
        sensor="duplicate_percent",
        rule="max_percent",
        dimension=Dimension.UNIQUENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "duplicate_record_count",
        level=TABLE,
        sensor="duplicate_record_count",
        rule="max_count",
        dimension=Dimension.UNIQUENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "duplicate_record_percent",
        level=TABLE,
        sensor="duplicate_record_percent",
        rule="max_percent",
        dimension=Dimension.UNIQUENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    *changes(DISTINCT_COUNT),
    *changes(DISTINCT_PERCENT),
    *anomalies(DISTINCT_COUNT, DIFFERENCING, partitioned="anomaly_stationary_count_values"),
    *anomalies(DISTINCT_PERCENT, PERCENT_VALUES),
)
