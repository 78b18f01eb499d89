"""Texts that are as good as missing."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_BAD_PERCENT, FEW_BAD_ROWS

CHECKS = category(
    "whitespace",
    check(
        "empty_text_found",
        level=COLUMN,
        sensor="empty_text_count",
        rule="max_count",
        dimension=Dimension.COMPLETENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "whitespace_text_found",
        level=COLUMN,
        sensor="whitespace_text_count",
        rule="max_count",
        dimension=Dimension.COMPLETENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "null_placeholder_text_found",
        level=COLUMN,
        sensor="null_placeholder_text_count",
        rule="max_count",
        dimension=Dimension.COMPLETENESS,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "empty_text_percent",
        level=COLUMN,
        sensor="empty_text_percent",
        rule="max_percent",
        dimension=Dimension.COMPLETENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "whitespace_text_percent",
        level=COLUMN,
        sensor="whitespace_text_percent",
        rule="max_percent",
        dimension=Dimension.COMPLETENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "null_placeholder_text_percent",
        level=COLUMN,
        sensor="null_placeholder_text_percent",
        rule="max_percent",
        dimension=Dimension.COMPLETENESS,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "text_surrounded_by_whitespace_found",
        level=COLUMN,
        sensor="text_surrounded_by_whitespace_count",
        rule="max_count",
        dimension=Dimension.CONSISTENCY,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "text_surrounded_by_whitespace_percent",
        level=COLUMN,
        sensor="text_surrounded_by_whitespace_percent",
        rule="max_percent",
        dimension=Dimension.CONSISTENCY,
        defaults=FEW_BAD_PERCENT,
    ),
)
