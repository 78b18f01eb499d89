"""What use cases need of the store for incidents; see `dq_platform.ports`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

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
from dq_platform.models.maintenance import MaintenanceWindow
from dq_platform.models.metadata import (
    TableKey,
)
from dq_platform.models.page import Page, PageRequest


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
