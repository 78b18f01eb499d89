"""What belongs to another workspace does not exist, whichever RPC asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode
from grpc.aio import AioRpcError

from dq.v1 import check_pb2
from dq_platform.app.access import create_api_key
from dq_platform.models.workspace import Role
from tests.engines.postgres import PostgresServer
from tests.services.platform import SERVERS, Platform, refusal_of
from tests.services.shop import Shop, new_shop

NOWHERE = "00000000-0000-7000-8000-000000000000"
NOT_AN_ID = "x" * (1024 * 1024)


def tomorrow(days: int = 1) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(datetime.now(UTC) + timedelta(days=days))
    return timestamp


CONNECTION = ("connection", "CONNECTION_NOT_FOUND")
WORKSPACE = ("workspace", "WORKSPACE_NOT_FOUND")
CHECK = ("check", "CHECK_NOT_FOUND")
SCHEDULE = ("schedule", "SCHEDULE_NOT_FOUND")
JOB = ("job", "JOB_NOT_FOUND")
INCIDENT = ("incident", "INCIDENT_NOT_FOUND")
WINDOW = ("maintenance_window", "MAINTENANCE_WINDOW_NOT_FOUND")
SAMPLES = ("result", "ERROR_SAMPLES_NOT_FOUND")
CHANNEL = ("channel", "NOTIFICATION_CHANNEL_NOT_FOUND")
RULE = ("rule", "NOTIFICATION_RULE_NOT_FOUND")
NOTIFICATION = ("notification", "NOTIFICATION_NOT_FOUND")
TABLE = {"schema_name": "shop", "table_name": "orders"}

# Method -> what it asks for, the reason of its refusal, and the request that asks for `id`.
CALLS: Mapping[str, tuple[tuple[str, str], Any]] = {
    "GetConnection": (CONNECTION, lambda it: {"connection_id": it}),
    "UpdateConnection": (CONNECTION, lambda it: {"connection": {"id": it, "display_name": "mine"}}),
    "DeleteConnection": (CONNECTION, lambda it: {"connection_id": it, "force": True}),
    "TestConnection": (CONNECTION, lambda it: {"connection_id": it}),
    "PauseConnection": (CONNECTION, lambda it: {"connection_id": it}),
    "ResumeConnection": (CONNECTION, lambda it: {"connection_id": it}),
    "ListSchemas": (CONNECTION, lambda it: {"connection_id": it}),
    "ListTables": (CONNECTION, lambda it: {"connection_id": it, "schema_name": "shop"}),
    "ListColumns": (CONNECTION, lambda it: {"connection_id": it, **TABLE}),
    "ListTableHistory": (CONNECTION, lambda it: {"connection_id": it, **TABLE}),
    "GetTableSettings": (CONNECTION, lambda it: {"connection_id": it, **TABLE}),
    "UpdateTableSettings": (CONNECTION, lambda it: {"table_settings": {"connection_id": it, **TABLE}}),
    "SyncMetadata": (CONNECTION, lambda it: {"connection_id": it}),
    "CreateCheck": (CONNECTION, lambda it: {"check": new_check(it)}),
    "PreviewUnsavedCheck": (CONNECTION, lambda it: {"check": new_check(it)}),
    "GetWorkspace": (WORKSPACE, lambda it: {"workspace_id": it}),
    "UpdateWorkspace": (WORKSPACE, lambda it: {"workspace": {"id": it, "display_name": "mine"}}),
    "RevokeApiKey": (("api_key", "API_KEY_NOT_FOUND"), lambda it: {"api_key_id": it}),
    "GetCheck": (CHECK, lambda it: {"check_id": it}),
    "UpdateCheck": (CHECK, lambda it: {"check": {"id": it, "description": "mine"}}),
    "DeleteCheck": (CHECK, lambda it: {"check_id": it}),
    "RunCheck": (CHECK, lambda it: {"check_id": it}),
    "PreviewCheck": (CHECK, lambda it: {"check_id": it}),
    "AcceptBaseline": (CHECK, lambda it: {"check_id": it}),
    "ListBaselines": (CHECK, lambda it: {"check_id": it}),
    "PreviewErrorSamples": (CHECK, lambda it: {"check_id": it}),
    "GetErrorSamples": (SAMPLES, lambda it: {"result_id": it}),
    "BacktestCheck": (CHECK, lambda it: {"check_id": it}),
    "GetSchedule": (SCHEDULE, lambda it: {"schedule_id": it}),
    "UpdateSchedule": (SCHEDULE, lambda it: {"schedule": {"id": it, "description": "mine"}}),
    "DeleteSchedule": (SCHEDULE, lambda it: {"schedule_id": it}),
    "PauseSchedule": (SCHEDULE, lambda it: {"schedule_id": it}),
    "ResumeSchedule": (SCHEDULE, lambda it: {"schedule_id": it}),
    "RunSchedule": (SCHEDULE, lambda it: {"schedule_id": it}),
    "ListNextRuns": (SCHEDULE, lambda it: {"schedule_id": it}),
    "GetJob": (JOB, lambda it: {"job_id": it}),
    "CancelJob": (JOB, lambda it: {"job_id": it}),
    "ListJobUnits": (JOB, lambda it: {"job_id": it}),
    "RequeueJob": (JOB, lambda it: {"job_id": it}),
    "WatchJob": (JOB, lambda it: {"job_id": it}),
    "GetIncident": (INCIDENT, lambda it: {"incident_id": it}),
    "AcknowledgeIncident": (INCIDENT, lambda it: {"incident_id": it}),
    "ResolveIncident": (INCIDENT, lambda it: {"incident_id": it}),
    "MuteIncident": (INCIDENT, lambda it: {"incident_id": it, "mute_until_time": tomorrow()}),
    "UnmuteIncident": (INCIDENT, lambda it: {"incident_id": it}),
    "ReopenIncident": (INCIDENT, lambda it: {"incident_id": it}),
    "AssignIncident": (INCIDENT, lambda it: {"incident_id": it, "assignee": "me"}),
    "LinkIncidentTicket": (INCIDENT, lambda it: {"incident_id": it, "ticket_url": "https://example.com/7"}),
    "ExcludeIncidentFromTraining": (INCIDENT, lambda it: {"incident_id": it}),
    "IncludeIncidentInTraining": (INCIDENT, lambda it: {"incident_id": it}),
    "CreateMaintenanceWindow": (CONNECTION, lambda it: {"maintenance_window": new_window(it)}),
    "GetMaintenanceWindow": (WINDOW, lambda it: {"maintenance_window_id": it}),
    "UpdateMaintenanceWindow": (WINDOW, lambda it: {"maintenance_window": {"id": it, "reason": "mine"}}),
    "DeleteMaintenanceWindow": (WINDOW, lambda it: {"maintenance_window_id": it}),
    "ListIncidentMembers": (INCIDENT, lambda it: {"incident_id": it}),
    "GetIncidentHistogram": (INCIDENT, lambda it: {"incident_id": it}),
    "GetIncidentSettings": (CONNECTION, lambda it: {"connection_id": it}),
    "UpdateIncidentSettings": (CONNECTION, lambda it: {"incident_settings": {"connection_id": it}}),
    "ListIncidentEvents": (INCIDENT, lambda it: {"incident_id": it}),
    "GetNotificationChannel": (CHANNEL, lambda it: {"channel_id": it}),
    "UpdateNotificationChannel": (CHANNEL, lambda it: {"channel": {"id": it, "description": "mine"}}),
    "DeleteNotificationChannel": (CHANNEL, lambda it: {"channel_id": it}),
    "TestNotificationChannel": (CHANNEL, lambda it: {"channel_id": it}),
    "PreviewNotification": (CHANNEL, lambda it: {"channel_id": it}),
    "GetNotificationRule": (RULE, lambda it: {"rule_id": it}),
    "UpdateNotificationRule": (RULE, lambda it: {"rule": {"id": it, "description": "mine"}}),
    "DeleteNotificationRule": (RULE, lambda it: {"rule_id": it}),
    "GetNotification": (NOTIFICATION, lambda it: {"notification_id": it}),
    "ReplayNotification": (NOTIFICATION, lambda it: {"notification_id": it}),
}
# These take no id, or take it as a filter that then matches nothing.
WITHOUT_ID = {
    "GetQueue",  # of the caller's workspace, see tests/services/check/test_servicer_queue.py
    "CreateConnection", "ListConnections", "ListConnectionTypes", "CreateWorkspace", "ListWorkspaces", "CreateApiKey",
    "ListApiKeys", "ListCheckTypes", "GetCheckType", "ListSensors", "GetSensor", "ListRules", "GetRule",
    "CreateSchedule", "ListSchedules", "ListMaintenanceWindows", "ListNotificationChannelTypes",
    "CreateNotificationChannel", "ListNotificationChannels", "CreateNotificationRule", "ListNotificationRules",
}  # fmt: skip
FILTERED = {
    "ListChecks", "BatchRunChecks", "PlanChecks", "ListJobs", "ListResults", "ListLatestResults", "GetSummary",
    "GetCosts", "GetTrend", "ListIncidents", "CountIncidents", "ListNotifications",
}  # fmt: skip

LISTS = (
    "ListConnections", "ListChecks", "ListSchedules", "ListJobs", "ListIncidents", "ListResults", "ListLatestResults",
    "GetSummary", "GetCosts", "ListWorkspaces", "ListApiKeys", "ListMaintenanceWindows", "ListNotificationChannels",
    "ListNotificationRules", "ListNotifications",
)  # fmt: skip


def new_check(connection_id: str) -> dict[str, Any]:
    target = {"connection_id": connection_id, **TABLE, "column_name": "amount"}
    return {"target": target, "check_type": "nulls_percent"}


def new_window(connection_id: str) -> dict[str, Any]:
    return {"connection_id": connection_id, "start_time": tomorrow(1), "end_time": tomorrow(2), "reason": "we move"}


def test_every_method_is_in_one_of_the_tables(servers: Platform) -> None:
    assert servers.methods.keys() == CALLS.keys() | WITHOUT_ID | FILTERED
    assert len(SERVERS) == 3


@pytest.fixture(scope="session")
async def theirs(servers: Platform, postgres: PostgresServer) -> Mapping[str, str]:
    """Ids of everything in another workspace."""
    account = await servers.account("theirs")
    shop: Shop = await new_shop(account, postgres)
    job = await shop.job()
    check = await shop.stored_check()
    result = await shop.result(check.id)
    await shop.samples(result)
    window = await shop.admin.CreateMaintenanceWindow(maintenance_window=new_window(shop.connection.id))
    key = await create_api_key(servers.deps, account.who, "theirs", Role.VIEWER)
    incident = await shop.incident(check.id)
    rule = await shop.notification_rule()
    return {
        "connection": shop.connection.id,
        "check": check.id,
        "schedule": (await shop.schedule()).id,
        "job": job.id,
        "result": result.id,
        "maintenance_window": window.maintenance_window.id,
        "incident": incident.id,
        "channel": rule.channel_ids[0],
        "rule": rule.id,
        "notification": (await shop.notification(incident, rule)).id,
        "workspace": account.who.workspace_id,
        "api_key": key.api_key.id,
    }


async def ask(client: Any, method: str, request: dict[str, Any]) -> None:
    call = getattr(client, method)(**request)
    if method == "WatchJob":
        async for _ in call:
            pass
    else:
        await call


@pytest.mark.parametrize("method", CALLS)
async def test_what_belongs_to_another_workspace_does_not_exist(
    method: str, theirs: Mapping[str, str], servers: Platform, shop: Shop
) -> None:
    (kind, reason), request = CALLS[method]
    told = set()
    for asked in (theirs[kind], NOWHERE):
        with pytest.raises(AioRpcError) as error:
            await ask(shop.admin, method, request(asked))
        refusal = refusal_of(error.value)
        assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, reason)
        told.add(refusal.message.replace(asked, "ID"))
    assert len(told) == 1, "the answer tells what exists elsewhere"


@pytest.mark.parametrize("method", CALLS)
async def test_an_id_of_a_megabyte_is_not_found_and_the_answer_stays_short(method: str, shop: Shop) -> None:
    (_, reason), request = CALLS[method]
    with pytest.raises(AioRpcError) as error:
        await ask(shop.admin, method, request(NOT_AN_ID))
    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, reason)
    assert len(refusal.message) < 1000


async def test_filters_by_ids_of_another_workspace_match_nothing(shop: Shop, theirs: Mapping[str, str]) -> None:
    await shop.result((await shop.stored_check()).id)
    connection, check = theirs["connection"], theirs["check"]
    assert not (await shop.admin.ListChecks(connection_id=connection)).checks
    assert not (await shop.admin.ListIncidents(connection_id=connection)).incidents
    for chosen in ({"connection_id": connection}, {"check_id": check}, {"job_id": theirs["job"]}):
        assert not (await shop.admin.ListResults(filter=chosen)).results
        assert not (await shop.admin.ListLatestResults(filter=chosen)).results
        assert not (await shop.admin.GetSummary(filter=chosen)).rows
        assert not (await shop.admin.GetCosts(filter=chosen)).rows
    assert not (await shop.admin.GetTrend(check_id=check)).points


async def test_lists_hold_nothing_of_another_workspace(shop: Shop, theirs: Mapping[str, str]) -> None:
    seen = str([await getattr(shop.admin, method)() for method in LISTS])
    assert not [kind for kind, theirs_id in theirs.items() if theirs_id in seen]


async def test_a_batch_cannot_name_checks_of_another_workspace(shop: Shop, theirs: Mapping[str, str]) -> None:
    with pytest.raises(AioRpcError) as error:
        await shop.admin.BatchRunChecks(selector=check_pb2.CheckSelector(check_ids=[theirs["check"]]))
    assert refusal_of(error.value).code is StatusCode.INVALID_ARGUMENT


async def test_a_page_token_of_another_workspace_is_refused(shop: Shop, stranger: Any) -> None:
    for _ in range(2):
        await shop.stored_check()
    token = (await shop.admin.ListChecks(page_size=1)).next_page_token
    with pytest.raises(AioRpcError) as error:
        await stranger.admin.ListChecks(page_size=1, page_token=token)
    assert "page_token" in refusal_of(error.value).violations
