"""From the text of an API key to who is calling."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from dq_platform.app.deps import Deps
from dq_platform.errors import Unauthenticated
from dq_platform.models.workspace import ApiKey, Principal

_KEY = re.compile(r"dqp_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
TTL = timedelta(seconds=60)
TOUCH_EVERY = timedelta(minutes=1)
MAX_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    until: datetime


class KeyVerifier:
    """Verifies keys; a verified one is remembered by its SHA-256 for `ttl`, so that bcrypt is paid once.

    A revoked or expired key is therefore refused within `ttl` at the latest.
    """

    def __init__(self, deps: Deps, ttl: timedelta = TTL) -> None:
        self._deps = deps
        self._ttl = ttl
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._verifying: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        self._nobodys_hash = b""

    async def verify(self, key_text: str) -> Principal:
        """Whose key it is. Raises Unauthenticated, reason API_KEY_MISSING or API_KEY_INVALID."""
        if not key_text:
            raise _refused("API_KEY_MISSING", "An API key is needed.")
        match = _KEY.fullmatch(key_text)
        if match is None:
            raise _invalid()
        digest = hashlib.sha256(key_text.encode()).digest()
        lock = self._verifying.setdefault(digest, asyncio.Lock())
        async with lock:
            known = self._known.get(digest)
            if known is not None and self._deps.clock.now() < known.until:
                return known.principal
            key = await self._verified(str(UUID(match[1])), match[2])
            return self._remember(digest, key)

    async def _verified(self, id: str, secret: str) -> ApiKey:
        async with self._deps.uow() as tx:
            key = await tx.api_keys.find(id)
        # An unknown id costs as much time as a wrong secret, so that ids cannot be told apart.
        hashed = key.secret_hash if key else await self._hash_of_nobody()
        matches = await self._deps.hasher.verify(secret, hashed)
        now = self._deps.clock.now()
        if key is None or not matches or key.revoke_time is not None or _is_past(key.expire_time, now):
            raise _invalid()
        await self._touch(key, now)
        return key

    async def _hash_of_nobody(self) -> bytes:
        if not self._nobodys_hash:
            self._nobodys_hash = await self._deps.hasher.hash(secrets.token_urlsafe())
        return self._nobodys_hash

    async def _touch(self, key: ApiKey, now: datetime) -> None:
        if key.last_used_time is not None and now - key.last_used_time < TOUCH_EVERY:
            return
        async with self._deps.uow() as tx:
            await tx.api_keys.touch(key.id, now)
            await tx.commit()

    def _remember(self, digest: bytes, key: ApiKey) -> Principal:
        until = self._deps.clock.now() + self._ttl
        principal = Principal(key.workspace_id, key.id, key.display_name, key.role)
        self._known[digest] = _Known(principal, min(until, key.expire_time) if key.expire_time else until)
        self._known.move_to_end(digest)
        while len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)
        return principal


def _is_past(time: datetime | None, now: datetime) -> bool:
    return time is not None and time <= now


def _invalid() -> Unauthenticated:
    return _refused("API_KEY_INVALID", "The API key is not valid.")


def _refused(reason: str, message: str) -> Unauthenticated:
    error = Unauthenticated(message)
    error.reason = reason
    return error
