"""What use cases need from the outside world; `adapters` provide it, composition roots choose which.

A repository method that takes `workspace_id` sees that workspace only: what belongs to another does not exist.
Nothing is kept unless `commit` is called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Protocol

from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check, CheckNames, CheckPlace, CheckSelector
from dq_platform.models.connection import Connection
from dq_platform.models.job import (
    Priority,
)
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
from dq_platform.models.workspace import ApiKey, Workspace
from dq_platform.ports_incident import Incidents, IncidentSettingsStore, MaintenanceWindows
from dq_platform.ports_job import Assignments, Jobs, Schedules
from dq_platform.ports_notification import Channels, IncidentMembers, NotificationRules, Notifications
from dq_platform.ports_result import Results, Samples


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

    async def lock_checks(self, workspace_id: str, id: str) -> int:
        """Lock the connection's checks, in the order of runs, until the end of the transaction; returns how many."""

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

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Check: ...

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
