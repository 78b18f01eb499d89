"""Keys that another table must have."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_BAD_ROWS, MOSTLY_GOOD_PERCENT

CHECKS = category(
    "integrity",
    check(
        "lookup_key_not_found",
        level=COLUMN,
        sensor="foreign_key_not_match_count",
        rule="max_count",
        dimension=Dimension.INTEGRITY,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "lookup_key_found_percent",
        level=COLUMN,
        sensor="foreign_key_match_percent",
        rule="min_percent",
        dimension=Dimension.INTEGRITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
)
