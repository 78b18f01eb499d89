"""One good call of every RPC over REST: what each route is for, in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from uuid import uuid4

from httpx import Client, Response

from tests.e2e.world import SHOP, Account, Json, check_body, ok

TABLE = f"schemas/{SHOP}/tables/customers"


class Scene:
    """Things in a workspace that calls can be about: kept ones to read, new ones to change."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @cached_property
    def connection(self) -> str:
        return self.account.connect()

    @cached_property
    def check(self) -> str:
        return self.account.check(self.connection)

    @cached_property
    def schedule(self) -> str:
        return self.new_schedule()

    @property
    def runnable(self) -> str:
        """A schedule that selects a check."""
        assert self.check
        return self.schedule

    @cached_property
    def job(self) -> str:
        """A job that has ended, with one result, which opened an incident."""
        return str(self.account.run(check_ids=[self.check])["id"])

    @cached_property
    def failed_job(self) -> str:
        """A job that has ended and could not do its work."""
        body = check_body(self.connection, filter="length(email) / 0 = 1")
        check = str(ok(self.account.rest.post("/checks", json=body))["id"])
        return str(self.account.run(check_ids=[check])["id"])

    @cached_property
    def workspace(self) -> str:
        return str(ok(self.account.rest.get("/workspaces"))["workspaces"][0]["id"])

    @cached_property
    def pinned(self) -> str:
        """A check that keeps a baseline."""
        body = check_body(self.connection, column="", check_type="column_list_changed", thresholds={"error": {}})
        return str(ok(self.account.rest.post("/checks", json=body))["id"])

    @property
    def checked_connection(self) -> str:
        """A connection of whose table `customers` something is known, because it has a check."""
        assert self.check
        return self.connection

    @property
    def key(self) -> str:
        """A new key's id."""
        body = {"display_name": "short-lived", "role": "ROLE_VIEWER"}
        return str(ok(self.account.rest.post("/api-keys", json=body))["api_key"]["id"])

    @property
    def incident(self) -> str:
        """A new incident."""
        unresolved = {"statuses": ["INCIDENT_STATUS_OPEN", "INCIDENT_STATUS_ACKNOWLEDGED"]}
        for old in ok(self.account.rest.get("/incidents", params=unresolved))["incidents"]:
            ok(self.account.rest.post(f"/incidents/{old['id']}/resolve", json={}))
        self.account.run(check_ids=[self.check])
        return str(ok(self.account.rest.get("/incidents", params=unresolved))["incidents"][0]["id"])

    @cached_property
    def channel(self) -> str:
        return self.account.channel()

    @cached_property
    def rule(self) -> str:
        return self.new_rule(self.channel)

    @cached_property
    def gone_channel(self) -> str:
        """A channel whose receiver is gone, and which was to be told of an incident."""
        path = f"/{uuid4().hex}"
        self.account.world.hook.gone.add(path)
        channel = self.account.channel(path)
        assert self.new_rule(channel)
        assert self.incident
        return channel

    @property
    def dead_notification(self) -> str:
        """What was given up; once it is replayed, it will be again."""
        return str(self.account.told_by(self.gone_channel, "DEAD")["id"])

    def new_rule(self, channel: str) -> str:
        return str(ok(self.account.rest.post("/notification-rules", json=rule_body(channel)))["id"])

    @property
    def failure(self) -> str:
        """A new result that failed: the next one of its period takes its samples' place."""
        job = self.account.run(check_ids=[self.check])["id"]
        shown = ok(self.account.rest.get("/results", params={"filter.job_id": job}))
        return str(shown["results"][0]["id"])

    @property
    def excluded_incident(self) -> str:
        """A new incident that rules do not learn from."""
        return self.handled_incident("exclude-from-training")

    @property
    def muted_incident(self) -> str:
        return self.handled_incident("mute", mute_until_time=tomorrow())

    @property
    def resolved_incident(self) -> str:
        return self.handled_incident("resolve")

    def handled_incident(self, action: str, **body: str) -> str:
        """A new incident with which somebody has done that."""
        incident = self.incident
        ok(self.account.rest.post(f"/incidents/{incident}/{action}", json=body))
        return incident

    @property
    def window_body(self) -> Json:
        """Of a maintenance window that is about no table that is there."""
        times = {"start_time": "2026-01-01T00:00:00Z", "end_time": tomorrow()}
        return {"connection_id": self.connection, "table_pattern": "nowhere.*", "reason": "we move", **times}

    @property
    def window(self) -> str:
        return str(ok(self.account.rest.post("/maintenance-windows", json=self.window_body))["id"])

    @property
    def first_incident(self) -> str:
        return str(ok(self.account.rest.get("/incidents"))["incidents"][0]["id"])

    @property
    def connection_body(self) -> Json:
        settings = self.account.world.postgres_settings()
        return {"display_name": "another", "type": "postgresql", "settings": settings}

    def schedule_body(self, **changes: object) -> Json:
        body = {"display_name": "nightly", "cron": "0 3 * * *", "time_zone": "Europe/Berlin", "selector": {}}
        return body | {"selector": {"connection_id": self.connection}} | changes

    def new_schedule(self) -> str:
        return str(ok(self.account.rest.post("/schedules", json=self.schedule_body()))["id"])


def rule_body(channel: str) -> Json:
    match = {"table_pattern": f"{SHOP}.*", "min_severity": "SEVERITY_WARNING"}
    return {"display_name": "the shop", "channel_ids": [channel], "match": match, "priority": 10}


@dataclass(frozen=True, slots=True)
class Example:
    """A good call, and the status that answers it."""

    status: int
    call: Callable[[Scene, Client], Response]


def at(get: Callable[[Scene], str]) -> Example:
    """A plain GET."""
    return Example(200, lambda it, rest: rest.get(get(it)))


def to(status: int, path: Callable[[Scene], str], body: Callable[[Scene], Json] = lambda _: {}) -> Example:
    """A POST."""
    return Example(status, lambda it, rest: rest.post(path(it), json=body(it)))


def change(path: Callable[[Scene], str], **changes: object) -> Example:
    """A PATCH."""
    return Example(200, lambda it, rest: rest.patch(path(it), json=changes))


def gone(path: Callable[[Scene], str]) -> Example:
    """A DELETE."""
    return Example(204, lambda it, rest: rest.delete(path(it)))


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


EXAMPLES: Mapping[str, Example] = {
    "CreateWorkspace": to(201, lambda _: "/workspaces", lambda _: {"name": f"w-{uuid4().hex}"}),
    "GetWorkspace": at(lambda it: f"/workspaces/{it.workspace}"),
    "UpdateWorkspace": change(lambda it: f"/workspaces/{it.workspace}", result_retention_days=400),
    "ListWorkspaces": at(lambda _: "/workspaces"),
    "CreateApiKey": to(201, lambda _: "/api-keys", lambda _: {"display_name": "airflow", "role": "ROLE_OPERATOR"}),
    "ListApiKeys": at(lambda _: "/api-keys"),
    "RevokeApiKey": to(200, lambda it: f"/api-keys/{it.key}/revoke"),
    "CreateConnection": to(201, lambda _: "/connections", lambda it: it.connection_body),
    "GetConnection": at(lambda it: f"/connections/{it.connection}"),
    "ListConnections": at(lambda it: "/connections?type=postgresql"),
    "UpdateConnection": change(lambda it: f"/connections/{it.connection}", description="the shop"),
    "DeleteConnection": gone(lambda it: f"/connections/{it.account.connect('short-lived')}?force=true"),
    "TestConnection": to(200, lambda it: f"/connections/{it.connection}/test"),
    "PauseConnection": to(
        200, lambda it: f"/connections/{it.account.connect('held')}/pause", lambda _: {"note": "moves tonight"}
    ),
    "ResumeConnection": to(200, lambda it: f"/connections/{it.connection}/resume"),
    "ListSchemas": at(lambda it: f"/connections/{it.connection}/schemas"),
    "ListTables": at(lambda it: f"/connections/{it.connection}/schemas/{SHOP}/tables"),
    "ListColumns": at(lambda it: f"/connections/{it.connection}/{TABLE}/columns"),
    "ListTableHistory": at(lambda it: f"/connections/{it.checked_connection}/{TABLE}/history"),
    "GetTableSettings": at(lambda it: f"/connections/{it.connection}/{TABLE}/settings"),
    "UpdateTableSettings": change(lambda it: f"/connections/{it.connection}/{TABLE}/settings", filter="1 = 1"),
    "SyncMetadata": to(202, lambda it: f"/connections/{it.connection}/sync"),
    "ListConnectionTypes": at(lambda _: "/connections/types"),
    "CreateCheck": to(201, lambda _: "/checks", lambda it: check_body(it.connection, column="phone")),
    "GetCheck": at(lambda it: f"/checks/{it.check}"),
    "ListChecks": at(lambda it: f"/checks?connection_id={it.connection}&table_pattern=shop.cust*&mode=MODE_MONITORING"),
    "UpdateCheck": change(lambda it: f"/checks/{it.check}", description="everybody has an address"),
    "DeleteCheck": gone(lambda it: f"/checks/{it.account.check(it.connection, column='city')}"),
    "RunCheck": to(202, lambda it: f"/checks/{it.check}/run", lambda _: {"timeout": "900s"}),
    "BatchRunChecks": to(202, lambda _: "/checks/batch/run", lambda it: {"selector": {"check_ids": [it.check]}}),
    "AcceptBaseline": to(200, lambda it: f"/checks/{it.pinned}/accept-baseline", lambda _: {"note": "release 12"}),
    "ListBaselines": at(lambda it: f"/checks/{it.pinned}/baselines?page_size=10"),
    "PreviewCheck": to(200, lambda it: f"/checks/{it.check}/preview"),
    "PreviewErrorSamples": to(200, lambda it: f"/checks/{it.check}/samples"),
    "PreviewUnsavedCheck": to(200, lambda _: "/checks/validate/preview", lambda it: check_body(it.connection)),
    "BacktestCheck": to(
        200,
        lambda it: f"/checks/{it.check}/backtest",
        lambda _: {"thresholds": {"warning": {"max_count": 3}}, "start_time": "2026-01-01T00:00:00Z"},
    ),
    "PlanChecks": to(200, lambda _: "/checks/plan", lambda it: {"selector": {"connection_id": it.connection}}),
    "ListCheckTypes": at(lambda _: "/checks/types?level=LEVEL_COLUMN&category=nulls"),
    "GetCheckType": at(lambda _: "/checks/types/nulls_percent"),
    "ListSensors": at(lambda _: "/checks/sensors"),
    "GetSensor": at(lambda _: "/checks/sensors/null_percent"),
    "ListRules": at(lambda _: "/checks/rules"),
    "GetRule": at(lambda _: "/checks/rules/change_percent_7_days"),
    "CreateSchedule": to(
        201, lambda _: "/schedules", lambda it: it.schedule_body(jitter="300s", overlap="OVERLAP_QUEUE")
    ),
    "GetSchedule": at(lambda it: f"/schedules/{it.schedule}"),
    "ListSchedules": at(lambda it: "/schedules"),
    "UpdateSchedule": change(lambda it: f"/schedules/{it.schedule}", cron="30 4 * * 1-5"),
    "DeleteSchedule": gone(lambda it: f"/schedules/{it.new_schedule()}"),
    "PauseSchedule": to(200, lambda it: f"/schedules/{it.schedule}/pause"),
    "ResumeSchedule": to(200, lambda it: f"/schedules/{it.schedule}/resume"),
    "RunSchedule": to(202, lambda it: f"/schedules/{it.runnable}/run", lambda _: {"request_id": uuid4().hex}),
    "ListNextRuns": at(lambda it: f"/schedules/{it.schedule}/next-runs?count=3"),
    "GetJob": at(lambda it: f"/jobs/{it.job}"),
    "ListJobs": at(lambda _: "/jobs?states=JOB_STATE_QUEUED&states=JOB_STATE_SUCCEEDED"),
    "CancelJob": to(200, lambda it: f"/jobs/{it.job}/cancel"),
    "GetQueue": at(lambda _: "/queue"),
    "ListJobUnits": at(lambda it: f"/jobs/{it.job}/units?states=JOB_STATE_SUCCEEDED"),
    "RequeueJob": to(202, lambda it: f"/jobs/{it.failed_job}/requeue"),
    "WatchJob": at(lambda it: f"/jobs/{it.job}/watch"),
    "ListResults": at(lambda it: f"/results?filter.job_id={it.job}&filter.outcomes=OUTCOME_ERROR"),
    "ListLatestResults": at(lambda it: f"/results/latest?filter.check_id={it.check}"),
    "GetErrorSamples": at(lambda it: f"/results/{it.failure}/samples"),
    "GetSummary": at(lambda _: "/results/summary?by=SUMMARY_BY_DIMENSION"),
    "GetCosts": at(lambda it: f"/results/costs?by=SUMMARY_BY_CHECK&filter.connection_id={it.connection}"),
    "GetTrend": at(lambda it: f"/results/trend?check_id={it.check}&bucket=TREND_BUCKET_HOUR&time_zone=Asia/Kolkata"),
    "ListIncidents": at(lambda _: "/incidents?min_severity=SEVERITY_ERROR&flapping=false&text=CUST"),
    "GetIncident": at(lambda it: f"/incidents/{it.incident}"),
    "AcknowledgeIncident": to(200, lambda it: f"/incidents/{it.incident}/acknowledge", lambda _: {"note": "mine"}),
    "ResolveIncident": to(200, lambda it: f"/incidents/{it.incident}/resolve", lambda _: {"note": "fixed"}),
    "MuteIncident": to(
        200, lambda it: f"/incidents/{it.incident}/mute", lambda _: {"mute_until_time": tomorrow(), "note": "later"}
    ),
    "UnmuteIncident": to(200, lambda it: f"/incidents/{it.muted_incident}/unmute"),
    "ReopenIncident": to(200, lambda it: f"/incidents/{it.resolved_incident}/reopen", lambda _: {"note": "not yet"}),
    "AssignIncident": to(200, lambda it: f"/incidents/{it.incident}/assign", lambda _: {"assignee": "ann"}),
    "LinkIncidentTicket": to(
        200, lambda it: f"/incidents/{it.incident}/ticket", lambda _: {"ticket_url": "https://tickets.example.com/7"}
    ),
    "ExcludeIncidentFromTraining": to(
        200, lambda it: f"/incidents/{it.incident}/exclude-from-training", lambda _: {"note": "a botched load"}
    ),
    "IncludeIncidentInTraining": to(
        200, lambda it: f"/incidents/{it.excluded_incident}/include-in-training", lambda _: {"note": "it was right"}
    ),
    "CreateMaintenanceWindow": to(201, lambda _: "/maintenance-windows", lambda it: it.window_body),
    "GetMaintenanceWindow": at(lambda it: f"/maintenance-windows/{it.window}"),
    "ListMaintenanceWindows": at(lambda it: "/maintenance-windows?page_size=10"),
    "UpdateMaintenanceWindow": change(lambda it: f"/maintenance-windows/{it.window}", table_pattern="shop.order*"),
    "DeleteMaintenanceWindow": gone(lambda it: f"/maintenance-windows/{it.window}"),
    "CountIncidents": at(lambda it: f"/incidents/counts?connection_id={it.connection}"),
    "ListIncidentMembers": at(lambda it: f"/incidents/{it.incident}/members?failing=true"),
    "GetIncidentHistogram": at(lambda it: f"/incidents/{it.incident}/histogram?time_zone=Europe/Berlin"),
    "GetIncidentSettings": at(lambda it: f"/incident-settings?connection_id={it.connection}"),
    "UpdateIncidentSettings": Example(
        200,
        lambda it, rest: rest.patch(
            "/incident-settings", json={"connection_id": it.connection, "grouping_level": "GROUPING_LEVEL_CATEGORY"}
        ),
    ),
    "ListIncidentEvents": at(lambda it: f"/incidents/{it.incident}/events"),
    "ListNotificationChannelTypes": at(lambda _: "/notification-channels/types"),
    "CreateNotificationChannel": to(
        201,
        lambda _: "/notification-channels",
        lambda _: {
            "display_name": "team",
            "type": "slack",
            "settings": {"url": "https://hooks.example.com/T0/B0/secret"},
            "templates": {"subject": "{{ table.name }} is {{ incident.status }}"},
        },
    ),
    "GetNotificationChannel": at(lambda it: f"/notification-channels/{it.channel}"),
    "ListNotificationChannels": at(lambda _: "/notification-channels?page_size=10"),
    "UpdateNotificationChannel": change(
        lambda it: f"/notification-channels/{it.channel}", templates={"text": "{{ incident.id }}"}
    ),
    "DeleteNotificationChannel": gone(lambda it: f"/notification-channels/{it.account.channel()}"),
    "TestNotificationChannel": to(200, lambda it: f"/notification-channels/{it.channel}/test"),
    "PreviewNotification": to(
        200,
        lambda it: f"/notification-channels/{it.channel}/preview",
        lambda it: {"incident_id": it.incident, "event_kind": "INCIDENT_EVENT_KIND_ESCALATED"},
    ),
    "CreateNotificationRule": to(201, lambda _: "/notification-rules", lambda it: rule_body(it.channel)),
    "GetNotificationRule": at(lambda it: f"/notification-rules/{it.rule}"),
    "ListNotificationRules": at(lambda _: "/notification-rules"),
    "UpdateNotificationRule": change(lambda it: f"/notification-rules/{it.rule}", priority=20),
    "DeleteNotificationRule": gone(lambda it: f"/notification-rules/{it.new_rule(it.channel)}"),
    "ListNotifications": at(lambda _: "/notifications?states=NOTIFICATION_STATE_DEAD"),
    "GetNotification": at(lambda it: f"/notifications/{it.dead_notification}"),
    "ReplayNotification": to(200, lambda it: f"/notifications/{it.dead_notification}/replay"),
}
