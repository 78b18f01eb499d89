"""Numbers that leave their usual course."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import SMALL_CHANGE
from dq_platform.models.outcome import Severity

CHECKS = category(
    "anomaly",
    check(
        "sum_change",
        level=COLUMN,
        sensor="sum",
        rule="change_percent",
        dimension=Dimension.CONSISTENCY,
        defaults=SMALL_CHANGE,
        default_severity=Severity.WARNING,
    ),
    check(
        "mean_change",
        level=COLUMN,
        sensor="mean",
        rule="change_percent",
        dimension=Dimension.CONSISTENCY,
        defaults=SMALL_CHANGE,
        default_severity=Severity.WARNING,
    ),
    check(
        "median_change",
        level=COLUMN,
        sensor="percentile",
        rule="change_percent",
        dimension=Dimension.CONSISTENCY,
        defaults=SMALL_CHANGE,
        default_severity=Severity.WARNING,
        fixed={"percentile_value": 0.5},
    ),
)
