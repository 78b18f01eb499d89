"""A message as it goes out: where to, and what. Parcels hold secrets and are never logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from dq_platform.models.connection import SettingValue
from dq_platform.models.notification import Json, Templates


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent: `id` tells the receiver repetitions; `settings` are the channel's."""

    id: str
    settings: Mapping[str, SettingValue] = field(repr=False)
    templates: Templates
    facts: Mapping[str, Json] = field(repr=False)
    at: datetime

    def setting(self, name: str) -> str:
        """A setting as text, empty without it."""
        return str(self.settings.get(name, ""))


@dataclass(frozen=True, slots=True)
class HttpPost:
    """JSON for a URL."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class MailServer:
    """`implicit_tls`: TLS from the first byte; otherwise STARTTLS, without which nothing is sent."""

    host: str
    port: int
    implicit_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail and the server that takes it."""

    server: MailServer
    sender: str
    recipients: tuple[str, ...]
    content: EmailMessage = field(repr=False)


Parcel = HttpPost | Mail
