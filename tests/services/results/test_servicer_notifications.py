from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import StatusCode

from dq.v1 import check_pb2, incident_pb2, notification_pb2
from dq_platform.models.notification import FailedAttempt, NotificationEnd, NotificationState
from dq_platform.models.workspace import Role
from services.common.structs import plain, to_struct
from tests.receivers.hook import hook
from tests.services.platform import fields_of, refused
from tests.services.shop import Shop

SECRET = "a secret of the receiver"
URL = "https://hooks.example.com/T0/secret-path"
EMAIL = {"host": "smtp.example.com", "from": "DQ <dq@example.com>", "to": "a@example.com, B <b@example.com>"}
GOOD: dict[str, dict[str, Any]] = {
    "webhook": {"url": URL, "signing_secret": SECRET},
    "slack": {"url": URL},
    "teams": {"url": URL},
    "pagerduty": {"routing_key": "0123456789abcdef0123456789ABCDEF"},
    "email": {**EMAIL, "user": "dq", "password": SECRET},
}
SHOWN = {
    "webhook": {"url": URL},
    "slack": {},
    "teams": {},
    "pagerduty": {"url": "https://events.pagerduty.com/v2/enqueue"},
    "email": {**EMAIL, "user": "dq", "port": 587, "tls": "starttls"},
}


@pytest.mark.parametrize("kind", GOOD)
async def test_a_channel_of_every_kind_keeps_its_secrets_to_itself(shop: Shop, kind: str) -> None:
    [described] = [one for one in (await shop.admin.ListNotificationChannelTypes()).types if one.name == kind]
    secrets = sorted(setting.name for setting in described.settings if setting.secret and setting.name in GOOD[kind])
    made = await shop.channel(kind, **GOOD[kind])
    got = (await shop.admin.GetNotificationChannel(channel_id=made.id)).channel
    listed = (await shop.admin.ListNotificationChannels()).channels
    preview = (await shop.admin.PreviewNotification(channel_id=made.id)).preview
    assert got == made == listed[0]
    assert plain(got.settings) == SHOWN[kind]
    assert list(got.configured_secrets) == secrets
    for secret in (str(GOOD[kind][name]) for name in secrets):
        assert secret not in f"{made} {got} {listed} {preview}"
    assert preview.subject == "[error] New incident: shop.orders, Completeness / nulls"
    assert preview.subject in preview.payload.replace("\n", "")


@pytest.mark.parametrize(
    ("kind", "given", "wrong"),
    [
        ("webhook", {}, {"url": "is required", "signing_secret": "is required"}),
        ("webhook", {"url": "ftp://x/y", "signing_secret": "short"}, {"url": "a URL like", "signing_secret": "16"}),
        ("webhook", {"url": "https://u:p@x/", "signing_secret": SECRET}, {"url": "neither user"}),
        ("webhook", {"url": "https://127.0.0.1/", "signing_secret": SECRET}, {"url": "DQ_NOTIFICATION_NETWORKS"}),
        ("webhook", {"url": "https://[::ffff:10.0.0.1]/", "signing_secret": SECRET}, {"url": "no public address"}),
        ("slack", {"url": URL, "token": "x"}, {"token": "have no setting 'token'"}),
        ("pagerduty", {"routing_key": "x"}, {"routing_key": "32 letters and digits"}),
        ("email", {**EMAIL, "to": "a@example.com, nobody"}, {"to": "'nobody'"}),
        ("email", {**EMAIL, "from": "x", "tls": "none", "port": 0}, {"tls": "one of starttls", "port": "at least 1"}),
        ("email", {**EMAIL, "user": "dq"}, {"password": "go together"}),
        ("email", {**EMAIL, "from": "a@example.com\nBcc: b@example.com"}, {"from": "must be like"}),
        ("email", {**EMAIL, "host": "169.254.169.254"}, {"host": "no public address"}),
    ],
)
async def test_everything_that_is_wrong_with_settings_is_told_at_once(
    shop: Shop, kind: str, given: dict[str, Any], wrong: dict[str, str]
) -> None:
    refusal = await refused(shop.channel(kind, **(given or {"url": ""})))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert refusal.violations.keys() == {f"channel.settings.{name}" for name in wrong}
    for name, text in wrong.items():
        assert text in refusal.violations[f"channel.settings.{name}"]
    assert SECRET not in refusal.everything
    assert not (await shop.admin.ListNotificationChannels()).channels


async def test_secrets_stay_unless_what_they_are_sent_to_changes(shop: Shop) -> None:
    made = await shop.channel("email", **GOOD["email"])
    renamed = notification_pb2.NotificationChannel(id=made.id, settings=to_struct({"to": "c@example.com"}))
    changed = (await shop.admin.UpdateNotificationChannel(channel=renamed)).channel
    assert list(changed.configured_secrets) == ["password"]
    assert plain(changed.settings)["to"] == "c@example.com"
    moved = notification_pb2.NotificationChannel(id=made.id, settings=to_struct({"host": "smtp.evil.example"}))
    refusal = await refused(shop.admin.UpdateNotificationChannel(channel=moved))
    assert refusal.violations.keys() == {"channel.settings.password"}
    late = notification_pb2.NotificationChannel(id=made.id, display_name="mine", etag=made.etag)
    assert (await refused(shop.admin.UpdateNotificationChannel(channel=late))).reason == "ETAG_MISMATCH"


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{{ incident.sevrity }}", "no attribute 'sevrity'"),
        ("{{ incident", "line 1"),
        ("{{ ''.__class__ }}", "unsafe"),
        (
            "{% for a in checks %}{% for b in checks %}{% for c in checks %}{% endfor %}{% endfor %}{% endfor %}",
            "2 loops",
        ),
        ("{{ 'x' * 1000000000 }}", "uses Mul"),
        ("{% for i in range(10000000) %}x{% endfor %}", "uses Call"),
        ("{{ 'x'|center(1000000000) }}", "'center'"),
        ("{% set x = 1 %}", "uses Assign"),
        ("{% include 'x' %}", "uses Include"),
        ("(" * 30_000, "30000 characters"),
        ("{{ " + "(" * 9_000, "recursion"),
    ],
)
async def test_a_template_that_cannot_be_used_is_refused(shop: Shop, template: str, problem: str) -> None:
    made = await shop.channel()
    changed = notification_pb2.NotificationChannel(id=made.id, templates={"text": template})
    refusal = await refused(shop.admin.UpdateNotificationChannel(channel=changed))
    assert problem in refusal.violations["channel.templates.text"]
    refusal = await refused(shop.admin.PreviewNotification(channel_id=made.id, templates={"text": template}))
    assert problem in refusal.violations["templates.text"]


async def test_a_message_says_what_its_channels_templates_say(shop: Shop) -> None:
    made = await shop.channel("email", **GOOD["email"])
    templates = {
        "subject": "{{ table.name|upper }}\n!",
        "html": "{% for c in checks %}<i>{{ c.expected }}</i>{% endfor %}",
    }
    ready = notification_pb2.NotificationChannel(id=made.id, templates=templates)
    await shop.admin.UpdateNotificationChannel(channel=ready)
    preview = (await shop.admin.PreviewNotification(channel_id=made.id)).preview
    assert preview.subject == "SHOP.ORDERS !"
    assert preview.html == "<i>&lt;= 5 %</i>"
    assert "GET https://dq.example.com/api/v1/incidents/" in preview.text
    once = (await shop.admin.PreviewNotification(channel_id=made.id, templates={"subject": "once"})).preview
    assert once.subject == "once"


async def test_an_incident_can_be_previewed(shop: Shop) -> None:
    check = await shop.stored_check()
    await shop.result(check.id)
    incident = await shop.incident(check.id)
    made = await shop.channel()
    kind = incident_pb2.INCIDENT_EVENT_KIND_RESOLVED
    asked = shop.admin.PreviewNotification(channel_id=made.id, incident_id=incident.id, event_kind=kind)
    payload = json.loads((await asked).preview.payload)
    assert (payload["event"]["title"], payload["incident"]["id"]) == ("Incident resolved", incident.id)
    assert [one["id"] for one in payload["checks"]] == [check.id]
    muted = incident_pb2.INCIDENT_EVENT_KIND_MUTED
    refusal = await refused(shop.admin.PreviewNotification(channel_id=made.id, event_kind=muted))
    assert "MUTED is not told to anybody" in refusal.violations["event_kind"]


async def test_a_test_message_arrives_or_the_error_says_why_not(shop: Shop) -> None:
    with hook(host="127.0.0.2") as receiver:
        made = await shop.channel(url=receiver.url(host="127.0.0.2"), signing_secret=SECRET)
        await shop.admin.TestNotificationChannel(channel_id=made.id)
        [posted] = receiver.posted
        assert posted.json["event"]["note"] == "This is a test."
        receiver.answers["/hook"].append((503, {}))
        refusal = await refused(shop.admin.TestNotificationChannel(channel_id=made.id))
        assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "NOTIFICATION_REJECTED")
        assert refusal.message == "127.0.0.2 answered 503."
    refusal = await refused(shop.admin.TestNotificationChannel(channel_id=made.id))
    assert refusal.reason == "NOTIFICATION_UNREACHABLE"
    local = await shop.channel(url="https://localhost:1/", signing_secret=SECRET)
    refusal = await refused(shop.admin.TestNotificationChannel(channel_id=local.id))
    assert refusal.reason == "NOTIFICATION_DESTINATION_REFUSED"


async def test_a_rule_is_made_changed_and_deleted(shop: Shop) -> None:
    match = notification_pb2.NotificationMatch(
        connection_id=shop.connection.id, table_pattern="shop.*", min_severity=check_pb2.SEVERITY_ERROR
    )
    made = await shop.notification_rule(match=match, priority=-5, stop=True)
    assert (made.match, made.priority, made.stop) == (match, -5, True)
    changes = notification_pb2.NotificationRule(id=made.id, match={"category_pattern": "null*"})
    after = (await shop.admin.UpdateNotificationRule(rule=changes)).rule
    assert (after.match.category_pattern, after.match.table_pattern) == ("null*", "shop.*")
    cleared = shop.admin.UpdateNotificationRule(rule={"id": made.id}, update_mask=FieldMask(paths=["match"]))
    assert (await cleared).rule.match == notification_pb2.NotificationMatch()
    assert fields_of((await shop.admin.ListNotificationRules()).rules, "id") == [made.id]
    in_use = await refused(shop.admin.DeleteNotificationChannel(channel_id=made.channel_ids[0]))
    assert (in_use.code, in_use.reason) == (StatusCode.FAILED_PRECONDITION, "CHANNEL_IN_USE")
    await shop.admin.DeleteNotificationRule(rule_id=made.id)
    await shop.admin.DeleteNotificationChannel(channel_id=made.channel_ids[0])


async def test_everything_that_is_wrong_with_a_rule_is_told_at_once(shop: Shop) -> None:
    nowhere = "00000000-0000-7000-8000-000000000000"
    wanted = notification_pb2.NotificationRule(
        display_name="x",
        priority=2_000_000,
        channel_ids=[nowhere],
        event_kinds=[incident_pb2.INCIDENT_EVENT_KIND_MUTED],
        match={"connection_id": nowhere, "check_type_pattern": "null_percent", "dimension_pattern": "Completness"},
    )
    refusal = await refused(shop.admin.CreateNotificationRule(rule=wanted))
    assert refusal.violations.keys() == {
        "rule.priority",
        "rule.channel_ids[0]",
        "rule.event_kinds[0]",
        "rule.match.connection_id",
        "rule.match.check_type_pattern",
        "rule.match.dimension_pattern",
    }
    assert "did you mean 'nulls_percent'" in refusal.violations["rule.match.check_type_pattern"]
    assert not (await shop.admin.ListNotificationRules()).rules


async def test_what_was_given_up_is_shown_and_replayed_by_an_operator(shop: Shop) -> None:
    incident, rule = await shop.incident(), await shop.notification_rule()
    made = await shop.notification(incident, rule)
    deps, now = shop.account.platform.deps, datetime.now(UTC)
    async with deps.uow() as tx:
        claimed = await tx.notifications.claim(now + timedelta(seconds=1), timedelta(minutes=1), 1000)
        [mine] = [one for one in claimed if one.id == made.id]
        failure = FailedAttempt(1, now, "NOTIFICATION_REJECTED", "hooks.example.com answered 404.")
        await tx.notifications.finish(NotificationEnd(mine, NotificationState.DEAD, now, failure))
        await tx.commit()
    dead = [notification_pb2.NOTIFICATION_STATE_DEAD]
    [shown] = (await shop.admin.ListNotifications(states=dead, channel_id=rule.channel_ids[0])).notifications
    assert shown == (await shop.admin.GetNotification(notification_id=made.id)).notification
    assert (shown.incident_id, shown.rule_id, shown.attempt_count) == (incident.id, rule.id, 1)
    assert fields_of(shown.failed_deliveries, "message") == ["hooks.example.com answered 404."]
    assert shown.HasField("end_time")
    assert not shown.HasField("next_attempt_time")
    operator = await shop.account.with_role(Role.OPERATOR)
    revived = (await operator.ReplayNotification(notification_id=made.id)).notification
    assert revived.state == notification_pb2.NOTIFICATION_STATE_PENDING
    assert (await refused(operator.ReplayNotification(notification_id=made.id))).reason == "NOTIFICATION_NOT_DEAD"
    assert not (await shop.admin.ListNotifications(states=dead)).notifications
