"""Lengths of texts, and the first and last of them."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_BAD_PERCENT, FEW_BAD_ROWS, MOSTLY_GOOD_PERCENT

CHECKS = category(
    "text",
    check(
        "text_min_length",
        level=COLUMN,
        sensor="text_min_length",
        rule="between_ints",
        dimension=Dimension.REASONABLENESS,
    ),
    check(
        "text_max_length",
        level=COLUMN,
        sensor="text_max_length",
        rule="between_ints",
        dimension=Dimension.REASONABLENESS,
    ),
    check(
        "text_mean_length",
        level=COLUMN,
        sensor="text_mean_length",
        rule="between_floats",
        dimension=Dimension.REASONABLENESS,
    ),
    check(
        "text_length_below_min_length",
        level=COLUMN,
        sensor="text_length_below_min_length_count",
        rule="max_count",
        dimension=Dimension.REASONABLENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "text_length_below_min_length_percent",
        level=COLUMN,
        sensor="text_length_below_min_length_percent",
        rule="max_percent",
        dimension=Dimension.REASONABLENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "text_length_above_max_length",
        level=COLUMN,
        sensor="text_length_above_max_length_count",
        rule="max_count",
        dimension=Dimension.REASONABLENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "text_length_above_max_length_percent",
        level=COLUMN,
        sensor="text_length_above_max_length_percent",
        rule="max_percent",
        dimension=Dimension.REASONABLENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "text_length_in_range_percent",
        level=COLUMN,
        sensor="text_length_in_range_percent",
        rule="min_percent",
        dimension=Dimension.REASONABLENESS,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "min_word_count", level=COLUMN, sensor="min_word_count", rule="between_ints", dimension=Dimension.REASONABLENESS
    ),
    check(
        "max_word_count", level=COLUMN, sensor="max_word_count", rule="between_ints", dimension=Dimension.REASONABLENESS
    ),
    check(
        "min_text_in_range", level=COLUMN, sensor="min_value", rule="between_texts", dimension=Dimension.REASONABLENESS
    ),
    check(
        "max_text_in_range", level=COLUMN, sensor="max_value", rule="between_texts", dimension=Dimension.REASONABLENESS
    ),
)
