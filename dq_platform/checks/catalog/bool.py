"""Truth values."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import ALL_PERCENT

CHECKS = category(
    "bool",
    check(
        "true_percent",
        level=COLUMN,
        sensor="true_percent",
        rule="between_percent",
        dimension=Dimension.REASONABLENESS,
        defaults=ALL_PERCENT,
    ),
    check(
        "false_percent",
        level=COLUMN,
        sensor="false_percent",
        rule="between_percent",
        dimension=Dimension.REASONABLENESS,
        defaults=ALL_PERCENT,
    ),
)
