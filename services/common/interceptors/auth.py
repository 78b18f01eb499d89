"""Who calls, and whether they may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from dq_platform.errors import PermissionDenied
from dq_platform.models.workspace import Principal
from services.common.call import Call, set_caller

AUTHORIZATION = "authorization"
BEARER = "bearer "


class Verifier(Protocol):
    async def verify(self, key_text: str) -> Principal:
        """Whose key it is. Raises Unauthenticated."""


class Auth:
    """Verifies the API key in the metadata `header`, or in `authorization: Bearer`, and the role of its holder."""

    def __init__(self, verifier: Verifier, header: str) -> None:
        self._verifier = verifier
        self._header = header.lower()

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        principal = await self._verifier.verify(self._key(call))
        call.key_name = principal.key_name
        required = call.method.required_role
        if principal.role < required:
            raise PermissionDenied(required.name.lower(), principal.role.name.lower())
        set_caller(principal)
        yield

    def _key(self, call: Call) -> str:
        given = call.metadata.get(self._header, "")
        authorization = call.metadata.get(AUTHORIZATION, "")
        if not given and authorization.lower().startswith(BEARER):
            given = authorization[len(BEARER) :]
        return given.strip()
