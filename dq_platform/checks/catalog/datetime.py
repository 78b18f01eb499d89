"""Dates in their range."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_BAD_PERCENT, MOSTLY_GOOD_PERCENT

CHECKS = category(
    "datetime",
    check(
        "date_values_in_future_percent",
        level=COLUMN,
        sensor="date_values_in_future_percent",
        rule="max_percent",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "date_in_range_percent",
        level=COLUMN,
        sensor="date_in_range_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "text_match_date_format_percent",
        level=COLUMN,
        sensor="text_match_date_format_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "min_date_in_range", level=COLUMN, sensor="min_value", rule="between_dates", dimension=Dimension.REASONABLENESS
    ),
    check(
        "max_date_in_range", level=COLUMN, sensor="max_value", rule="between_dates", dimension=Dimension.REASONABLENESS
    ),
)
