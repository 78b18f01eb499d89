"""One line in the log for every RPC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import grpc
import structlog

from services.common.call import Call

log = structlog.get_logger(__name__)


class AccessLog:
    """Logs the method, how it ended, how long it took and the name of the key: nothing that a caller sent."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        start = perf_counter()
        cancelled = False
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            cancelled = True
            raise
        finally:
            code = grpc.StatusCode.CANCELLED if cancelled else _code(call)
            took = round((perf_counter() - start) * 1000, 1)
            log.info("rpc", method=call.method.path, code=code.name, ms=took, key=call.key_name)


def _code(call: Call) -> grpc.StatusCode:
    code = call.context.code()
    return code if isinstance(code, grpc.StatusCode) else _BY_NUMBER[code or 0]


_BY_NUMBER = {code.value[0]: code for code in grpc.StatusCode}
