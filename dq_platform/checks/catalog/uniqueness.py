"""Values and records that repeat."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, TABLE, Dimension, category, check
from dq_platform.checks.catalog.defaults import ALL_PERCENT, FEW_BAD_PERCENT, FEW_BAD_ROWS

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
)
