"""One user's time with one session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from dq_platform.connectors.base import BaseConnector, Rows
from dq_platform.connectors.calls import Calls
from dq_platform.connectors.watch import Watch
from dq_platform.errors import SourceError, SourceProblem

T = TypeVar("T")
AT_ONCE = timedelta(seconds=2)
"""Within this time a session that was dead before shows it: a way to the source and back takes less."""

# After these nobody knows what the session still does; opening another is cheap.
_SPOILING = (
    SourceProblem.UNREACHABLE,
    SourceProblem.CREDENTIALS,
    SourceProblem.CANCELLED,
    SourceProblem.TIMEOUT,
)


class Lease:
    """The right to use a session, which opens with the first call and is replaced when it has been spoiled.

    A session that lay idle and turns out to be dead, which it shows at once, is replaced unnoticed, once. One that dies
    later had begun its work, which may be long: whoever asked for it decides whether it is to be done again.
    """

    def __init__(
        self, make: Callable[[], BaseConnector], calls: Calls, watch: Watch, idle: BaseConnector | None
    ) -> None:
        self._make = make
        self._calls = calls
        self._watch = watch
        self._last: asyncio.Future[Any] | None = None
        self._proven = False
        self.connector = idle
        self.spoiled = False

    async def run(self, function: Callable[[BaseConnector], T]) -> T:
        """The function's result for the session. Raises SourceError."""
        with self._watch.asking() as question:
            result = await self._run_on_a_live_session(function)
            question.rows = len(result.rows) if isinstance(result, Rows) else 0
            return result

    async def _run_on_a_live_session(self, function: Callable[[BaseConnector], T]) -> T:
        idle = self.connector is not None and not self._proven
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            return await self._run(function)
        except SourceError as error:
            was_dead = idle and loop.time() - started < AT_ONCE.total_seconds()
            if not was_dead or error.problem is not SourceProblem.UNREACHABLE:
                raise
        return await self._run(function)

    def drop(self) -> None:
        """Close the session as soon as it no longer runs anything."""
        connector, self.connector = self.connector, None
        if connector is not None:
            self._calls.start_after(self._last, connector.close)

    async def _run(self, function: Callable[[BaseConnector], T]) -> T:
        connector = await self._ready()
        result = await self._call(lambda: function(connector), connector.cancel)
        self._proven = True
        return result

    async def _ready(self) -> BaseConnector:
        if self.connector is not None and not self._proven and await self._is_stale(self.connector):
            self.spoiled = True
        if self.spoiled:
            self.drop()
        if self.connector is not None:
            return self.connector
        self.connector = connector = await self._call(self._make)
        self.spoiled = True  # until it is open
        await self._call(connector.connect, connector.cancel)
        self.spoiled, self._proven = False, True
        return connector

    async def _is_stale(self, connector: BaseConnector) -> bool:
        """Most engines' sessions see every change: there is nothing to ask."""
        if type(connector).is_stale is BaseConnector.is_stale:
            return False
        return await self._call(connector.is_stale)

    async def _call(self, function: Callable[[], T], cancel: Callable[[], None] | None = None) -> T:
        self._last = self._calls.start(function)
        try:
            return await self._calls.result(self._last, cancel)
        except asyncio.CancelledError:
            self.spoiled = True
            raise
        except SourceError as error:
            self.spoiled = self.spoiled or error.problem in _SPOILING
            raise
