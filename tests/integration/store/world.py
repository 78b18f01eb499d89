"""Builders of what the store keeps, and short ways to keep and read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.ids import new_id
from dq_platform.models.check import Check, CheckSelector, Mode, Target, TimeScale
from dq_platform.models.connection import Connection
from dq_platform.models.incident import Incident, IncidentKey, IncidentStatus
from dq_platform.models.job import Job, JobKind, JobState, Priority, Unit
from dq_platform.models.metadata import TableKey
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from dq_platform.models.schedule import Schedule
from dq_platform.models.workspace import Workspace

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZERO_ID = "00000000-0000-7000-8000-000000000000"
NOT_IDS = ("", "nonsense", "0" * 36, "{" + "0" * 34 + "}", "a\x00b", "’" * 36)


@dataclass(frozen=True, slots=True)
class World:
    """A workspace of its own with one connection; everything made here belongs to them unless said otherwise."""

    uow: SqlUow
    workspace: Workspace
    connection: Connection

    @property
    def id(self) -> str:
        return self.workspace.id

    async def check(self, **changes: Any) -> Check:
        check = self.new_check(**changes)
        async with self.uow() as tx:
            await tx.checks.add(check)
            await tx.commit()
        return check

    def new_check(self, table: str = "orders", schema: str = "shop", column: str = "amount", **changes: Any) -> Check:
        check = Check(
            id=new_id(),
            workspace_id=self.id,
            target=Target(self.connection.id, schema, table, column),
            check_type="nulls_percent",
            mode=Mode.MONITORING,
            time_scale=TimeScale.DAILY,
            create_time=NOW,
            update_time=NOW,
        )
        return replace(check, **changes)

    def new_result(self, check: Check, outcome: Outcome = Outcome.PASSED, **changes: Any) -> Result:
        result = Result(
            id=new_id(),
            workspace_id=check.workspace_id,
            check_id=check.id,
            job_id=new_id(),
            target=check.target,
            check_type=check.check_type,
            category="nulls",
            dimension="Completeness",
            mode=check.mode,
            time_scale=check.time_scale,
            data_group="",
            time_period=NOW.replace(hour=0),
            executed_at=NOW,
            outcome=outcome,
        )
        return replace(result, **changes)

    async def record(self, results: Sequence[Result]) -> None:
        async with self.uow() as tx:
            await tx.results.add(results)
            await tx.commit()

    async def job(self, units: int = 1, **changes: Any) -> tuple[Job, list[Unit]]:
        job, parts = self.new_job(units, **changes)
        async with self.uow() as tx:
            assert await tx.jobs.add(job, parts) is None
            await tx.commit()
        return job, parts

    def new_job(self, units: int = 1, **changes: Any) -> tuple[Job, list[Unit]]:
        job = Job(
            id=new_id(),
            workspace_id=self.id,
            kind=JobKind.EXECUTE_CHECK_BATCH,
            state=JobState.QUEUED,
            priority=Priority.NORMAL,
            create_time=NOW,
            unit_count=units,
            check_count=units,
        )
        job = replace(job, **changes)
        parts = [Unit(new_id(), job.id, self.id, self.connection.id, (new_id(),)) for _ in range(units)]
        return job, parts

    def new_schedule(self, **changes: Any) -> Schedule:
        schedule = Schedule(
            id=new_id(),
            workspace_id=self.id,
            display_name="nightly",
            cron="0 3 * * *",
            time_zone="Europe/Berlin",
            selector=CheckSelector(),
            create_time=NOW,
            update_time=NOW,
            next_run_time=NOW,
        )
        return replace(schedule, **changes)

    async def schedule(self, **changes: Any) -> Schedule:
        schedule = self.new_schedule(**changes)
        async with self.uow() as tx:
            await tx.schedules.add(schedule)
            await tx.commit()
        return schedule

    def key(self, table: str = "orders") -> IncidentKey:
        return IncidentKey(self.connection.id, "shop", table, "Completeness", "nulls")

    def table(self, table: str = "orders") -> TableKey:
        return self.connection.id, "shop", table

    def new_incident(self, **changes: Any) -> Incident:
        incident = Incident(
            id=new_id(),
            workspace_id=self.id,
            key=self.key(),
            status=IncidentStatus.OPEN,
            highest_severity=Severity.WARNING,
            failure_count=1,
            failing_check_count=1,
            first_seen_time=NOW,
            last_seen_time=NOW,
            open_time=NOW,
        )
        return replace(incident, **changes)

    async def raise_incident(self, incident: Incident, *failing: tuple[str, str]) -> Incident:
        async with self.uow() as tx:
            stored = await tx.incidents.raise_or_count(incident, failing)
            await tx.commit()
        return stored


async def new_world(uow: SqlUow) -> World:
    workspace = Workspace(new_id(), new_id(), "Shop", NOW)
    connection = Connection(new_id(), workspace.id, "shop", "postgresql", {"password": "s3cret-pass"}, NOW, NOW)
    async with uow() as tx:
        await tx.workspaces.add(workspace)
        await tx.connections.add(connection)
        await tx.commit()
    return World(uow, workspace, connection)
