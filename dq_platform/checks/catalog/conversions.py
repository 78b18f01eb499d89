"""Texts that hold another type."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import MOSTLY_GOOD_PERCENT

CHECKS = category(
    "conversions",
    check(
        "text_parsable_to_boolean_percent",
        level=COLUMN,
        sensor="text_parsable_to_boolean_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "text_parsable_to_integer_percent",
        level=COLUMN,
        sensor="text_parsable_to_integer_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "text_parsable_to_float_percent",
        level=COLUMN,
        sensor="text_parsable_to_float_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "text_parsable_to_date_percent",
        level=COLUMN,
        sensor="text_parsable_to_date_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
)
