"""Parcels over HTTP."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import httpx

from dq_platform.adapters.notify.destinations import UNREACHABLE, Destinations, Place, certificate_problem
from dq_platform.errors import DeliveryFailed
from dq_platform.notifications.parcel import HttpPost

PORTS = {"http": 80, "https": 443}
# The receiver may take the same again: it is slow, busy, or in trouble itself.
HEALING = frozenset({408, 425, 429})
LONGEST_RETRY_AFTER = timedelta(hours=1)


async def post(parcel: HttpPost, destinations: Destinations, tls: ssl.SSLContext, limit: timedelta) -> None:
    """Post it to an address that was judged; redirects are refused, proxies not used. Raises DeliveryFailed."""
    parts = urlsplit(parcel.url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        async with asyncio.timeout(limit.total_seconds()):
            place = await destinations.place(host, port)
            _require_tls(parts.scheme, host, place)
            status, retry_after = await _send(parcel, place, tls)
    except TimeoutError as error:
        raise _unreachable(host, "took too long to answer") from error
    except httpx.HTTPError as error:
        raise _unreachable(host, certificate_problem(error) or f"does not answer ({type(error).__name__})") from error
    _judge(status, retry_after, host)


async def _send(parcel: HttpPost, place: Place, tls: ssl.SSLContext) -> tuple[int, str]:
    """The status and the header Retry-After; what else the receiver says is not read."""
    parts = urlsplit(parcel.url)
    literal = f"[{place.address}]" if ":" in place.address else place.address
    netloc = f"{literal}:{parts.port or PORTS[parts.scheme]}"
    url = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
    host = parts.netloc.rpartition("@")[2]
    async with httpx.AsyncClient(verify=tls, trust_env=False, follow_redirects=False, timeout=None) as client:  # noqa: S113  # the caller's
        extensions = {"sni_hostname": parts.hostname or ""}
        headers = {**parcel.headers, "Host": host}
        async with client.stream("POST", url, content=parcel.body, headers=headers, extensions=extensions) as answer:
            return answer.status_code, answer.headers.get("Retry-After", "")


def _require_tls(scheme: str, host: str, place: Place) -> None:
    if scheme != "https" and not place.allowed:
        text = f"{host} is reached over http; https is needed outside the networks of DQ_NOTIFICATION_NETWORKS."
        raise DeliveryFailed("NOTIFICATION_DESTINATION_REFUSED", text, may_heal=False)


def _judge(status: int, retry_after: str, host: str) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        text = f"{host} answered {status}, a redirect, which is not followed; give the URL that it leads to."
        raise DeliveryFailed("NOTIFICATION_REJECTED", text, may_heal=False)
    seconds = int(retry_after) if retry_after.isdecimal() and len(retry_after) < 10 else 0
    raise DeliveryFailed(
        "NOTIFICATION_REJECTED",
        f"{host} answered {status}.",
        may_heal=status >= 500 or status in HEALING,
        retry_after=min(timedelta(seconds=seconds), LONGEST_RETRY_AFTER),
    )


def _unreachable(host: str, what: str) -> DeliveryFailed:
    return DeliveryFailed(UNREACHABLE, f"{host} {what}.", may_heal=True)
