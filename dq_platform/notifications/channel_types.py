"""The kinds of channels: their settings, and how their messages are made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from dq_platform.connectors.base import Setting, SettingKind
from dq_platform.errors import Invalid, Violation
from dq_platform.models.connection import SettingValue
from dq_platform.notifications import formats
from dq_platform.notifications.parcel import Order, Parcel
from dq_platform.spelling import suggestion

MIN_SECRET = 16
TLS_WAYS = ("starttls", "implicit")
MAX_URL = 2000
MAX_RECIPIENTS = 50
PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue"
ROUTING_KEY = re.compile(r"[0-9A-Za-z]{32}")
MAILBOX = re.compile(r"[^@\s<>(),;:\"\\]+@[A-Za-z0-9.-]+")

Settings = Mapping[str, SettingValue]


@dataclass(frozen=True, slots=True)
class ChannelType:
    """A kind of channel. `check_settings` finds what is wrong with settings of which each for itself is right."""

    name: str
    display_name: str
    settings_schema: tuple[Setting, ...]
    check_settings: Callable[[Settings], Sequence[Violation]]
    pack: Callable[[Order], Parcel]


def channel_type(name: str) -> ChannelType:
    """Raises Invalid for an unknown name."""
    found = CHANNEL_TYPES.get(name)
    if found is None:
        text = f"there is no channel type {name[:64]!r}{suggestion(name, list(CHANNEL_TYPES))}"
        raise Invalid.one("channel.type", text, "UNKNOWN_CHANNEL_TYPE")
    return found


def host_of(settings: Settings) -> str:
    """The host that a channel's messages are sent to."""
    return urlsplit(str(settings["url"])).hostname or "" if "url" in settings else str(settings["host"])


def _wrong(name: str, text: str) -> Violation:
    return Violation(f"channel.settings.{name}", text)


def _check_url(settings: Settings) -> list[Violation]:
    problem = url_problem(str(settings["url"]))
    return [_wrong("url", problem)] if problem else []


def url_problem(url: str) -> str:
    """What is wrong with a URL to post to, empty if nothing is. The URL is not repeated: it may be a secret."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return "is not a URL."
    if not usable or len(url) > MAX_URL or not url.isascii() or re.search(r"[\s\x00-\x1f]", url):
        return f"must be a URL like https://hooks.example.com/dq, of at most {MAX_URL} ASCII characters."
    if parts.username is not None or parts.fragment:
        return "must have neither user nor fragment."
    return ""


def _check_webhook(settings: Settings) -> list[Violation]:
    secret = str(settings["signing_secret"])
    text = f"has {len(secret)} characters; at least {MIN_SECRET} are needed."
    return _check_url(settings) + ([_wrong("signing_secret", text)] if len(secret) < MIN_SECRET else [])


def _check_pagerduty(settings: Settings) -> list[Violation]:
    usable = ROUTING_KEY.fullmatch(str(settings["routing_key"]))
    text = "is not a routing key: 32 letters and digits, from an integration with the Events API v2."
    return _check_url(settings) + ([] if usable else [_wrong("routing_key", text)])


def _check_email(settings: Settings) -> list[Violation]:
    found = [] if is_mailbox(str(settings["from"])) else [_wrong("from", "must be like DQ <dq@example.com>.")]
    recipients = formats.addresses(str(settings["to"]))
    bad = [one for one in recipients if not is_mailbox(one)]
    if not recipients or bad:
        found.append(_wrong("to", f"must be addresses, comma separated; not one is {(bad or ['nothing'])[0][:100]!r}."))
    if len(recipients) > MAX_RECIPIENTS:
        found.append(_wrong("to", f"names {len(recipients)} addresses; at most {MAX_RECIPIENTS} are allowed."))
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", str(settings["host"])):
        found.append(_wrong("host", "must be a host name or an address."))
    if settings["tls"] not in TLS_WAYS:
        found.append(_wrong("tls", f"must be one of {', '.join(TLS_WAYS)}."))
    if ("user" in settings) != ("password" in settings):
        missing = "password" if "user" in settings else "user"
        found.append(_wrong(missing, "is needed too: user and password go together."))
    return found


def is_mailbox(text: str) -> bool:
    """Whether the text is one address, with or without a name before it."""
    address = parseaddr(text)[1]
    return text.isprintable() and address.isascii() and MAILBOX.fullmatch(address) is not None


_URL = "Where messages are posted: https, or http within DQ_NOTIFICATION_NETWORKS."
_SECRET_URL = Setting("url", f"{_URL} It is a secret, because whoever has it can post.", required=True, secret=True)

CHANNEL_TYPES: Mapping[str, ChannelType] = {
    one.name: one
    for one in (
        ChannelType(
            "webhook",
            "Webhook",
            (
                Setting("url", _URL, required=True),
                Setting("signing_secret", "Key of the signature, 16 characters at least.", required=True, secret=True),
            ),
            _check_webhook,
            formats.webhook,
        ),
        ChannelType("slack", "Slack-compatible webhook", (_SECRET_URL,), _check_url, formats.slack),
        ChannelType("teams", "Microsoft Teams webhook", (_SECRET_URL,), _check_url, formats.teams),
        ChannelType(
            "pagerduty",
            "PagerDuty",
            (
                Setting("routing_key", "Integration key of the Events API v2.", required=True, secret=True),
                Setting("url", "The API; Europe has one of its own.", default=PAGERDUTY_URL, route=True),
            ),
            _check_pagerduty,
            formats.pagerduty,
        ),
        ChannelType(
            "email",
            "E-mail",
            (
                Setting("host", "SMTP server.", required=True, route=True),
                Setting("port", "Its port.", SettingKind.INTEGER, default=587, minimum=1, maximum=65535, route=True),
                Setting(
                    "tls",
                    "`starttls`, without which nothing is sent, or `implicit`: TLS from the first byte.",
                    default="starttls",
                    choices=TLS_WAYS,
                ),
                Setting("user", "User; left out: the server wants none."),
                Setting("password", "Password.", secret=True),
                Setting("from", "Address of the sender. Example: `DQ <dq@example.com>`.", required=True),
                Setting("to", "Addresses of the receivers, comma separated, at most 50.", required=True),
            ),
            _check_email,
            formats.email,
        ),
    )
}
