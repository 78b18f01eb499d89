"""The one place where errors become statuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import structlog
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from dq_platform.errors import DomainError
from services.common import errors
from services.common.call import Call
from services.common.interceptors.request_id import HEADER

log = structlog.get_logger(__name__)


class ErrorBoundary:
    """Answers domain errors by the table, timeouts as such, and anything else without a word of its text."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        try:
            yield
        except grpc.aio.AbortError:
            raise
        except DomainError as error:
            if not errors.is_known(type(error)):
                await self._unexpected(call, error)
            await _abort(call, errors.status_of(error))
        except TimeoutError:
            await _abort(call, errors.deadline_exceeded())
        except Exception as error:  # noqa: BLE001  a boundary: nothing of what went wrong may reach the caller
            await self._unexpected(call, error)

    async def _unexpected(self, call: Call, error: Exception) -> None:
        log.error("rpc failed", method=call.method.path, exc_info=error)
        await _abort(call, errors.internal(call.request_id))


async def _abort(call: Call, status: Status) -> None:
    answer = rpc_status.to_status(status)
    trailing = (*answer.trailing_metadata, (HEADER, call.request_id))
    await call.context.abort(answer.code, answer.details, trailing)
