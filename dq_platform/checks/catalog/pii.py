"""Personal data where it should not be."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_BAD_PERCENT

CHECKS = category(
    "pii",
    check(
        "contains_usa_phone_percent",
        level=COLUMN,
        sensor="contains_usa_phone_percent",
        rule="max_percent",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "contains_email_percent",
        level=COLUMN,
        sensor="contains_email_percent",
        rule="max_percent",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "contains_usa_zipcode_percent",
        level=COLUMN,
        sensor="contains_usa_zipcode_percent",
        rule="max_percent",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "contains_ip4_percent",
        level=COLUMN,
        sensor="contains_ip4_percent",
        rule="max_percent",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_PERCENT,
    ),
    check(
        "contains_ip6_percent",
        level=COLUMN,
        sensor="contains_ip6_percent",
        rule="max_percent",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_PERCENT,
    ),
)
