"""Which incidents cron has something to do with, by the settings of their connections and workspaces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, TextClause, bindparam, func

from dq_platform.adapters.sql.incident_select import FAILING_CHECKS, counted_incidents
from dq_platform.adapters.sql.tables import FLAPPING, TIME, UNESCALATED, incident_settings, incidents

NOW = bindparam("now", type_=TIME)


def _in_effect(name: str) -> tuple[FromClause, ColumnElement[Any]]:
    """Incidents beside their settings, and what holds of that name; the parameter `default` where nothing is said."""
    own, whole = incident_settings.alias("own"), incident_settings.alias("whole")
    joined = incidents.outerjoin(own, own.c.owner_id == incidents.c.connection_id)
    joined = joined.outerjoin(whole, whole.c.owner_id == incidents.c.workspace_id)
    default = bindparam("default", type_=incident_settings.c[name].type)
    return joined, func.coalesce(own.c[name], whole.c[name], default)


def _quiet() -> Select[Any]:
    joined, window = _in_effect("flap_window")
    return _due(joined, FLAPPING, incidents.c.last_seen_time <= NOW - window, FAILING_CHECKS == 0)


def _unacknowledged() -> Select[Any]:
    joined, allowed = _in_effect("escalate_after")
    heard = func.coalesce(incidents.c.mute_until_time, NOW) <= NOW
    return _due(joined, UNESCALATED, incidents.c.open_time <= NOW - allowed, allowed > timedelta(), heard)


def _due(joined: FromClause, *conditions: ColumnElement[bool] | TextClause) -> Select[Any]:
    return (
        counted_incidents()
        .select_from(joined)
        .where(*conditions)
        .order_by(incidents.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=incidents, skip_locked=True)
    )


QUIET = _quiet()
UNACKNOWLEDGED = _unacknowledged()
