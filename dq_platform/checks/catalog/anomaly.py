"""Numbers that leave their usual course."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, category
from dq_platform.checks.catalog.over_time import DIFFERENCING, STATIONARY, Measure, anomalies, changes

SUM = Measure("sum", COLUMN, "sum")
MEAN = Measure("mean", COLUMN, "mean")
MEDIAN = Measure("median", COLUMN, "percentile", fixed={"percentile_value": 0.5})

CHECKS = category(
    "anomaly",
    *changes(SUM),
    *changes(MEAN),
    *changes(MEDIAN),
    *anomalies(SUM, DIFFERENCING, partitioned=STATIONARY),
    *anomalies(MEAN, STATIONARY),
    *anomalies(MEDIAN, STATIONARY),
    *anomalies(Measure("min", COLUMN, "min_value"), DIFFERENCING, partitioned=STATIONARY),
    *anomalies(Measure("max", COLUMN, "max_value"), DIFFERENCING, partitioned=STATIONARY),
)
