"""The checks of an incident with their newest results, and what fails beside it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, distinct, func, or_, select

from dq_platform.adapters.sql.result_rows import result_from_record
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import (
    RESULT_COLUMNS,
    UNRESOLVED,
    check_latest,
    connections,
    incident_checks,
    incidents,
)
from dq_platform.models.incident import Incident
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result

FAILED_FIRST = case((check_latest.c.outcome.between(Outcome.WARNING, Outcome.FATAL), -check_latest.c.outcome), else_=1)


class SqlIncidentMembers:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def results(self, incident_id: str, most: int) -> Sequence[Result]:
        same = (check_latest.c.check_id == incident_checks.c.check_id) & (
            check_latest.c.group_key == incident_checks.c.group_key
        )
        any_fails = select(func.bool_or(incident_checks.c.failing)).where(incident_checks.c.incident_id == incident_id)
        statement = (
            select(*(check_latest.c[name] for name in RESULT_COLUMNS))
            .select_from(incident_checks.join(check_latest, same))
            .where(
                incident_checks.c.incident_id == incident_id,
                or_(incident_checks.c.failing, ~func.coalesce(any_fails.scalar_subquery(), False)),
            )
            .order_by(FAILED_FIRST, check_latest.c.check_id, check_latest.c.group_key)
            .limit(most)
        )
        return [result_from_record(row) for row in await self._session.execute(statement)]

    async def others(self, incident: Incident) -> tuple[int, int]:
        failing = (incident_checks.c.incident_id == incidents.c.id) & incident_checks.c.failing
        place = incidents.c.schema_name, incidents.c.table_name
        statement = (
            select(
                func.count(distinct(incident_checks.c.check_id)).label("checks"),
                func.count(distinct(func.row(*place))).label("tables"),
            )
            .select_from(incidents.join(incident_checks, failing))
            .where(
                incidents.c.workspace_id == incident.workspace_id,
                incidents.c.connection_id == incident.key.connection_id,
                incidents.c.id != incident.id,
                UNRESOLVED,
            )
        )
        row = (await self._session.execute(statement)).one()
        return row.checks, row.tables

    async def connection_name(self, connection_id: str) -> str:
        statement = select(connections.c.display_name).where(connections.c.id == connection_id)
        return (await self._session.execute(statement)).scalar_one_or_none() or ""
