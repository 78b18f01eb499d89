"""Blocking calls from asynchronous code: in threads of their own, stopped when the caller is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from dq_platform.errors import SourceError

T = TypeVar("T")

GRACE = timedelta(seconds=10)
_AGAIN = timedelta(seconds=0.5)


class Calls:
    """As many threads as calls may run at once, and as many to ask them to stop, which may take as long.

    Both belong to one source: a source that does not answer keeps nobody else's calls from being stopped.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="source")
        self._cancels = ThreadPoolExecutor(threads, thread_name_prefix="source-cancel")
        self._ended = False
        self._unfinished: set[asyncio.Future[Any]] = set()

    def start(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """The function's result to be; it runs to its end whatever becomes of this task."""
        call = asyncio.get_running_loop().run_in_executor(self._threads, function)
        self._unfinished.add(call)
        call.add_done_callback(self._finished)
        return call

    async def result(self, call: asyncio.Future[T], cancel: Callable[[], None] | None = None) -> T:
        """What the call returns.

        When this task is cancelled, `cancel` is called from another thread until the call has ended, or for GRACE at
        most; only then CancelledError goes on its way.
        """
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            await self._stop(call, cancel)
            raise

    def start_after(self, call: asyncio.Future[Any] | None, function: Callable[[], None]) -> None:
        """Run the function as soon as the call has ended."""
        if call is None or call.done():
            self.start(function)
        else:
            call.add_done_callback(lambda _: self.start(function))

    async def end(self) -> None:
        """Wait for the calls that still run, for GRACE at most, and let the threads go."""
        deadline = asyncio.get_running_loop().time() + GRACE.total_seconds()
        while self._unfinished and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(set(self._unfinished), timeout=left)
        self._ended = True
        self._threads.shutdown(wait=False)
        self._cancels.shutdown(wait=False)

    async def _stop(self, call: asyncio.Future[Any], cancel: Callable[[], None] | None) -> None:
        """A call may not have begun its statement yet, so that one request to stop is not enough.

        The next waits for the answer to the last.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + GRACE.total_seconds()
        asked: asyncio.Future[None] | None = None
        while cancel and not (call.done() or self._ended) and loop.time() < deadline:
            if asked is None or asked.done():
                asked = loop.run_in_executor(self._cancels, _ask, cancel)
            await asyncio.wait({call}, timeout=_AGAIN.total_seconds())

    def _finished(self, call: asyncio.Future[Any]) -> None:
        self._unfinished.discard(call)
        if not call.cancelled():
            call.exception()  # looked at here, since nobody may wait for it any more


def _ask(cancel: Callable[[], None]) -> None:
    with suppress(SourceError):  # a server that cannot be reached ends the statement by itself
        cancel()
