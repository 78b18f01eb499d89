"""What use cases need of the store for schedules, jobs and their units; see `dq_platform.ports`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from dq_platform.models.assignment import Assignment
from dq_platform.models.job import (
    Job,
    JobError,
    JobState,
    SkippedSchema,
    Stop,
    Task,
    Unit,
    UnitEnd,
    UnitReport,
)
from dq_platform.models.metadata import (
    TableKey,
)
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.queue import Backlog
from dq_platform.models.schedule import Schedule


class Schedules(Protocol):
    async def add(self, schedule: Schedule) -> None: ...

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Schedule:
        """Locked until commit if asked: nobody fires it meanwhile."""

    async def list(self, workspace_id: str, page: PageRequest) -> Page[Schedule]: ...

    async def update(self, schedule: Schedule, expected_version: int) -> None: ...

    async def delete(self, workspace_id: str, id: str) -> None: ...

    async def claim_due(self, now: datetime, held_before: datetime, limit: int) -> Sequence[Schedule]:
        """Schedules that have something to do, locked until commit; those that another process holds are skipped.

        Their next_run_time has come, or they queue a run and their former job has ended; those that were held back
        after `held_before` queue on.
        """

    async def record(self, schedules: Sequence[Schedule]) -> None:
        """Store what came of their runs and when they run next, and nothing else; their versions stay."""

    async def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the oldest schedule that is due has been so; None if none is."""


class Jobs(Protocol):
    async def add(self, job: Job, units: Sequence[Unit], request_hash: str = "") -> Job | None:
        """Store a job with its units.

        None: stored. A job: this (workspace, request_id) or (schedule, due time) was stored before, and nothing
        was added. Raises RequestIdReused if it was stored with another `request_hash`.
        """

    async def add_scheduled(self, jobs: Sequence[tuple[Job, Sequence[Unit]]]) -> Collection[str]:
        """Store jobs of schedules with their units; returns the ids of those stored.

        Of a (schedule, due time) that was stored before, nothing is added.
        """

    async def unfinished(self, schedule_ids: Sequence[str]) -> Collection[str]:
        """Those of the schedules that have a job which waits or runs."""

    async def queued_units(self, workspace_ids: Collection[str]) -> Mapping[str, int]:
        """How many units the workspaces' unfinished jobs have still to do, zeros included."""

    async def requested(self, workspace_id: str, request_id: str, request_hash: str) -> Job | None:
        """The job that this request asked for before. Raises RequestIdReused as `add` does."""

    async def get(self, workspace_id: str, id: str) -> Job: ...

    async def list(self, workspace_id: str, page: PageRequest, states: Sequence[JobState] = ()) -> Page[Job]:
        """Newest first."""

    async def units(
        self, workspace_id: str, id: str, page: PageRequest, states: Sequence[JobState] = ()
    ) -> Page[UnitReport]:
        """The job's units with their attempts, in the order in which the job was divided. Raises NotFound."""

    async def failed_units(self, workspace_id: str, id: str) -> Sequence[UnitReport]:
        """Those of the job's units that failed, all of them. Raises NotFound."""

    async def request_cancel(self, workspace_id: str, id: str, at: datetime) -> Job:
        """Queued units end at once, running ones are asked to stop; a finished job is returned as it is."""

    async def claim(self, places: int, now: datetime, lease: timedelta, sessions: int) -> Sequence[Task]:
        """The tasks whose turn it is, at most `places`, ours for the length of the lease; kept without a commit.

        First units whose lease expired, each alone. Then, of what is queued and due, again and again the first by rank
        (see `Priority`) of the workspace that has the fewest tasks under way. No source is used by more `sessions` at
        once, in all workers, or by as many as its connection allows if that is less: what needs one waits. So do units
        whose connection is paused; those whose job's deadline has passed are not to be had any more.
        """

    async def renew(self, unit: Unit, until: datetime) -> bool:
        """Extend the lease; False if the claim is lost or the job's cancel was requested (see `stop`)."""

    async def stop(self, job_id: str, now: datetime) -> Stop | None:
        """Why the job's units must not go on, None if they may; a cancel goes before a deadline."""

    async def idle(self, now: datetime, limit: int) -> Sequence[tuple[Unit, Stop]]:
        """Units to end that nobody holds, of jobs whose units must not go on; those of one job in a row."""

    async def skipped(self, job_id: str, schemas: Sequence[SkippedSchema]) -> None:
        """Keep which schemas the job passed over."""

    async def tables(self, job_id: str, connection_id: str, schema: str) -> Sequence[str]:
        """Names of the schema's tables that the job's checks of the connection are about."""

    async def current_tables(self, job_id: str, limit: int) -> Sequence[TableKey]:
        """The tables of the job's units that are claimed, by connection, schema and name; at most `limit`."""

    async def finish(self, ends: Sequence[UnitEnd], at: datetime) -> Job | None:
        """End units of one job, count them in it, and end the job with its last unit; returns the job as it is then.

        None if the claim of any was lost meanwhile: then the caller must not commit. Units as `idle` gives them end in
        the same way, unless somebody has claimed them.
        """

    async def release(self, unit: Unit, run_after: datetime, error: JobError, at: datetime) -> bool:
        """Give the unit back for another attempt at `run_after`, with this one noted; False if the claim was lost."""

    async def backlog(self, now: datetime, workspace_id: str | None = None) -> Sequence[Backlog]:
        """Units that have not ended by workspace and priority, the highest first.

        Of one workspace: a line for every priority, zeros included.
        """


class Assignments(Protocol):
    async def of(self, units: Sequence[Unit]) -> Assignment:
        """What claimed units of one job and one connection are about. Raises NotFound for a job that is gone."""
