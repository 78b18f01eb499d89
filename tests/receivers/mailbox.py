"""An SMTP server that keeps what it is sent."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "dq", "a password of the mailbox"


@dataclass(slots=True)
class Mailbox:
    """`refuses` are the receivers that it does not know, `trouble` an answer to what it is sent."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    refuses: frozenset[str] = frozenset()
    trouble: str = ""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 5.1.1 who is that?"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.trouble:
            return self.trouble
        content = cast("bytes", envelope.content)
        self.mails.append(cast("EmailMessage", message_from_bytes(content, policy=policy.default)))
        self.receivers.append(list(envelope.rcpt_tos))
        return "250 OK"


@asynccontextmanager
async def mailbox(tls: ssl.SSLContext | None, *, implicit: bool = False) -> AsyncIterator[Mailbox]:
    """On the loopback, with STARTTLS, which it demands, or TLS from the first byte, or without TLS if there is none."""
    made = Mailbox()

    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def protocol() -> SMTP:
        starts = None if implicit else tls
        options = {"tls_context": starts, "require_starttls": starts is not None, "authenticator": authenticate}
        return SMTP(made, auth_require_tls=not implicit and tls is not None, hostname="mailbox", **options)

    context = tls if implicit else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
