"""The table's shape."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, TABLE, WHOLE_TABLE_MODES, Dimension, category, check
from dq_platform.checks.catalog.defaults import NO_PARAMETERS

CHECKS = category(
    "schema",
    check(
        "column_exists",
        level=COLUMN,
        sensor="column_exists",
        rule="equals_1",
        dimension=Dimension.COMPLETENESS,
        modes=WHOLE_TABLE_MODES,
        defaults=NO_PARAMETERS,
    ),
    check(
        "column_count",
        level=TABLE,
        sensor="column_count",
        rule="equals_integer",
        dimension=Dimension.COMPLETENESS,
        modes=WHOLE_TABLE_MODES,
    ),
    check(
        "column_count_changed",
        level=TABLE,
        sensor="column_count",
        rule="value_changed",
        dimension=Dimension.CONSISTENCY,
        modes=WHOLE_TABLE_MODES,
        defaults=NO_PARAMETERS,
    ),
)
