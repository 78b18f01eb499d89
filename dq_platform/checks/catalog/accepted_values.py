"""Values from a list."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_MISSING, MOSTLY_GOOD_PERCENT

CHECKS = category(
    "accepted_values",
    check(
        "text_found_in_set_percent",
        level=COLUMN,
        sensor="text_found_in_set_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "number_found_in_set_percent",
        level=COLUMN,
        sensor="number_found_in_set_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "expected_text_values_in_use_count",
        level=COLUMN,
        sensor="expected_text_values_in_use_count",
        rule="max_missing",
        dimension=Dimension.REASONABLENESS,
        defaults=FEW_MISSING,
    ),
    check(
        "expected_texts_in_top_values_count",
        level=COLUMN,
        sensor="expected_texts_in_top_values_count",
        rule="max_missing",
        dimension=Dimension.REASONABLENESS,
        defaults=FEW_MISSING,
    ),
    check(
        "expected_numbers_in_use_count",
        level=COLUMN,
        sensor="expected_numbers_in_use_count",
        rule="max_missing",
        dimension=Dimension.REASONABLENESS,
        defaults=FEW_MISSING,
    ),
    check(
        "text_valid_country_code_percent",
        level=COLUMN,
        sensor="text_valid_country_code_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "text_valid_currency_code_percent",
        level=COLUMN,
        sensor="text_valid_currency_code_percent",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
)
