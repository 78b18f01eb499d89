"""How much there is."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import TABLE, Dimension, category, check
from dq_platform.checks.catalog.defaults import SMALL_CHANGE, SOME_ROWS
from dq_platform.models.outcome import Severity

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
    check(
        "row_count_change",
        level=TABLE,
        sensor="row_count",
        rule="change_percent",
        dimension=Dimension.CONSISTENCY,
        defaults=SMALL_CHANGE,
        default_severity=Severity.WARNING,
    ),
)
