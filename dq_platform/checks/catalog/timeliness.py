"""How old data is."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import TABLE, WHOLE_TABLE_MODES, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_DAYS
from dq_platform.checks.catalog.over_time import Measure, anomalies
from dq_platform.models.check import Mode

FRESHNESS = Measure("data_freshness", TABLE, "data_freshness", Dimension.TIMELINESS, WHOLE_TABLE_MODES)

CHECKS = category(
    "timeliness",
    check(
        "data_freshness",
        level=TABLE,
        sensor="data_freshness",
        rule="max_days",
        dimension=Dimension.TIMELINESS,
        modes=WHOLE_TABLE_MODES,
        defaults=FEW_DAYS,
    ),
    check(
        "data_ingestion_delay",
        level=TABLE,
        sensor="data_ingestion_delay",
        rule="max_days",
        dimension=Dimension.TIMELINESS,
        defaults=FEW_DAYS,
    ),
    check(
        "data_staleness",
        level=TABLE,
        sensor="data_staleness",
        rule="max_days",
        dimension=Dimension.TIMELINESS,
        modes=WHOLE_TABLE_MODES,
        defaults=FEW_DAYS,
    ),
    check(
        "reload_lag",
        level=TABLE,
        sensor="partition_reload_lag",
        rule="max_days",
        dimension=Dimension.TIMELINESS,
        modes=(Mode.PARTITIONED,),
        defaults=FEW_DAYS,
    ),
    *anomalies(FRESHNESS, "anomaly_timeliness_delay"),
)
