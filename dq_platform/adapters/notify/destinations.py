"""Where messages may go: public addresses, and the networks that a setting names.

A name is resolved once, its addresses are judged, and the connection goes to one of those that may be: what the name
leads to a moment later does not matter.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from dq_platform.errors import DeliveryFailed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

NAT64 = IPv6Network("64:ff9b::/96")
UNREACHABLE = "NOTIFICATION_UNREACHABLE"


async def resolve(host: str, port: int) -> Sequence[str]:
    """The host's addresses by the system's resolver. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Place:
    """An address to connect to. `allowed`: a setting names it, so that plain HTTP may go there."""

    address: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Destinations:
    """`allowed` are networks that may be reached though they are not public."""

    allowed: Sequence[Network] = ()
    resolve: Resolve = resolve

    async def place(self, host: str, port: int) -> Place:
        """The first of the host's addresses that may be reached. Raises DeliveryFailed."""
        try:
            texts = await self.resolve(host, port)
        # A name that is too long or has an empty part.
        except (OSError, UnicodeError) as error:
            raise DeliveryFailed(UNREACHABLE, f"The host {host} cannot be resolved.", may_heal=True) from error
        for text in texts:
            address = ip_address(text)
            allowed = self._is_named(address)
            if allowed or is_public(address):
                return Place(text, allowed)
        raise refused(host)

    def objection(self, host: str) -> str:
        """Why a literal address may not be reached; empty if it may, and for names."""
        try:
            address = ip_address(host)
        except ValueError:
            return ""
        return "" if self._is_named(address) or is_public(address) else refused(host).message

    def _is_named(self, address: Address) -> bool:
        """Whether the address itself, or the IPv4 address that it stands for, is in an allowed network."""
        return any(one in network for one in (address, *embedded(address)) for network in self.allowed)


def refused(host: str) -> DeliveryFailed:
    text = (
        f"The host {host} has no public address. Addresses of private, local and reserved networks are refused unless "
        "DQ_NOTIFICATION_NETWORKS allows their network."
    )
    return DeliveryFailed("NOTIFICATION_DESTINATION_REFUSED", text, may_heal=False)


def is_public(address: Address) -> bool:
    """Whether the address is reached over the internet, and what it embeds is too."""
    return all(map(_is_public, embedded(address))) and (_only_embeds(address) or _is_public(address))


def embedded(address: Address) -> Iterable[IPv4Address]:
    """IPv4 addresses that packets to an IPv6 address end up at: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return ()
    teredo = address.teredo or ()
    nat64 = IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
    return [one for one in (address.ipv4_mapped, address.sixtofour, *teredo, nat64) if one is not None]


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _only_embeds(address: Address) -> bool:
    """Whether the address is of a network that has none of its own."""
    return isinstance(address, IPv6Address) and (address.ipv4_mapped is not None or address in NAT64)


def certificate_problem(error: BaseException) -> str:
    """What is wrong with the receiver's certificate, if that is behind the error; else empty."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"shows a certificate that cannot be verified: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    return ""
