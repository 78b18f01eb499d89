"""Our store's relations. Migrations create them; `dq_platform.adapters.sql.migrate.drift` compares the two.

Ids come from the application as UUID text. Closed vocabularies are stored as their text or number, open ones as text.
"""

from __future__ import annotations

from dq_platform.adapters.sql.tables.checks import (
    api_keys,
    check_baselines,
    checks,
    connections,
    table_estimates,
    table_settings,
    table_snapshots,
    workspaces,
)
from dq_platform.adapters.sql.tables.columns import (
    ID,
    OUTCOME_COUNTS,
    TIME,
    metadata,
)
from dq_platform.adapters.sql.tables.incidents import (
    FLAPPING,
    INCIDENT_KEY,
    UNESCALATED,
    UNRESOLVED,
    incident_checks,
    incident_events,
    incident_settings,
    incidents,
    maintenance_windows,
)
from dq_platform.adapters.sql.tables.jobs import (
    QUEUED,
    RANK,
    UNFINISHED,
    claim_turn,
    job_units,
    jobs,
    schedules,
)
from dq_platform.adapters.sql.tables.notifications import (
    PENDING,
    notification_channels,
    notification_outbox,
    notification_rules,
    notifications,
)
from dq_platform.adapters.sql.tables.results import (
    CHECK_FACETS,
    RESULT_COLUMNS,
    TABLE_FACETS,
    check_latest,
    check_results,
    check_results_daily,
    deleted_checks,
    error_samples,
    table_results_daily,
    table_results_monthly,
)

__all__ = [
    "CHECK_FACETS",
    "FLAPPING",
    "ID",
    "INCIDENT_KEY",
    "OUTCOME_COUNTS",
    "PENDING",
    "QUEUED",
    "RANK",
    "RESULT_COLUMNS",
    "TABLE_FACETS",
    "TIME",
    "UNESCALATED",
    "UNFINISHED",
    "UNRESOLVED",
    "api_keys",
    "check_baselines",
    "check_latest",
    "check_results",
    "check_results_daily",
    "checks",
    "claim_turn",
    "connections",
    "deleted_checks",
    "error_samples",
    "incident_checks",
    "incident_events",
    "incident_settings",
    "incidents",
    "job_units",
    "jobs",
    "maintenance_windows",
    "metadata",
    "notification_channels",
    "notification_outbox",
    "notification_rules",
    "notifications",
    "schedules",
    "table_estimates",
    "table_results_daily",
    "table_results_monthly",
    "table_settings",
    "table_snapshots",
    "workspaces",
]
