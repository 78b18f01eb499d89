"""What a server is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from dq_platform import compose
from dq_platform.app.access import KeyVerifier
from dq_platform.app.deps import Deps
from dq_platform.ports_notification import Outlet
from dq_platform.settings import ServerSettings
from services.common.paging import PageTokens
from telemetry.parts import Telemetry


@dataclass(frozen=True, slots=True)
class Parts:
    """What servicers and interceptors get. `store_answers` raises StoreUnavailable while the store does not answer.

    `outlet` is where messages leave; links in them begin with `public_url`, empty: there are none.
    """

    deps: Deps
    verifier: KeyVerifier
    tokens: PageTokens
    store_answers: Callable[[], Awaitable[object]]
    telemetry: Telemetry
    outlet: Outlet
    public_url: str


@asynccontextmanager
async def parts(settings: ServerSettings, name: str, telemetry: Telemetry) -> AsyncIterator[Parts]:
    """Everything, closed at the end; nothing is connected to before its first use. `name` is what the store shows."""
    secret = first_key(settings.encryption_key.get_secret_value())
    async with compose.parts(settings, name, telemetry) as made:
        verifier, tokens = KeyVerifier(made.deps), PageTokens(secret)
        yield Parts(made.deps, verifier, tokens, made.uow.ping, telemetry, made.outlet, made.public_url)


def first_key(keys: str) -> str:
    """The key that encrypts; others only decrypt what was encrypted before they were replaced."""
    return next(key for key in map(str.strip, keys.split(",")) if key)
