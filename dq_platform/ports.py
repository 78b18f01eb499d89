"""What use cases need from the outside world; `adapters` provide it, composition roots choose which.

A repository method that takes `workspace_id` sees that workspace only: what belongs to another does not exist.
Nothing is kept unless `commit` is called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from dq_platform.models.assignment import Assignment
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check, CheckNames, CheckPlace, CheckSelector, PeriodWindow
from dq_platform.models.connection import Connection
from dq_platform.models.incident import (
    FailureDay,
    Handling,
    Incident,
    IncidentCounts,
    IncidentEvent,
    IncidentFilter,
    IncidentKey,
    IncidentMember,
    IncidentSettings,
)
from dq_platform.models.job import (
    Job,
    JobError,
    JobState,
    Priority,
    SkippedSchema,
    Stop,
    Task,
    Unit,
    UnitEnd,
    UnitReport,
)
from dq_platform.models.maintenance import MaintenanceWindow
from dq_platform.models.metadata import (
    Estimates,
    KnownTable,
    Place,
    Sweep,
    TableKey,
    TableSettings,
    TableSnapshot,
    TableVersion,
)
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.queue import Backlog
from dq_platform.models.result import (
    CostRow,
    HistoryPoint,
    Result,
    ResultFilter,
    ResultOrder,
    Series,
    SummaryBy,
    SummaryRow,
    TrendBucket,
    TrendPoint,
)
from dq_platform.models.sample import ErrorSamples
from dq_platform.models.schedule import Schedule
from dq_platform.models.workspace import ApiKey, Workspace
from dq_platform.ports_notification import Channels, IncidentMembers, NotificationRules, Notifications


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware, in UTC."""


class Queue(Protocol):
    """Wakes workers; it may lose everything without loss of work: they look for work by themselves as well."""

    def placing(self, job_id: str) -> AbstractContextManager[Mapping[str, str]]:
        """The block stores the job and wakes workers; what it is given tells on whose behalf (see `Job.origin`)."""

    async def wake(self, tasks: int, priority: Priority) -> None:
        """Tell workers that so many tasks were stored. Never raises for an absent queue."""


class SecretHasher(Protocol):
    async def hash(self, secret: str) -> bytes: ...

    async def verify(self, secret: str, hashed: bytes) -> bool: ...


class Workspaces(Protocol):
    async def add(self, workspace: Workspace) -> None:
        """Raises AlreadyExists if the name is taken."""

    async def get(self, id: str, *, lock: bool = False) -> Workspace:
        """Locked until commit if asked."""

    async def update(self, workspace: Workspace) -> None:
        """Store what can change: its display name and how long it keeps results."""

    async def by_name(self, name: str) -> Workspace | None: ...


class ApiKeys(Protocol):
    async def add(self, key: ApiKey) -> None: ...

    async def find(self, id: str) -> ApiKey | None:
        """The key, whichever workspace it belongs to."""

    async def list(self, workspace_id: str, page: PageRequest) -> Page[ApiKey]: ...

    async def revoke(self, workspace_id: str, id: str, at: datetime) -> ApiKey:
        """Revoking twice keeps the first time. Raises NotFound."""

    async def touch(self, id: str, at: datetime) -> None:
        """Note that the key was used."""


class Connections(Protocol):
    async def add(self, connection: Connection) -> None: ...

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Connection:
        """Raises NotFound. With `lock` nobody else changes it until the transaction ends."""

    async def list(self, workspace_id: str, page: PageRequest, type: str = "") -> Page[Connection]: ...

    async def update(self, connection: Connection, expected_version: int) -> None:
        """Raises EtagMismatch if the stored version is another."""

    async def delete(self, workspace_id: str, id: str) -> None:
        """The connection, its metadata and its checks; results stay. Raises NotFound."""

    async def check_count(self, workspace_id: str, id: str) -> int: ...

    async def existing(self, ids: Collection[str]) -> Collection[str]:
        """Those of the ids that any connection has, as they were given."""

    async def display_names(self, workspace_id: str, most: int) -> Mapping[str, str]:
        """The names of the workspace's connections by id, the oldest first."""


class Tables(Protocol):
    """What is known of sources' tables: our own snapshots and users' settings."""

    async def snapshot(self, connection_id: str, schema: str, table: str) -> TableSnapshot | None:
        """The newest one."""

    async def save_snapshots(self, snapshots: Sequence[TableSnapshot]) -> None:
        """Kept as history: a snapshot whose columns equal the newest one's only moves that one's time.

        One that was taken before the newest is no news.
        """

    async def forget_absent(self, connection_id: str, sweep: Sweep, at: datetime) -> None:
        """Mark tables that a full sync did not find as absent since `at`, so that `snapshot` answers None."""

    async def schemas(self, connection_id: str) -> Sequence[str]:
        """Schemas with tables that are there, sorted."""

    async def present(self, connection_id: str, schema: str, page: PageRequest) -> Page[TableSnapshot]:
        """The newest snapshots of a schema's tables that are there, by name."""

    async def history(self, connection_id: str, schema: str, table: str, page: PageRequest) -> Page[TableVersion]:
        """What the table has been, newest first."""

    async def settings(self, connection_id: str, schema: str, table: str) -> TableSettings: ...

    async def known(self, connection_id: str, schema: str, table: str) -> KnownTable:
        """`snapshot` and `settings` at once, and the sizes that runs found."""

    async def all_known(self, connection_id: str, places: Sequence[Place]) -> Sequence[KnownTable]:
        """`known` for many tables of a connection, in their order."""

    async def rows_of(self, tables: Sequence[TableKey]) -> Mapping[TableKey, int]:
        """How many rows the tables have, roughly; those of which nobody knows are left out."""

    async def save_settings(self, settings: TableSettings) -> None: ...

    async def save_estimates(self, table: TableSettings, found: Estimates, at: datetime) -> None:
        """Add sizes that a run found to those of the table that `table` names; nothing if the connection is gone."""


class Checks(Protocol):
    async def add(self, check: Check) -> None: ...

    async def get(self, workspace_id: str, id: str) -> Check: ...

    async def get_many(self, workspace_id: str, ids: Sequence[str]) -> Sequence[Check]:
        """Those that exist, in the order of `ids`."""

    async def list(self, workspace_id: str, selector: CheckSelector, page: PageRequest) -> Page[Check]:
        """By creation; disabled ones too."""

    async def select(self, workspace_id: str, selector: CheckSelector) -> Sequence[Check]:
        """All enabled ones that match, by creation."""

    async def select_each(self, wanted: Sequence[tuple[str, CheckSelector]]) -> Sequence[Sequence[CheckPlace]]:
        """For each (workspace id, selector) what `select` finds, with a statement for each combination of fields."""

    async def existing(self, ids: Collection[str]) -> Collection[str]:
        """Those of the ids that any check has, as they were given."""

    async def names(self, workspace_id: str, connection_id: str = "") -> CheckNames:
        """What a selector can name: the places and labels of the workspace's checks, or of one connection's."""

    async def of_table(self, workspace_id: str, connection_id: str, schema: str, table: str) -> Sequence[Check]:
        """All checks of the table and its columns, disabled ones too, by creation."""

    async def update(self, check: Check, expected_version: int) -> None: ...

    async def delete(self, workspace_id: str, id: str) -> None:
        """The check and its baselines; its results stay."""


class Baselines(Protocol):
    """The columns that checks accept. A baseline is never changed: the newest one counts."""

    async def add(self, baseline: Baseline) -> bool:
        """Whether it was stored: False if the check has one of this number already. Raises NotFound for the check."""

    async def current(self, check_ids: Collection[str]) -> Mapping[str, Baseline]:
        """The newest one of each check that has any."""

    async def list(self, check_id: str, page: PageRequest) -> Page[Baseline]:
        """Newest first."""


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


class Results(Protocol):
    async def add(self, results: Sequence[Result]) -> Sequence[Result]:
        """Store results and make each the latest of its (check, group) unless a newer one is there.

        Results of checks that were deleted meanwhile are left out; returns those that were stored. The checks stay
        until commit.
        """

    async def delete_later(self, check: Check, now: datetime) -> None:
        """Note that cron has to delete the results of the check, which is deleted in the same transaction."""

    async def list(
        self,
        workspace_id: str,
        filter: ResultFilter,
        page: PageRequest,
        order: ResultOrder = ResultOrder.NEWEST_FIRST,
    ) -> Page[Result]: ...

    async def latest(self, workspace_id: str, filter: ResultFilter, page: PageRequest) -> Page[Result]:
        """The newest result of every (check, group)."""

    async def summary(self, workspace_id: str, filter: ResultFilter, by: SummaryBy) -> Sequence[SummaryRow]:
        """Counts of outcomes by the given key, worst score first."""

    async def costs(self, workspace_id: str, filter: ResultFilter, by: SummaryBy) -> Sequence[CostRow]:
        """Sums of costs by the given key, the most time first."""

    async def trend(
        self, workspace_id: str, filter: ResultFilter, bucket: TrendBucket, time_zone: str
    ) -> Sequence[TrendPoint]:
        """Buckets in order of time, empty ones left out; the filter names one check."""

    async def history(
        self, check_ids: Sequence[str], before: datetime, points: int, *, everything: bool = False
    ) -> Mapping[tuple[str, str], Sequence[HistoryPoint]]:
        """For each (check, group) the newest run of each of the last periods before that one, oldest first.

        Without those that rules must not learn from (see `Series`), unless `everything` is asked for.
        """

    async def untrained(self, check_ids: Sequence[str]) -> Mapping[tuple[str, str], frozenset[datetime]]:
        """For each (check, group) the periods that failed in an incident that is excluded from training."""

    async def series(self, check_id: str, data_group: str, window: PeriodWindow, most: int) -> Series:
        """The newest run of each of the last periods that begin in the window, at most so many."""


class Samples(Protocol):
    """Error samples: those of the newest failure of each (check, group, period)."""

    async def save(self, samples: Sequence[ErrorSamples]) -> None:
        """In place of those that were taken earlier for the same check, group and period; their checks exist."""

    async def of_result(self, workspace_id: str, result_id: str) -> ErrorSamples:
        """Raises NotFound if none are kept, WrongState if none of our keys decrypts them."""

    async def delete_of_check(self, check_id: str) -> None: ...

    async def delete_of_table(self, connection_id: str, schema: str, table: str) -> None:
        """Those of all checks of the table and its columns."""


class Incidents(Protocol):
    async def hold(self, tables: Collection[TableKey]) -> None:
        """Wait until nobody else changes the incidents of these tables by results; nobody else does until commit."""

    async def raise_or_count(self, incident: Incident, failing: Sequence[tuple[str, str]]) -> Incident:
        """Open the incident, or add its counts to the one that is open for its key; the one that is stored then.

        `failing` are the (check id, data group) that fail now.
        """

    async def has_unresolved(self, workspace_id: str, tables: Collection[TableKey]) -> bool:
        """Whether any of the tables has an unresolved incident."""

    async def unresolved_of_tables(self, workspace_id: str, tables: Collection[TableKey]) -> Sequence[Incident]:
        """The unresolved incidents of the tables, locked until commit."""

    async def unresolved_of_check(self, workspace_id: str, check_id: str) -> Sequence[Incident]:
        """The unresolved incidents in which the check fails, locked until commit."""

    async def unresolved_of_connection(self, workspace_id: str, connection_id: str) -> Sequence[Incident]:
        """The unresolved incidents of the connection's tables, locked until commit."""

    async def mark_passing(self, incident_id: str, passing: Sequence[tuple[str, str]], times: int) -> None:
        """Note that these passed once more; those that did so `times` times in a row fail no longer."""

    async def failing_check_count(self, incident_id: str) -> int:
        """How many of the incident's checks fail now. Raises NotFound."""

    async def get(self, workspace_id: str, id: str) -> Incident: ...

    async def lock(self, workspace_id: str, id: str) -> Incident:
        """As `get`, locked until commit."""

    async def get_all(self, ids: Collection[str]) -> Mapping[str, Incident]:
        """Those of the incidents that exist, whomever they belong to."""

    async def update(self, incident: Incident) -> None: ...

    async def list(self, workspace_id: str, filter: IncidentFilter, page: PageRequest) -> Page[Incident]:
        """Newest failure first."""

    async def add_events(self, events: Sequence[IncidentEvent]) -> None:
        """Those that people are told of are in the outbox from the commit on."""

    async def events(self, workspace_id: str, incident_id: str, page: PageRequest) -> Page[IncidentEvent]:
        """Oldest first."""

    async def members(
        self, workspace_id: str, incident_id: str, page: PageRequest, *, failing: bool
    ) -> Page[IncidentMember]:
        """The checks and data groups that failed in it; only those that fail now, if asked. By check."""

    async def failures_by_day(self, incident: Incident, time_zone: str) -> Sequence[FailureDay]:
        """The failures that it counted, from results that are still kept. Raises Invalid for the time zone."""

    async def counts(self, workspace_id: str, filter: IncidentFilter, now: datetime) -> IncidentCounts:
        """How many that match are in each state."""

    async def former(self, workspace_id: str, key: IncidentKey) -> Incident | None:
        """The newest resolved incident of the key, locked until commit."""

    async def quiet(self, now: datetime, default: Handling, limit: int) -> Sequence[Incident]:
        """Incidents that flapped, in which nothing fails, and whose newest failure is older than their window.

        Of any workspace, locked until commit; those that another process holds are skipped. `default` holds where
        settings say nothing.
        """

    async def unacknowledged(self, now: datetime, default: Handling, limit: int) -> Sequence[Incident]:
        """Incidents, neither acknowledged nor muted, that were open too long and of which nobody was told that yet.

        As `quiet` of any workspace, locked, and without those that another process holds.
        """


class IncidentSettingsStore(Protocol):
    async def find(self, workspace_id: str, connection_ids: Collection[str]) -> Sequence[IncidentSettings]:
        """What the workspace as a whole and these connections say, if they say anything."""

    async def save(self, settings: IncidentSettings) -> None:
        """Raises NotFound for a connection that is gone."""


class MaintenanceWindows(Protocol):
    async def add(self, window: MaintenanceWindow) -> None: ...

    async def get(self, workspace_id: str, id: str) -> MaintenanceWindow: ...

    async def list(self, workspace_id: str, page: PageRequest) -> Page[MaintenanceWindow]:
        """By creation."""

    async def update(self, window: MaintenanceWindow, expected_version: int) -> None:
        """Raises EtagMismatch if the stored version is another."""

    async def delete(self, workspace_id: str, id: str) -> None: ...

    async def between(
        self, workspace_id: str, connection_ids: Collection[str], first: datetime, last: datetime
    ) -> Sequence[MaintenanceWindow]:
        """Those that are about the connections, or about all, at any moment from the first to the last."""


class Tx(Protocol):
    """One transaction on our store."""

    workspaces: Workspaces
    api_keys: ApiKeys
    connections: Connections
    tables: Tables
    checks: Checks
    baselines: Baselines
    schedules: Schedules
    jobs: Jobs
    assignments: Assignments
    results: Results
    incidents: Incidents
    incident_settings: IncidentSettingsStore
    maintenance_windows: MaintenanceWindows
    samples: Samples
    channels: Channels
    notification_rules: NotificationRules
    notifications: Notifications
    incident_members: IncidentMembers

    async def commit(self) -> None: ...


class Uow(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that rolls back at the end of the block unless it was committed."""
