"""Which incidents cron has something to do with, by the settings of their connections and workspaces."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, bindparam, func

from dq_platform.adapters.sql.incident_select import FAILING_CHECKS, counted_incidents
from dq_platform.adapters.sql.tables import TIME, UNRESOLVED, incident_settings, incidents


def _in_effect(name: str) -> tuple[FromClause, ColumnElement[Any]]:
    """Incidents beside their settings, and what holds of that name; the parameter `default` where nothing is said."""
    own, whole = incident_settings.alias("own"), incident_settings.alias("whole")
    joined = incidents.outerjoin(own, own.c.owner_id == incidents.c.connection_id)
    joined = joined.outerjoin(whole, whole.c.owner_id == incidents.c.workspace_id)
    default = bindparam("default", type_=incident_settings.c[name].type)
    return joined, func.coalesce(own.c[name], whole.c[name], default)


def _quiet() -> Select[Any]:
    joined, window = _in_effect("flap_window")
    return (
        counted_incidents()
        .select_from(joined)
        .where(
            UNRESOLVED,
            incidents.c.flap_count > 0,
            incidents.c.last_seen_time <= bindparam("now", type_=TIME) - window,
            FAILING_CHECKS == 0,
        )
        .order_by(incidents.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=incidents, skip_locked=True)
    )


QUIET = _quiet()
