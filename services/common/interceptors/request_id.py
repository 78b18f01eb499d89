"""Every RPC has an id that its caller, our log and our errors name alike."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dq_platform.ids import new_id
from dq_platform.log import context
from services.common.call import Call

HEADER = "x-request-id"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Takes the caller's id if it is a plain one, else makes one; logs and answers carry it."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        given = call.metadata.get(HEADER, "")
        call.request_id = given if ACCEPTED.fullmatch(given) else new_id()
        call.headers[HEADER] = call.request_id
        call.context.set_trailing_metadata(((HEADER, call.request_id),))
        with context(request_id=call.request_id):
            yield
