from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import Templates
from dq_platform.notifications import formats
from dq_platform.notifications.facts import sample
from dq_platform.notifications.parcel import HttpPost, Order
from tests.unit.notifications.test_routing import NOW

OPENED, ESCALATED = IncidentEventKind.OPENED, IncidentEventKind.ESCALATED
HOSTILE = "<!channel> <https://evil.example|orders> & [x](https://evil.example)"


def order(kind: IncidentEventKind = OPENED, templates: Templates | None = None, **settings: str) -> Order:
    made = sample(kind, "i1", NOW, "https://dq.example.com")
    facts = replace(made, table=replace(made.table, name=HOSTILE))
    return Order(
        "n1", {"url": "https://hooks.example.com/x", **settings}, templates or Templates(), facts.to_json(), NOW
    )


def body(parcel: HttpPost) -> Any:
    assert parcel.url == "https://hooks.example.com/x"
    assert parcel.headers["X-DQ-Delivery"] == "n1"
    return json.loads(parcel.body)


def test_slack_sees_neither_mentions_nor_links_in_values() -> None:
    text = body(formats.slack(order(templates=Templates(text="<https://ours.example|look> {{ table.name }}"))))["text"]
    assert text.startswith("*[error] New incident: &lt;!channel&gt;")
    assert "<https://ours.example|look> &lt;!channel&gt; &lt;https://evil.example|orders&gt; &amp; [x]" in text


def test_teams_gets_a_card_that_shows_text_as_it_is() -> None:
    [attachment] = body(formats.teams(order()))["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    blocks = attachment["content"]["body"]
    # Runs of text know no mark-up, as text blocks do.
    assert {block["type"] for block in blocks} == {"RichTextBlock"}
    runs = [run for block in blocks for run in block["inlines"]]
    assert all(run["text"] for run in runs)
    assert HOSTILE in runs[0]["text"]
    assert runs[0]["weight"] == "Bolder"


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (OPENED, "trigger"),
        (ESCALATED, "trigger"),
        (IncidentEventKind.ACKNOWLEDGED, "acknowledge"),
        (IncidentEventKind.RESOLVED, "resolve"),
        (IncidentEventKind.RESOLVED_AUTOMATICALLY, "resolve"),
    ],
)
def test_pagerduty_keeps_one_alert_for_an_incident(kind: IncidentEventKind, action: str) -> None:
    event = body(formats.pagerduty(order(kind, routing_key="k" * 32)))
    assert (event["event_action"], event["dedup_key"], event["routing_key"]) == (action, "i1", "k" * 32)
    payload = event["payload"]
    assert (payload["severity"], payload["source"], payload["class"]) == ("error", HOSTILE, "nulls")
    assert len(payload["summary"]) <= 1024
    assert event["links"][0]["href"] == "https://dq.example.com/api/v1/incidents/i1"


def test_mails_of_an_incident_are_one_thread_and_headers_cannot_be_smuggled_in() -> None:
    templates = Templates(subject="{{ table.name }}\r\nBcc: everybody@example.com")
    made = order(templates=templates, host="smtp.example.com", to="A <a@example.com>, b@example.com")
    settings = {**made.settings, "from": "DQ <dq@example.com>", "port": 465, "tls": "implicit"}
    mail = formats.email(replace(made, settings=settings))
    assert (mail.sender, mail.recipients) == ("dq@example.com", ("a@example.com", "b@example.com"))
    assert (mail.server.port, mail.server.implicit_tls) == (465, True)
    assert mail.content["Message-ID"] == "<n1@example.com>"
    assert mail.content["References"] == "<i1@example.com>"
    assert mail.content["Bcc"] is None
    plain, html = mail.content.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "&lt;!channel&gt;" in html.get_content()
