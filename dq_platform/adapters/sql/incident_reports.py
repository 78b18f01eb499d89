"""What is behind incidents: the checks that fail in them, their failures by day, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from dq_platform.adapters.sql.result_reports import require_time_zone, unknown_time_zone
from dq_platform.adapters.sql.session import Session, sql_state
from dq_platform.adapters.sql.tables import TIME, check_results, checks, incident_checks, incidents
from dq_platform.models.incident import FailureDay, Incident, IncidentCounts, IncidentMember, IncidentStatus
from dq_platform.models.outcome import Outcome, Severity

INVALID_PARAMETER = "22023"
FAILURES = tuple(severity.name.lower() for severity in Severity)


def members_of(incident_id: str, *, failing: bool) -> Select[Any]:
    """The incident's checks and data groups; only those that fail now, if asked."""
    member = incident_checks.c
    about = (checks.c.column_name, checks.c.check_type, checks.c.display_name)
    joined = incident_checks.join(checks, checks.c.id == member.check_id).join(
        incidents, incidents.c.id == member.incident_id
    )
    statement = select(incident_checks, *about).select_from(joined).where(member.incident_id == incident_id)
    return statement.where(member.failing) if failing else statement


def member_from_row(row: Row[Any]) -> IncidentMember:
    return IncidentMember(
        check_id=row.check_id,
        check_type=row.check_type,
        display_name=row.display_name,
        column_name=row.column_name,
        data_group=row.data_group,
        failing_since=row.failing_since if row.failing else None,
        passing_runs=row.passing_runs,
    )


async def histogram(session: Session, incident: Incident, time_zone: str) -> Sequence[FailureDay]:
    """The failures that the incident has counted, of days that begin in that time zone; days without any are left out.

    Raises Invalid for a time zone that is not known.
    """
    require_time_zone(time_zone)
    try:
        rows = await session.execute(_failures_by_day(incident, time_zone))
    except DBAPIError as error:
        # The database has a list of time zones of its own, which may be older than ours.
        if sql_state(error) == INVALID_PARAMETER:
            raise unknown_time_zone(time_zone) from error
        raise
    return [FailureDay(row.start, row.warning, row.error, row.fatal) for row in rows]


def _failures_by_day(incident: Incident, time_zone: str) -> Select[Any]:
    result, member = check_results.c, incident_checks.c
    start = func.date_trunc("day", result.executed_at, time_zone).label("start")
    counts = [
        func.count().filter(result.outcome == severity.value).label(name)
        for severity, name in zip(Severity, FAILURES, strict=True)
    ]
    same = and_(result.check_id == member.check_id, result.group_key == member.group_key)
    statement: Select[Any] = (
        select(start, *counts)
        .select_from(incident_checks.join(check_results, same))
        .where(
            member.incident_id == incident.id,
            result.executed_at.between(incident.first_seen_time, incident.last_seen_time),
            result.outcome.between(Outcome.WARNING.value, Outcome.FATAL.value),
        )
        .group_by(start)
        .order_by(start)
    )
    return statement


def _counts_of() -> Select[Any]:
    i = incidents.c
    resolved = i.status == IncidentStatus.RESOLVED
    wanted = {
        "open": i.status == IncidentStatus.OPEN,
        "acknowledged": i.status == IncidentStatus.ACKNOWLEDGED,
        "resolved": resolved,
        "muted": and_(~resolved, i.mute_until_time > bindparam("now", type_=TIME)),
        "flapping": and_(~resolved, i.flap_count > 0),
        "unassigned": and_(~resolved, i.assignee == ""),
    }
    counts: list[ColumnElement[Any]] = [func.count().filter(which).label(name) for name, which in wanted.items()]
    return select(*counts)


COUNTS_OF = _counts_of()


def counts_from_row(row: Row[Any]) -> IncidentCounts:
    return IncidentCounts(
        open=row.open,
        acknowledged=row.acknowledged,
        resolved=row.resolved,
        muted=row.muted,
        flapping=row.flapping,
        unassigned=row.unassigned,
    )
