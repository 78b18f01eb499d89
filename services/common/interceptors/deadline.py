"""No RPC works longer than its caller waits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.common.call import Call

LONGEST = timedelta(seconds=300)


class Deadline:
    """Ends the work with the caller's deadline, after 300 s at the latest; without one, with the method's own limit.

    The age of a stream is not bounded here: its servicer ends it.
    """

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        async with asyncio.timeout(self._seconds(call)):
            yield

    def _seconds(self, call: Call) -> float | None:
        if call.method.streaming:
            return None
        remaining = call.context.time_remaining()
        if remaining is None or math.isinf(remaining):
            return call.method.timeout.total_seconds()
        return min(remaining, LONGEST.total_seconds())
