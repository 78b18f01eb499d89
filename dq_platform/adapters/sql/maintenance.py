"""Upkeep of the store: partitions of results are there before they are needed, and what is old goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import Engine, TextClause, bindparam, text

from dq_platform.adapters.sql import retention
from dq_platform.adapters.sql.locks import Lock
from dq_platform.adapters.sql.session import Session, transaction

MONTHS_AHEAD = 3
DELETED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class MonthPartition:
    """Holds the results executed from `start` (inclusive) to `end` (exclusive), a month in UTC."""

    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        return f"check_results_{self.start:%Y_%m}"


def months_from(now: datetime, count: int) -> Sequence[MonthPartition]:
    """The partition of the current month and of the following ones, `count` in all."""
    first = now.astimezone(UTC)
    months = [first.year * 12 + first.month - 1 + offset for offset in range(count + 1)]
    starts = [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in months]
    return [MonthPartition(start, end) for start, end in pairwise(starts)]


class SqlMaintenance:
    """Every method raises StoreUnavailable if the store cannot be reached or takes too long."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def ensure_partitions(self, now: datetime) -> None:
        """Create the partitions of this and the next three months unless they are there.

        Rows that the default partition took in for one of them move over. A hypertable makes its own chunks: then
        there is nothing to do. Safe in several processes at once.
        """
        async with transaction(self._engine) as session:
            await session.execute(LOCK, {"lock": Lock.PARTITIONS})
            if not (await session.execute(IS_PARTITIONED)).scalar_one():
                return
            for month in months_from(now, MONTHS_AHEAD + 1):
                if not (await session.execute(EXISTS, {"name": month.name})).scalar_one():
                    await _create(session, month)

    async def delete_results(self, now: datetime) -> int:
        """Delete results older than their workspaces keep them; returns how many, without those of dropped months."""
        return await retention.expire(self._engine, now)

    async def delete_results_of_checks(self) -> int:
        """Delete the results of checks that were deleted with them; returns how many checks these were."""
        return await retention.delete_of_deleted_checks(self._engine)

    async def delete_samples(self, taken_before: datetime) -> int:
        """Delete older error samples in transactions of their own, so that nobody waits for long; returns how many."""
        return await self._delete(DELETE_SAMPLES, taken_before)

    async def delete_jobs(self, ended_before: datetime) -> int:
        """Delete jobs that ended earlier, with their units, as `delete_samples` does; results stay. Returns how many.

        Units go first and in batches of their own: one job may have very many.
        """
        await self._delete(DELETE_UNITS, ended_before)
        return await self._delete(DELETE_JOBS, ended_before)

    async def delete_notifications(self, ended_before: datetime) -> int:
        """Delete notifications that ended earlier, as `delete_samples` does; returns how many.

        Those of incidents that are not resolved stay: they say who is to hear of the end.
        """
        return await self._delete(DELETE_NOTIFICATIONS, ended_before)

    async def _delete(self, statement: TextClause, before: datetime) -> int:
        deleted = 0
        while True:
            async with transaction(self._engine) as session:
                batch = await session.execute(statement, {"before": before, "batch": DELETED_AT_ONCE})
            deleted += batch.rowcount
            if batch.rowcount < DELETED_AT_ONCE:
                return deleted


LOCK = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(bindparam("lock"))
IS_PARTITIONED = text("SELECT relkind = 'p' FROM pg_class WHERE oid = 'check_results'::regclass")
DELETE_SAMPLES = text("""
    DELETE FROM error_samples WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM error_samples WHERE taken_at < :before LIMIT :batch FOR UPDATE SKIP LOCKED
    ))
""")
DELETE_UNITS = text("""
    DELETE FROM job_units WHERE ctid = ANY (ARRAY(
        SELECT job_units.ctid FROM jobs JOIN job_units ON job_units.job_id = jobs.id
        WHERE jobs.end_time < :before LIMIT :batch FOR UPDATE OF job_units SKIP LOCKED
    ))
""")
DELETE_JOBS = text("""
    DELETE FROM jobs WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM jobs WHERE end_time < :before LIMIT :batch FOR UPDATE SKIP LOCKED
    ))
""")
DELETE_NOTIFICATIONS = text("""
    DELETE FROM notifications WHERE ctid = ANY (ARRAY(
        SELECT notifications.ctid FROM notifications JOIN incidents ON incidents.id = notifications.incident_id
        WHERE end_time < :before AND incidents.status = 'resolved' LIMIT :batch FOR UPDATE OF notifications SKIP LOCKED
    ))
""")
EXISTS = text("SELECT to_regclass(:name) IS NOT NULL")


async def _create(session: Session, month: MonthPartition) -> None:
    """Fill the new table before it is attached, because attaching fails while the default partition holds its rows."""
    bounds = {"start": month.start, "end": month.end}
    for statement in (
        "LOCK TABLE check_results IN SHARE ROW EXCLUSIVE MODE",
        f"CREATE TABLE {month.name} (LIKE check_results INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
    ):
        await session.execute(text(statement))
    moving = f"""
        WITH moved AS (
            DELETE FROM check_results_default WHERE executed_at >= :start AND executed_at < :end RETURNING *
        )
        INSERT INTO {month.name} SELECT * FROM moved
    """  # noqa: S608  # the name is made of a year and a month
    await session.execute(text(moving), bounds)
    attach = f"""
        ALTER TABLE check_results ATTACH PARTITION {month.name}
        FOR VALUES FROM ('{month.start.isoformat()}') TO ('{month.end.isoformat()}')
    """
    await session.execute(text(attach))
