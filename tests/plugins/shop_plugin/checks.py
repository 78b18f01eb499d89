"""The shop's check types: sensor, rule and what they start from."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check

CHECKS = category(
    "shop",
    check(
        "shop_expensive_orders",
        level=COLUMN,
        sensor="shop_above_count",
        rule="shop_at_most",
        dimension=Dimension.REASONABLENESS,
        defaults={"warning": {"threshold": 0}, "error": {"threshold": 2}},
    ),
    check(
        "shop_round_price",
        level=COLUMN,
        sensor="max_value",
        rule="shop_round_price",
        dimension=Dimension.VALIDITY,
        description="The highest price is a multiple of `step`.",
    ),
)
