"""Totals that must agree with another table."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, TABLE, WHOLE_TABLE_MODES, Dimension, category, check
from dq_platform.checks.catalog.defaults import SAME_AS_REFERENCE

CHECKS = category(
    "accuracy",
    check(
        "total_sum_match_percent",
        level=COLUMN,
        sensor="total_sum_match_percent",
        rule="diff_percent",
        dimension=Dimension.ACCURACY,
        modes=WHOLE_TABLE_MODES,
        defaults=SAME_AS_REFERENCE,
    ),
    check(
        "total_min_match_percent",
        level=COLUMN,
        sensor="total_min_match_percent",
        rule="diff_percent",
        dimension=Dimension.ACCURACY,
        modes=WHOLE_TABLE_MODES,
        defaults=SAME_AS_REFERENCE,
    ),
    check(
        "total_max_match_percent",
        level=COLUMN,
        sensor="total_max_match_percent",
        rule="diff_percent",
        dimension=Dimension.ACCURACY,
        modes=WHOLE_TABLE_MODES,
        defaults=SAME_AS_REFERENCE,
    ),
    check(
        "total_average_match_percent",
        level=COLUMN,
        sensor="total_average_match_percent",
        rule="diff_percent",
        dimension=Dimension.ACCURACY,
        modes=WHOLE_TABLE_MODES,
        defaults=SAME_AS_REFERENCE,
    ),
    check(
        "total_not_null_count_match_percent",
        level=COLUMN,
        sensor="total_not_null_count_match_percent",
        rule="diff_percent",
        dimension=Dimension.ACCURACY,
        modes=WHOLE_TABLE_MODES,
        defaults=SAME_AS_REFERENCE,
    ),
    check(
        "total_row_count_match_percent",
        level=TABLE,
        sensor="total_row_count_match_percent",
        rule="diff_percent",
        dimension=Dimension.ACCURACY,
        modes=WHOLE_TABLE_MODES,
        defaults=SAME_AS_REFERENCE,
    ),
)
