"""One line in the log, one observation and one span for every RPC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import grpc
import structlog

from services.common.call import Call
from telemetry.metrics import RpcMetrics
from telemetry.tracing import Tracer

FAULTS = frozenset(
    {
        *(grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNIMPLEMENTED),
        *(grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DATA_LOSS),
    }
)
"""Codes by which a server, rather than its caller, is at fault, as OpenTelemetry counts them."""

log = structlog.get_logger(__name__)


class AccessLog:
    """Tells the method, how it ended, how long it took and the name of the key: nothing that a caller sent."""

    def __init__(self, metrics: RpcMetrics, tracer: Tracer) -> None:
        self._metrics = metrics
        self._tracer = tracer

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        start = perf_counter()
        cancelled = False
        method = call.method.path[1:]
        with self._tracer.span(method, "server", call.metadata) as span:
            try:
                yield
            except (asyncio.CancelledError, GeneratorExit):
                cancelled = True
                raise
            finally:
                code = grpc.StatusCode.CANCELLED if cancelled else _code(call)
                took = perf_counter() - start
                self._metrics.answered(method, code.name, took)
                span.set("rpc.system", "grpc")
                span.set("rpc.grpc.status_code", code.value[0])
                span.set("dq.request_id", call.request_id)
                if code in FAULTS:
                    span.failed(code.name)
                log.info("rpc", method=call.method.path, code=code.name, ms=round(took * 1000, 1), key=call.key_name)


def _code(call: Call) -> grpc.StatusCode:
    code = call.context.code()
    return code if isinstance(code, grpc.StatusCode) else _BY_NUMBER[code or 0]


_BY_NUMBER = {code.value[0]: code for code in grpc.StatusCode}
