"""Messages as each kind of receiver takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import cast

from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import Json
from dq_platform.notifications.kinds import NOTICES
from dq_platform.notifications.parcel import HttpPost, Mail, MailServer, Order
from dq_platform.notifications.signature import sign
from dq_platform.notifications.templates import Rendered, render

DELIVERY_HEADER = "X-DQ-Delivery"
TIMESTAMP_HEADER = "X-DQ-Timestamp"
SIGNATURE_HEADER = "X-DQ-Signature"
PAGERDUTY_SEVERITIES = {"warning": "warning", "error": "error", "fatal": "critical"}
PAGERDUTY_SUMMARY = 1024
SLACK_TEXT = 12_000
TEAMS_LINES = 60


def webhook(order: Order) -> HttpPost:
    """All facts with the rendered subject and text, signed."""
    made = render(order.templates, order.facts)
    body = _body({"id": order.id, "subject": made.subject, "text": made.text, **order.facts})
    timestamp, signature = sign(order.setting("signing_secret"), order.at, body)
    signed = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature}
    return HttpPost(order.setting("url"), body, _headers(order) | signed)


def slack(order: Order) -> HttpPost:
    """Text with Slack's mark-up, as Slack, Mattermost and Rocket.Chat take it; values cannot mention or link."""
    made = render(order.templates, order.facts, escape_slack)
    text = f"*{made.subject}*\n{made.text}"[:SLACK_TEXT]
    return HttpPost(order.setting("url"), _body({"text": text}), _headers(order))


def teams(order: Order) -> HttpPost:
    """An adaptive card whose text is shown as it is: no mark-up in values counts."""
    made = render(order.templates, order.facts)
    lines = [_teams_line(made.subject, weight="Bolder"), *map(_teams_line, made.text.splitlines()[:TEAMS_LINES])]
    card: Mapping[str, Json] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": list(lines),
    }
    content: Mapping[str, Json] = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return HttpPost(order.setting("url"), _body({"type": "message", "attachments": [content]}), _headers(order))


def pagerduty(order: Order) -> HttpPost:
    """An event of PagerDuty's Events API v2; all events of an incident are about one alert."""
    made = render(order.templates, order.facts)
    incident, table = _part(order, "incident"), _part(order, "table")
    event: Mapping[str, Json] = {
        "routing_key": order.setting("routing_key"),
        "event_action": NOTICES[kind_of(order)].action,
        "dedup_key": incident["id"],
        "client": "DQ Platform",
        "payload": {
            "summary": made.subject[:PAGERDUTY_SUMMARY],
            "source": table["name"],
            "severity": PAGERDUTY_SEVERITIES[incident["severity"]],
            "timestamp": _part(order, "event")["time"],
            "component": table["connection"],
            "group": incident["dimension"],
            "class": incident["category"],
            "custom_details": {"delivery_id": order.id, "text": made.text, **order.facts},
        },
    }
    link = _part(order, "links")["incident"]
    links: Mapping[str, Json] = {"links": [{"href": link, "text": "Incident"}]} if link else {}
    return HttpPost(order.setting("url"), _body({**event, **links}), _headers(order))


def email(order: Order) -> Mail:
    """Text and HTML; all mails of an incident are one thread."""
    made = render(order.templates, order.facts)
    sender, recipients = order.setting("from"), addresses(order.setting("to"))
    return Mail(
        MailServer(
            host=order.setting("host"),
            port=int(order.settings["port"]),
            implicit_tls=order.setting("tls") == "implicit",
            user=order.setting("user"),
            password=order.setting("password"),
        ),
        parseaddr(sender)[1],
        tuple(parseaddr(one)[1] for one in recipients),
        _email(order, made),
    )


def addresses(text: str) -> tuple[str, ...]:
    """The entries of a text that commas part."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def escape_slack(text: str) -> str:
    """The text without what Slack takes for mentions, links and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def kind_of(order: Order) -> IncidentEventKind:
    return IncidentEventKind(_part(order, "event")["kind"])


def _email(order: Order, made: Rendered) -> EmailMessage:
    domain = parseaddr(order.setting("from"))[1].rpartition("@")[2]
    content = EmailMessage()
    content["From"] = order.setting("from")
    content["To"] = ", ".join(addresses(order.setting("to")))
    content["Subject"] = made.subject
    content["Date"] = format_datetime(order.at)
    content["Message-ID"] = f"<{order.id}@{domain}>"
    content["References"] = f"<{_part(order, 'incident')['id']}@{domain}>"
    content["Auto-Submitted"] = "auto-generated"
    content[DELIVERY_HEADER] = order.id
    content.set_content(made.text)
    content.add_alternative(made.html, subtype="html")
    return content


def _teams_line(text: str, weight: str = "Default") -> Mapping[str, Json]:
    # A run without text is refused.
    run: Mapping[str, Json] = {"type": "TextRun", "text": text or " ", "weight": weight}
    return {"type": "RichTextBlock", "inlines": [run]}


def _headers(order: Order) -> dict[str, str]:
    return {"Content-Type": "application/json", "User-Agent": "dq-platform", DELIVERY_HEADER: order.id}


def _body(document: Mapping[str, Json]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode(errors="replace")


def _part(order: Order, name: str) -> Mapping[str, str]:
    return cast("Mapping[str, str]", order.facts[name])
