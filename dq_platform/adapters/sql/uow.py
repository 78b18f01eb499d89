"""Transactions on our own store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy import Engine, literal, select

from dq_platform.adapters.sql.api_keys import SqlApiKeys
from dq_platform.adapters.sql.assignments import SqlAssignments
from dq_platform.adapters.sql.baselines import SqlBaselines
from dq_platform.adapters.sql.channels import SqlChannels
from dq_platform.adapters.sql.checks import SqlChecks
from dq_platform.adapters.sql.connections import Cipher, SqlConnections
from dq_platform.adapters.sql.incident_members import SqlIncidentMembers
from dq_platform.adapters.sql.incident_settings import SqlIncidentSettings
from dq_platform.adapters.sql.incidents import SqlIncidents
from dq_platform.adapters.sql.jobs import SqlJobs
from dq_platform.adapters.sql.maintenance_windows import SqlMaintenanceWindows
from dq_platform.adapters.sql.notification_rules import SqlNotificationRules
from dq_platform.adapters.sql.notifications import SqlNotifications
from dq_platform.adapters.sql.results import SqlResults
from dq_platform.adapters.sql.samples import SqlSamples
from dq_platform.adapters.sql.schedules import SqlSchedules
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables_repo import SqlTables
from dq_platform.adapters.sql.workspaces import SqlWorkspaces
from dq_platform.errors import StoreUnavailable
from dq_platform.ports import ApiKeys, Baselines, Checks, Connections, Tables, Tx, Workspaces
from dq_platform.ports_incident import Incidents, IncidentSettingsStore, MaintenanceWindows
from dq_platform.ports_job import Assignments, Jobs, Schedules
from dq_platform.ports_notification import Channels, IncidentMembers, NotificationRules, Notifications
from dq_platform.ports_result import Results, Samples


class SqlTx:
    """One transaction; repositories share its connection."""

    def __init__(self, session: Session, cipher: Cipher) -> None:
        self._session = session
        self.workspaces: Workspaces = SqlWorkspaces(session)
        self.api_keys: ApiKeys = SqlApiKeys(session)
        self.connections: Connections = SqlConnections(session, cipher)
        self.tables: Tables = SqlTables(session)
        self.checks: Checks = SqlChecks(session)
        self.baselines: Baselines = SqlBaselines(session)
        self.schedules: Schedules = SqlSchedules(session)
        self.jobs: Jobs = SqlJobs(session)
        self.assignments: Assignments = SqlAssignments(session, cipher)
        self.results: Results = SqlResults(session)
        self.incidents: Incidents = SqlIncidents(session)
        self.incident_settings: IncidentSettingsStore = SqlIncidentSettings(session)
        self.maintenance_windows: MaintenanceWindows = SqlMaintenanceWindows(session)
        self.samples: Samples = SqlSamples(session, cipher)
        self.channels: Channels = SqlChannels(session, cipher)
        self.notification_rules: NotificationRules = SqlNotificationRules(session)
        self.notifications: Notifications = SqlNotifications(session)
        self.incident_members: IncidentMembers = SqlIncidentMembers(session)

    async def commit(self) -> None:
        await self._session.commit()


class SqlUow:
    """Opens transactions; what is not committed is rolled back.

    Everything in one raises StoreUnavailable if the store cannot be reached or takes too long; `unavailable` is called
    then.
    """

    def __init__(self, engine: Engine, cipher: Cipher, unavailable: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._cipher = cipher
        self._unavailable = unavailable

    def __call__(self) -> AbstractAsyncContextManager[Tx]:
        return self._transaction()

    async def ping(self) -> None:
        """Returns when the store answers. Raises StoreUnavailable."""
        async with self._session() as session:
            await session.execute(select(literal(1)))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Tx]:
        async with self._session() as session:
            yield SqlTx(session, self._cipher)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        session = Session(self._engine)
        try:
            yield session
        except StoreUnavailable:
            self._unavailable()
            raise
        finally:
            await session.close()
