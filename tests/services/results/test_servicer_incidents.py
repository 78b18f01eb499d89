from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from dq.v1 import check_pb2, incident_pb2
from dq.v1.incident_pb2 import IncidentHandling, IncidentSettings
from dq_platform.models.incident import IncidentKey
from dq_platform.models.outcome import Severity
from tests.services.platform import fields_of, refused
from tests.services.shop import Shop

LEVEL_CATEGORY, LEVEL_TABLE = incident_pb2.GROUPING_LEVEL_CATEGORY, incident_pb2.GROUPING_LEVEL_TABLE

BY_DEFAULT: Any = {"passing_run_count": 1, "flap_window": Duration(seconds=12 * 3600), "escalate_after": Duration()}


def in_days(days: int) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(datetime.now(UTC) + timedelta(days=days))
    return timestamp


async def test_an_incident_is_shown_with_what_it_counts(shop: Shop) -> None:
    stored = await shop.incident((await shop.stored_check()).id)
    shown = (await shop.admin.GetIncident(incident_id=stored.id)).incident
    assert (shown.status, shown.highest_severity) == (
        incident_pb2.INCIDENT_STATUS_OPEN,
        check_pb2.SEVERITY_ERROR,
    )
    assert (shown.failure_count, shown.failing_check_count) == (1, 1)
    assert (shown.table_name, shown.dimension, shown.category) == ("orders", "Completeness", "nulls")
    assert not shown.HasField("resolve_time")


async def test_incidents_can_be_chosen_by_place_status_and_severity(shop: Shop) -> None:
    error = await shop.incident()
    key = IncidentKey(shop.connection.id, "shop", "customers", "Completeness", "nulls")
    warning = await shop.incident(key=key, highest_severity=Severity.WARNING)
    await shop.admin.ResolveIncident(incident_id=warning.id)
    everything = await shop.admin.ListIncidents(connection_id=shop.connection.id)
    assert set(fields_of(everything.incidents, "id")) == {error.id, warning.id}
    for chosen in (
        {"statuses": [incident_pb2.INCIDENT_STATUS_OPEN]},
        {"table_name": "orders", "schema_name": "shop"},
        {"min_severity": check_pb2.SEVERITY_ERROR},
    ):
        assert fields_of((await shop.admin.ListIncidents(**chosen)).incidents, "id") == [error.id]
    first = await shop.admin.ListIncidents(page_size=1)
    rest = await shop.admin.ListIncidents(page_size=1, page_token=first.next_page_token)
    assert {first.incidents[0].id, rest.incidents[0].id} == {error.id, warning.id}


async def test_the_life_of_an_incident_is_told_by_its_events(shop: Shop) -> None:
    incident = await shop.incident()
    taken = (await shop.admin.AcknowledgeIncident(incident_id=incident.id, note="on it")).incident
    assert taken.status == incident_pb2.INCIDENT_STATUS_ACKNOWLEDGED
    muted = (await shop.admin.MuteIncident(incident_id=incident.id, mute_until_time=in_days(1))).incident
    assert muted.HasField("mute_until_time")
    resolved = (await shop.admin.ResolveIncident(incident_id=incident.id, note="done")).incident
    assert resolved.status == incident_pb2.INCIDENT_STATUS_RESOLVED
    first = await shop.admin.ListIncidentEvents(incident_id=incident.id, page_size=2)
    rest = await shop.admin.ListIncidentEvents(incident_id=incident.id, page_size=2, page_token=first.next_page_token)
    events = [*first.events, *rest.events]
    assert fields_of(events, "kind") == [
        incident_pb2.INCIDENT_EVENT_KIND_ACKNOWLEDGED,
        incident_pb2.INCIDENT_EVENT_KIND_MUTED,
        incident_pb2.INCIDENT_EVENT_KIND_RESOLVED,
    ]
    assert fields_of(events, "actor") == ["admin"] * 3
    assert fields_of(events, "note") == ["on it", "", "done"]


async def test_what_is_over_cannot_be_acknowledged_or_resolved(shop: Shop) -> None:
    incident = await shop.incident()
    await shop.admin.ResolveIncident(incident_id=incident.id)
    for call in (
        shop.admin.ResolveIncident(incident_id=incident.id),
        shop.admin.AcknowledgeIncident(incident_id=incident.id),
    ):
        refusal = await refused(call)
        assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "INCIDENT_ALREADY_RESOLVED")
        assert refusal.details["PreconditionFailure"].violations


async def test_an_incident_is_muted_until_a_moment_that_lies_ahead(shop: Shop) -> None:
    incident = await shop.incident()
    missing = await refused(shop.admin.MuteIncident(incident_id=incident.id))
    assert missing.violations == {"mute_until_time": "is required"}
    past = await refused(shop.admin.MuteIncident(incident_id=incident.id, mute_until_time=in_days(-1)))
    assert past.code is StatusCode.INVALID_ARGUMENT
    assert "mute_until_time" in past.violations


async def test_an_incident_is_excluded_from_training_and_included_again(shop: Shop) -> None:
    incident = await shop.incident()
    excluded = (await shop.admin.ExcludeIncidentFromTraining(incident_id=incident.id, note="a botched load")).incident
    assert excluded.excluded_from_training
    again = await refused(shop.admin.ExcludeIncidentFromTraining(incident_id=incident.id))
    assert (again.code, again.reason) == (StatusCode.FAILED_PRECONDITION, "INCIDENT_ALREADY_EXCLUDED")
    included = (await shop.admin.IncludeIncidentInTraining(incident_id=incident.id, note="it was right")).incident
    assert not included.excluded_from_training
    again = await refused(shop.admin.IncludeIncidentInTraining(incident_id=incident.id))
    assert (again.code, again.reason) == (StatusCode.FAILED_PRECONDITION, "INCIDENT_NOT_EXCLUDED")
    events = (await shop.admin.ListIncidentEvents(incident_id=incident.id)).events
    assert [(event.kind, event.actor, event.note) for event in events] == [
        (incident_pb2.INCIDENT_EVENT_KIND_EXCLUDED_FROM_TRAINING, "admin", "a botched load"),
        (incident_pb2.INCIDENT_EVENT_KIND_INCLUDED_IN_TRAINING, "admin", "it was right"),
    ]


async def test_a_note_that_is_too_long_is_refused(shop: Shop) -> None:
    incident = await shop.incident()
    refusal = await refused(shop.admin.AcknowledgeIncident(incident_id=incident.id, note="x" * 2001))
    assert "note" in refusal.violations


async def test_an_incident_that_does_not_exist_is_not_found(shop: Shop) -> None:
    gone = replace(await shop.incident(), id="00000000-0000-7000-8000-000000000000")
    for call in (shop.admin.GetIncident(incident_id=gone.id), shop.admin.ListIncidentEvents(incident_id=gone.id)):
        assert (await refused(call)).reason == "INCIDENT_NOT_FOUND"


async def test_a_connection_says_how_its_failures_become_incidents_and_inherits_the_rest(shop: Shop) -> None:
    async def change(paths: str = "", connection_id: str = shop.connection.id, **changed: Any) -> IncidentSettings:
        wanted = IncidentSettings(connection_id=connection_id, **changed)
        mask = FieldMask(paths=paths.split())
        return (await shop.admin.UpdateIncidentSettings(incident_settings=wanted, update_mask=mask)).incident_settings

    untouched = (await shop.admin.GetIncidentSettings(connection_id=shop.connection.id)).incident_settings
    assert untouched.in_effect == IncidentHandling(grouping_level=LEVEL_CATEGORY, **BY_DEFAULT)
    await change(connection_id="", grouping_level=LEVEL_TABLE, per_data_group=True)
    own = await change(per_data_group=False)
    assert (own.grouping_level, own.HasField("per_data_group"), own.per_data_group) == (0, True, False)
    assert own.in_effect == IncidentHandling(grouping_level=LEVEL_TABLE, **BY_DEFAULT)
    inherited = await change("per_data_group")
    assert not inherited.HasField("per_data_group")
    assert inherited.in_effect == IncidentHandling(grouping_level=LEVEL_TABLE, per_data_group=True, **BY_DEFAULT)
    refusal = await refused(change("in_effekt"))
    assert refusal.violations["update_mask"].startswith("has no field 'in_effekt'; it may name connection_id, ")
    refusal = await refused(change(flap_window=Duration(seconds=-1)))
    assert refusal.violations == {"incident_settings.flap_window": "is -1 s; it takes 0 to 31 days."}
    for count in (0, 101):
        refusal = await refused(change(passing_run_count=count))
        assert refusal.violations == {"incident_settings.passing_run_count": f"is {count}; it takes 1 to 100."}
