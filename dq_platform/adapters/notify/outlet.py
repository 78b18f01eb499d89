"""Where parcels leave the process."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from importlib import import_module

from dq_platform.adapters.notify.destinations import Destinations
from dq_platform.notifications.parcel import HttpPost, Parcel

LIMIT = timedelta(seconds=15)
# Loaded with the first parcel: most processes never send one.
HTTP, MAIL = "dq_platform.adapters.notify.http", "dq_platform.adapters.notify.mail"


def _tls() -> Callable[[], ssl.SSLContext]:
    """The system's authorities, read with the first parcel."""
    return lru_cache(maxsize=1)(ssl.create_default_context)


@dataclass(frozen=True, slots=True)
class Outlet:
    """Sends parcels. `limit` is for one parcel, from the name's resolution to the receiver's answer."""

    destinations: Destinations
    tls: Callable[[], ssl.SSLContext] = field(default_factory=_tls)
    limit: timedelta = LIMIT

    async def send(self, parcel: Parcel) -> None:
        """Returns when the receiver has taken it. Raises DeliveryFailed."""
        if isinstance(parcel, HttpPost):
            await import_module(HTTP).post(parcel, self.destinations, self.tls(), self.limit)
        else:
            await import_module(MAIL).send(parcel, self.destinations, self.tls(), self.limit)

    def objection(self, host: str) -> str:
        """Why nothing can ever be sent to this host, empty if something may."""
        return self.destinations.objection(host)
