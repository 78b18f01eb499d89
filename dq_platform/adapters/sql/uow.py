"""Transactions on our own store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.api_keys import SqlApiKeys
from dq_platform.adapters.sql.checks import SqlChecks
from dq_platform.adapters.sql.connections import Cipher, SqlConnections
from dq_platform.adapters.sql.incidents import SqlIncidents
from dq_platform.adapters.sql.jobs import SqlJobs
from dq_platform.adapters.sql.results import SqlResults
from dq_platform.adapters.sql.schedules import SqlSchedules
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables_repo import SqlTables
from dq_platform.adapters.sql.workspaces import SqlWorkspaces
from dq_platform.ports import (
    ApiKeys,
    Checks,
    Connections,
    Incidents,
    Jobs,
    Results,
    Schedules,
    Tables,
    Tx,
    Workspaces,
)


class SqlTx:
    """One transaction; repositories share its connection."""

    def __init__(self, session: Session, cipher: Cipher) -> None:
        self._session = session
        self.workspaces: Workspaces = SqlWorkspaces(session)
        self.api_keys: ApiKeys = SqlApiKeys(session)
        self.connections: Connections = SqlConnections(session, cipher)
        self.tables: Tables = SqlTables(session)
        self.checks: Checks = SqlChecks(session)
        self.schedules: Schedules = SqlSchedules(session)
        self.jobs: Jobs = SqlJobs(session)
        self.results: Results = SqlResults(session)
        self.incidents: Incidents = SqlIncidents(session)

    async def commit(self) -> None:
        await self._session.commit()


class SqlUow:
    """Opens transactions; what is not committed is rolled back."""

    def __init__(self, engine: AsyncEngine, cipher: Cipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def __call__(self) -> AbstractAsyncContextManager[Tx]:
        return self._transaction()

    async def ping(self) -> None:
        """Returns when the store answers; raises the driver's error when it does not."""
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Tx]:
        async with self._engine.connect() as connection:
            yield SqlTx(Session(connection), self._cipher)
