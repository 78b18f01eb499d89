"""Open sessions with one source, lent to one user at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple

from dq_platform.connectors.base import BaseConnector
from dq_platform.connectors.calls import Calls
from dq_platform.connectors.lease import Lease


class _Idle(NamedTuple):
    connector: BaseConnector
    since: float


class Pool:
    """At most `limit` sessions with one source; whoever comes later waits for a turn."""

    def __init__(self, make: Callable[[], BaseConnector], limit: int) -> None:
        self._make = make
        self._calls = Calls(limit)
        self._turns = asyncio.Semaphore(limit)
        self._idle: deque[_Idle] = deque()
        self._users = 0
        self._retired = False

    @property
    def unused(self) -> bool:
        """Whether there is neither a session nor anybody who uses or waits for one."""
        return not self._users and not self._idle

    @property
    def free(self) -> bool:
        """Whether a session is to be had without waiting."""
        return not self._turns.locked()

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Lease]:
        """A session that is free, or one that opens when it is first used."""
        self._users += 1
        try:
            async with self._turns:
                lease = Lease(self._make, self._calls, self._idle.pop().connector if self._idle else None)
                try:
                    yield lease
                finally:
                    self._take_back(lease)
        finally:
            self._users -= 1

    def retire(self) -> None:
        """Close what is free, and what is in use as soon as it is given back."""
        self._retired = True
        self.close_idle(timedelta(0))

    def close_idle(self, after: timedelta) -> None:
        """Close the sessions that nobody has used for so long."""
        limit = asyncio.get_running_loop().time() - after.total_seconds()
        while self._idle and self._idle[0].since <= limit:
            self._calls.start(self._idle.popleft().connector.close)

    async def end(self) -> None:
        """Close all sessions and return when their threads have ended; the pool is of no use afterwards."""
        self.retire()
        await self._calls.end()

    def _take_back(self, lease: Lease) -> None:
        if self._retired or lease.spoiled:
            lease.drop()
        elif lease.connector is not None:
            self._idle.append(_Idle(lease.connector, asyncio.get_running_loop().time()))
