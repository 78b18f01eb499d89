"""Missing values."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import (
    FEW_BAD_PERCENT,
    FEW_BAD_ROWS,
    MOSTLY_GOOD_PERCENT,
    NO_PARAMETERS,
    SOME_ROWS,
)
from dq_platform.checks.catalog.over_time import PERCENT_VALUES, Measure, anomalies, changes

COMPLETENESS = Dimension.COMPLETENESS
NULLS_PERCENT = Measure("nulls_percent", COLUMN, "null_percent", COMPLETENESS)

CHECKS = category(
    "nulls",
    check(
        "nulls_count",
        level=COLUMN,
        sensor="null_count",
        rule="max_count",
        dimension=COMPLETENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "nulls_percent",
        level=COLUMN,
        sensor="null_percent",
        rule="max_percent",
        dimension=COMPLETENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "not_nulls_count",
        level=COLUMN,
        sensor="not_null_count",
        rule="min_count",
        dimension=COMPLETENESS,
        defaults=SOME_ROWS,
    ),
    # A share of good rows has a lower limit.
    check(
        "not_nulls_percent",
        level=COLUMN,
        sensor="not_null_percent",
        rule="min_percent",
        dimension=COMPLETENESS,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "empty_column_found",
        level=COLUMN,
        sensor="not_null_count",
        rule="min_count_1",
        dimension=COMPLETENESS,
        defaults=NO_PARAMETERS,
    ),
    *changes(NULLS_PERCENT, daily=True),
    *anomalies(NULLS_PERCENT, PERCENT_VALUES),
)
