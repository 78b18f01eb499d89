"""Sessions with customers' sources for asynchronous code: pooled, limited, cancellable, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from dq_platform.connectors.base import BaseConnector, Guards, SourceVersion
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.pool import Pool
from dq_platform.connectors.references import References
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.watch import WatchOf, unwatched
from dq_platform.errors import Violation
from dq_platform.models.connection import Connection, SettingValue


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How sources are used: at most `limit` sessions with each, closed after `idle` without use.

    A connection's budget may allow fewer sessions, not more.
    """

    limit: int = 4
    idle: timedelta = timedelta(minutes=5)
    guards: Guards = field(default_factory=Guards)
    references: References = field(default_factory=References)
    watch: WatchOf = unwatched


class Sources:
    """All sessions of a process with customers' sources; use it in `async with`, on one event loop.

    A pool belongs to one version of a connection: when the connection changes, sessions with the former settings
    close as soon as they are free.
    """

    def __init__(self, options: SourceOptions | None = None) -> None:
        self._options = options or SourceOptions()
        self._pools: dict[tuple[str, int], Pool] = {}

    async def __aenter__(self) -> Self:
        self._sweeper = asyncio.create_task(self._sweep(), name="sources.sweep")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sweeper.cancel()
        await asyncio.wait({self._sweeper})
        await asyncio.gather(*(pool.end() for pool in self._pools.values()))
        self._pools.clear()

    @property
    def limit(self) -> int:
        """How many sessions with each source are allowed."""
        return self._options.limit

    @property
    def open_sources(self) -> int:
        """How many sources have sessions that are open or in use."""
        return len(self._pools)

    def forbidden(self, type: str, settings: Mapping[str, SettingValue]) -> list[Violation]:
        """What in valid settings this process does not allow. Raises Invalid if nothing serves the type."""
        return ConnectorFactory.get(type).check_guards(settings, self._options.guards)

    @asynccontextmanager
    async def session(self, connection: Connection) -> AsyncIterator[SourceSession]:
        """A session with the source, for this block alone; waits while `limit` others are in use.

        It opens when it is first used: its methods raise SourceError if it cannot. Raises Invalid if nothing serves
        the connection's type.
        """
        kind = ConnectorFactory.get(connection.type)
        async with self._pool(connection).lease() as lease:
            yield SourceSession(lease, kind.dialect)

    @asynccontextmanager
    async def spare(self, connection: Connection) -> AsyncIterator[SourceSession | None]:
        """A further session for who has one already, who must not wait for it: None while `limit` are in use."""
        if self._pool(connection).free:
            async with self.session(connection) as session:
                yield session
        else:
            yield None

    async def test(self, connection: Connection) -> SourceVersion:
        """What answers, asked through a session of its own that ends with the question. Raises SourceError.

        Connecting and answering may take the guards' `connect_timeout` each.
        """
        kind = ConnectorFactory.get(connection.type)
        guards = self._options.guards
        impatient = replace(guards, statement_timeout=min(guards.statement_timeout, guards.connect_timeout))
        pool = self._new_pool(connection, impatient, limit=1)
        try:
            async with pool.lease() as lease:
                return await SourceSession(lease, kind.dialect).version()
        finally:
            await pool.end()

    def _pool(self, connection: Connection) -> Pool:
        for (source, version), pool in self._pools.items():
            if source == connection.id and version < connection.version:
                pool.retire()
        key = (connection.id, connection.version)
        if key not in self._pools:
            limit = connection.budget.sessions(self._options.limit)
            self._pools[key] = self._new_pool(connection, self._options.guards, limit)
        return self._pools[key]

    def _new_pool(self, connection: Connection, guards: Guards, limit: int) -> Pool:
        kind = ConnectorFactory.get(connection.type)

        def make() -> BaseConnector:
            return kind(self._options.references.resolve(connection.settings), guards)

        return Pool(make, limit, self._options.watch(connection))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._options.idle.total_seconds() / 4)
            for key, pool in list(self._pools.items()):
                pool.close_idle(self._options.idle)
                if pool.unused:
                    del self._pools[key]
                    await pool.end()
