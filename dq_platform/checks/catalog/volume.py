"""How much there is."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import TABLE, Dimension, category, check
from dq_platform.checks.catalog.defaults import SOME_ROWS

CHECKS = category(
    "volume",
    check(
        "row_count",
        level=TABLE,
        sensor="row_count",
        rule="min_count",
        dimension=Dimension.COMPLETENESS,
        defaults=SOME_ROWS,
    ),
)
