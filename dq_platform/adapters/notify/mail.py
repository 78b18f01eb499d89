"""Parcels over SMTP."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import timedelta

import aiosmtplib
import structlog

from dq_platform.adapters.notify.destinations import UNREACHABLE, Destinations, Place, certificate_problem
from dq_platform.errors import DeliveryFailed
from dq_platform.notifications.parcel import Mail

REJECTED = "NOTIFICATION_REJECTED"
PERMANENT = range(500, 600)

log = structlog.get_logger(__name__)


async def send(parcel: Mail, destinations: Destinations, tls: ssl.SSLContext, limit: timedelta) -> None:
    """Hand it to its server, over TLS and nothing else, at an address that was judged. Raises DeliveryFailed."""
    host = parcel.server.host
    try:
        async with asyncio.timeout(limit.total_seconds()):
            place = await destinations.place(host, parcel.server.port)
            await _hand_over(parcel, place, tls)
    except aiosmtplib.SMTPAuthenticationError as error:
        text = f"{host} does not accept user and password (code {error.code})."
        raise DeliveryFailed("NOTIFICATION_CREDENTIALS", text, may_heal=error.code not in PERMANENT) from error
    except aiosmtplib.SMTPRecipientsRefused as error:
        worst = max(one.code for one in error.recipients)
        text = f"{host} takes mail for none of the receivers (code {worst})."
        raise DeliveryFailed(REJECTED, text, may_heal=worst not in PERMANENT) from error
    except aiosmtplib.SMTPResponseException as error:
        raise DeliveryFailed(
            REJECTED, f"{host} answered {error.code}.", may_heal=error.code not in PERMANENT
        ) from error
    except (TimeoutError, aiosmtplib.SMTPTimeoutError) as error:
        raise DeliveryFailed(UNREACHABLE, f"{host} took too long to answer.", may_heal=True) from error
    except (OSError, aiosmtplib.SMTPException) as error:
        what = certificate_problem(error) or f"does not answer over TLS ({type(error).__name__})"
        raise DeliveryFailed(UNREACHABLE, f"{host} {what}.", may_heal=True) from error


async def _hand_over(parcel: Mail, place: Place, tls: ssl.SSLContext) -> None:
    server = parcel.server
    client = aiosmtplib.SMTP(
        # The name is what the certificate is held against; the socket says where it goes.
        hostname=server.host,
        sock=await _connect(place.address, server.port),
        use_tls=server.implicit_tls,
        start_tls=not server.implicit_tls,
        tls_context=tls,
        username=server.user or None,
        password=server.password or None,
    )
    async with client:
        refused, _ = await client.send_message(parcel.content, sender=parcel.sender, recipients=list(parcel.recipients))
    if refused:
        # The others have it: sending again would tell them twice.
        log.warning("mail.receivers_refused", host=server.host, count=len(refused), of=len(parcel.recipients))


async def _connect(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException:
        made.close()
        raise
    return made
