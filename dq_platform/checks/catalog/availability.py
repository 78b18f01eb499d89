"""Whether there is a table to read at all."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import TABLE, WHOLE_TABLE_MODES, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_FAILURES

CHECKS = category(
    "availability",
    check(
        "table_availability",
        level=TABLE,
        sensor="table_availability",
        rule="max_failures",
        dimension=Dimension.AVAILABILITY,
        modes=WHOLE_TABLE_MODES,
        defaults=FEW_FAILURES,
    ),
)
