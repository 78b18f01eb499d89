"""How much there is."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import TABLE, Dimension, category, check
from dq_platform.checks.catalog.defaults import SOME_ROWS
from dq_platform.checks.catalog.over_time import DIFFERENCING, Measure, anomalies, changes

ROW_COUNT = Measure("row_count", TABLE, "row_count")

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
    *changes(ROW_COUNT),
    *anomalies(ROW_COUNT, DIFFERENCING, partitioned="anomaly_partition_row_count"),
)
