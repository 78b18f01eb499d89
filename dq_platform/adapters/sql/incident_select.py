"""Which incidents, with how much fails in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, select

from dq_platform.adapters.sql.ids import has_id, storable
from dq_platform.adapters.sql.tables import incident_checks, incidents
from dq_platform.models.incident import IncidentFilter

FAILING_CHECKS = (
    select(func.count(distinct(incident_checks.c.check_id)))
    .where(incident_checks.c.incident_id == incidents.c.id, incident_checks.c.failing)
    .scalar_subquery()
)
# What people remember of an incident, for a search.
SAID = func.concat_ws(
    " ",
    incidents.c.schema_name + "." + incidents.c.table_name,
    *(incidents.c[name] for name in ("dimension", "category", "check_type", "data_group", "assignee", "ticket_url")),
)


def counted_incidents() -> Select[Any]:
    """All incidents; the number of their failing checks is counted, not stored."""
    return select(incidents, FAILING_CHECKS.label("failing_check_count"))


def matching(wanted: IncidentFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status:
        found.append(incidents.c.status.in_(wanted.status))
    if wanted.connection_id:
        found.append(has_id(incidents.c.connection_id, wanted.connection_id))
    if wanted.schema_name:
        found.append(incidents.c.schema_name == wanted.schema_name)
    if wanted.table_name:
        found.append(incidents.c.table_name == wanted.table_name)
    if wanted.min_severity is not None:
        found.append(incidents.c.highest_severity >= wanted.min_severity.value)
    if wanted.assignee:
        found.append(incidents.c.assignee == wanted.assignee)
    if wanted.flapping is not None:
        found.append((incidents.c.flap_count > 0) == wanted.flapping)
    if wanted.text:
        found.append(SAID.icontains(storable(wanted.text), autoescape=True))
    return found
