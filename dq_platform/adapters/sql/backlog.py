"""What waits and runs, counted in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, not_, or_, select

from dq_platform.adapters.sql.job_statements import expired
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import connections, job_units, jobs, workspaces
from dq_platform.models.job import JobState, Priority
from dq_platform.models.queue import Backlog


async def read_backlog(session: Session, now: datetime, workspace_id: str | None = None) -> Sequence[Backlog]:
    """Units that have not ended by workspace and priority, the highest first; of one workspace: every priority."""
    rows = (await session.execute(_counts(now, workspace_id))).all()
    found = [_backlog(row, now) for row in rows]
    if workspace_id is None:
        return found
    by_priority = {one.priority: one for one in found}
    name = (await session.execute(select(workspaces.c.name).where(workspaces.c.id == workspace_id))).scalar_one()
    return [by_priority.get(one) or Backlog(name, one, now) for one in sorted(Priority, reverse=True)]


def _counts(now: datetime, workspace_id: str | None) -> Select[Any]:
    queued, running = job_units.c.state == JobState.QUEUED, job_units.c.state == JobState.RUNNING
    paused = connections.c.pause_time.is_not(None)
    free = and_(queued, not_(paused))
    due = and_(free, job_units.c.due_time <= now)
    statement = (
        select(
            workspaces.c.name,
            jobs.c.priority,
            func.count().filter(due).label("waiting"),
            func.count().filter(and_(free, job_units.c.due_time > now)).label("delayed"),
            func.count().filter(and_(running, not_(expired(now)))).label("running"),
            func.count().filter(and_(expired(now), not_(paused))).label("abandoned"),
            func.count().filter(and_(or_(queued, expired(now)), paused)).label("paused"),
            func.min(job_units.c.due_time).filter(due).label("oldest"),
        )
        .select_from(job_units)
        .join(jobs, jobs.c.id == job_units.c.job_id)
        .join(workspaces, workspaces.c.id == job_units.c.workspace_id)
        .outerjoin(connections, connections.c.id == job_units.c.connection_id)
        .where(or_(queued, running))
        .group_by(workspaces.c.name, jobs.c.priority)
        .order_by(jobs.c.priority.desc(), workspaces.c.name)
    )
    return statement if workspace_id is None else statement.where(job_units.c.workspace_id == workspace_id)


def _backlog(row: Row[Any], now: datetime) -> Backlog:
    return Backlog(
        workspace=row.name,
        priority=Priority(row.priority),
        at=now,
        waiting=row.waiting,
        delayed=row.delayed,
        running=row.running,
        abandoned=row.abandoned,
        paused=row.paused,
        oldest_due_time=row.oldest,
    )
