"""Parcels to real receivers: what is sent, to which address, under which name, and what is said if it fails."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from dq_platform.adapters.notify.destinations import Destinations
from dq_platform.adapters.notify.outlet import Outlet
from dq_platform.errors import DeliveryFailed
from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import Templates
from dq_platform.notifications import facts, formats
from dq_platform.notifications.parcel import HttpPost, Mail, MailServer, Order
from local.ports import any_free
from tests.engines.certificates import Authority
from tests.receivers.hook import Hook, hook
from tests.receivers.mailbox import PASSWORD, USER, Mailbox, mailbox

NAME = "receiver.example.com"
LOOPBACK = [ip_network("127.0.0.0/8")]


@dataclass(slots=True)
class Names:
    """A resolver whose answers change: the next one each time, the last for ever."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass(frozen=True, slots=True)
class Trust:
    """What a receiver called NAME shows, and what its clients trust."""

    server: ssl.SSLContext
    stranger: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    directory, authority = tmp_path_factory.mktemp("tls"), Authority("tests")

    def serving(host: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*map(str, authority.issue("server", [host]).write(Path(directory), host)))
        return context

    client = ssl.create_default_context(cadata=authority.root.decode())
    return Trust(serving(NAME), serving("stranger.example.com"), client)


def outlet(trust: Trust, *answers: str, **changes: Any) -> Outlet:
    """One that knows every name by these addresses, one after the other."""
    names = Names([[answer] for answer in answers or ("127.0.0.1",)])
    made = Outlet(Destinations(LOOPBACK, names), lambda: trust.client, timedelta(seconds=5))
    return replace(made, **changes)


async def refusal(sender: Outlet, parcel: HttpPost | Mail) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as error:
        await sender.send(parcel)
    return error.value


@pytest.fixture(scope="module")
def secured(trust: Trust) -> Iterator[Hook]:
    with hook(trust.server) as made:
        yield made


async def test_a_name_is_resolved_once_and_its_address_called_under_the_name(trust: Trust, secured: Hook) -> None:
    # What the name leads to when it is asked again would be refused.
    sender = outlet(trust, "127.0.0.1", "10.0.0.1")
    url = secured.url("/a?b=c", host=NAME, scheme="https")
    await sender.send(HttpPost(url, b"{}", {"X-DQ-Delivery": "n1"}))
    [posted] = secured.of("/a?b=c")
    assert posted.headers["Host"] == f"{NAME}:{secured.port}"
    assert (posted.body, posted.headers["X-DQ-Delivery"]) == (b"{}", "n1")
    assert (await refusal(sender, HttpPost(url, b"{}"))).reason == "NOTIFICATION_DESTINATION_REFUSED"
    assert len(secured.of("/a?b=c")) == 1


async def test_a_certificate_counts_for_the_name_and_not_for_the_address(trust: Trust) -> None:
    with hook(trust.stranger) as stranger:
        error = await refusal(outlet(trust), HttpPost(stranger.url(host=NAME, scheme="https"), b"{}"))
        assert stranger.posted == []
    assert error.reason == "NOTIFICATION_UNREACHABLE"
    assert error.message.startswith(f"{NAME} shows a certificate that cannot be verified: Hostname mismatch")


async def test_a_redirect_is_not_followed(trust: Trust, secured: Hook) -> None:
    secured.answers["/hook"].append((307, {"location": secured.url("/inside", host=NAME, scheme="https")}))
    error = await refusal(outlet(trust), HttpPost(secured.url(host=NAME, scheme="https"), b"{}"))
    assert (error.reason, error.may_heal) == ("NOTIFICATION_REJECTED", False)
    assert "redirect" in error.message
    assert secured.of("/inside") == []


async def test_plain_http_goes_to_networks_that_are_named_and_nowhere_else(trust: Trust) -> None:
    with hook() as plain:
        await outlet(trust).send(HttpPost(plain.url(host=NAME), b"{}"))
        error = await refusal(outlet(trust, "93.184.215.14"), HttpPost(plain.url(host=NAME), b"{}"))
    assert error.reason == "NOTIFICATION_DESTINATION_REFUSED"
    assert "https is needed" in error.message


async def test_silence_and_absence_are_told_apart_from_refusals(trust: Trust) -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    impatient = outlet(trust, limit=timedelta(milliseconds=200))
    for parcel in (HttpPost(f"http://{NAME}:{port}/", b"{}"), mail(port)):
        error = await refusal(impatient, parcel)
        assert (error.reason, error.may_heal) == ("NOTIFICATION_UNREACHABLE", True)
        assert "took too long" in error.message
    server.close()
    nobody = any_free()
    for parcel in (HttpPost(f"http://{NAME}:{nobody}/", b"{}"), mail(nobody)):
        error = await refusal(outlet(trust), parcel)
        assert (error.reason, error.may_heal) == ("NOTIFICATION_UNREACHABLE", True)
        assert "does not answer" in error.message


def mail(port: int, *, implicit: bool = False, password: str = PASSWORD) -> Mail:
    content = EmailMessage()
    content["Subject"] = "s"
    content.set_content("t")
    return Mail(MailServer(NAME, port, implicit, USER, password), "dq@example.com", ("a@example.com",), content)


@pytest.fixture(params=["starttls", "implicit"])
async def box(trust: Trust, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Mailbox, bool]]:
    implicit = request.param == "implicit"
    async with mailbox(trust.server, implicit=implicit) as made:
        yield made, implicit


async def test_a_mail_arrives_over_tls_whole_and_in_both_forms(trust: Trust, box: tuple[Mailbox, bool]) -> None:
    made, implicit = box
    settings = {
        "host": NAME,
        "port": made.port,
        "tls": "implicit" if implicit else "starttls",
        "user": USER,
        "password": PASSWORD,
        "from": "DQ <dq@example.com>",
        "to": "a@example.com, b@example.com",
    }
    about = facts.sample(IncidentEventKind.OPENED, "i1", datetime.now(UTC), "").to_json()
    sender = outlet(trust, "127.0.0.1", "10.0.0.1")
    made.refuses = frozenset({"b@example.com"})
    await sender.send(formats.email(Order("n1", settings, Templates(), about, datetime.now(UTC))))
    [got] = made.mails
    assert made.receivers == [["a@example.com"]]
    assert got["Subject"] == "[error] New incident: shop.orders, Completeness / nulls"
    assert got["X-DQ-Delivery"] == "n1"
    plain, html = got.get_body(("plain",)), got.get_body(("html",))
    assert plain is not None
    assert "trend ▁▁▂▁▂▁▁▃▂▁▅█" in plain.get_content()
    assert html is not None
    assert "<h2>New incident: shop.orders</h2>" in html.get_content()
    # The name leads elsewhere now.
    assert (await refusal(sender, mail(made.port))).reason == "NOTIFICATION_DESTINATION_REFUSED"


async def test_what_a_mail_server_refuses_for_good_is_told_apart_from_what_may_heal(trust: Trust) -> None:
    async with mailbox(trust.server) as made:
        wrong = await refusal(outlet(trust), mail(made.port, password="another"))
        made.trouble = "451 later"
        busy = await refusal(outlet(trust), mail(made.port))
        made.trouble, made.refuses = "", frozenset({"a@example.com"})
        unknown = await refusal(outlet(trust), mail(made.port))
    assert (wrong.reason, wrong.may_heal) == ("NOTIFICATION_CREDENTIALS", False)
    assert "another" not in wrong.message
    assert (busy.reason, busy.may_heal, busy.message) == ("NOTIFICATION_REJECTED", True, f"{NAME} answered 451.")
    assert (unknown.reason, unknown.may_heal) == ("NOTIFICATION_REJECTED", False)


async def test_nothing_is_sent_without_tls_or_to_a_server_of_another_name(trust: Trust) -> None:
    async with mailbox(None) as plain, mailbox(trust.stranger) as stranger:
        bare = await refusal(outlet(trust), mail(plain.port))
        other = await refusal(outlet(trust), mail(stranger.port))
        assert plain.mails == stranger.mails == []
    assert "over TLS" in bare.message
    assert "Hostname mismatch" in other.message
