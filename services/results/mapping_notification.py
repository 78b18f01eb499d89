"""Channels, rules and notifications between the contract and the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dq.v1 import check_pb2, incident_pb2, notification_pb2, notification_service_pb2
from dq_platform.app.channels import ChannelDraft, public_settings
from dq_platform.app.etag import etag_of
from dq_platform.app.notification_rules import RuleDraft
from dq_platform.app.notifications import Preview, PreviewRequest
from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import (
    Channel,
    FailedAttempt,
    Notification,
    NotificationFilter,
    NotificationRule,
    NotificationState,
    RuleMatch,
    Templates,
)
from dq_platform.notifications.channel_types import ChannelType
from services.common import times
from services.common.enums import EnumPair
from services.common.mapping_setting import setting
from services.common.masks import Update
from services.common.structs import plain, to_struct
from services.results.mapping_incident import EVENT_KINDS, SEVERITIES

STATES = EnumPair(NotificationState, notification_pb2.NotificationState.DESCRIPTOR)


def channel_type(model: ChannelType) -> notification_pb2.NotificationChannelType:
    return notification_pb2.NotificationChannelType(
        name=model.name, display_name=model.display_name, settings=map(setting, model.settings_schema)
    )


def channel(model: Channel) -> notification_pb2.NotificationChannel:
    """Without secrets, whose names alone are told."""
    settings, secrets = public_settings(model)
    return notification_pb2.NotificationChannel(
        id=model.id,
        display_name=model.display_name,
        description=model.description,
        type=model.type,
        settings=to_struct(settings),
        configured_secrets=secrets,
        templates=_templates(model.templates),
        create_time=times.to_proto(model.create_time),
        update_time=times.to_proto(model.update_time),
        etag=etag_of(model.version),
    )


def channel_draft(message: notification_pb2.NotificationChannel) -> ChannelDraft:
    return ChannelDraft(
        display_name=message.display_name,
        type=message.type,
        settings=plain(message.settings),
        description=message.description,
        templates=_templates_to_core(message.templates),
    )


def channel_changes(update: Update[notification_pb2.NotificationChannel]) -> Mapping[str, object]:
    """New values by the core's field names."""
    return {name: read(update.resource) for name, read in _READ_CHANNEL.items() if name in update.names}


_READ_CHANNEL: Mapping[str, Callable[[notification_pb2.NotificationChannel], object]] = {
    "display_name": lambda message: message.display_name,
    "description": lambda message: message.description,
    "settings": lambda message: plain(message.settings),
    "templates": lambda message: _templates_to_core(message.templates),
}


def preview_request(message: notification_service_pb2.PreviewNotificationRequest) -> PreviewRequest:
    return PreviewRequest(
        channel_id=message.channel_id,
        event_kind=EVENT_KINDS.core_or(message.event_kind, IncidentEventKind.OPENED),
        incident_id=message.incident_id,
        templates=_templates_to_core(message.templates) if message.HasField("templates") else None,
    )


def preview(model: Preview) -> notification_pb2.NotificationPreview:
    return notification_pb2.NotificationPreview(
        subject=model.subject, text=model.text, html=model.html, payload=model.payload
    )


def rule(model: NotificationRule) -> notification_pb2.NotificationRule:
    return notification_pb2.NotificationRule(
        id=model.id,
        display_name=model.display_name,
        description=model.description,
        priority=model.priority,
        match=_match(model.match),
        event_kinds=(_kind(kind) for kind in model.event_kinds),
        channel_ids=model.channel_ids,
        stop=model.stop,
        create_time=times.to_proto(model.create_time),
        update_time=times.to_proto(model.update_time),
        etag=etag_of(model.version),
    )


def rule_draft(message: notification_pb2.NotificationRule) -> RuleDraft:
    return RuleDraft(
        display_name=message.display_name,
        channel_ids=tuple(message.channel_ids),
        description=message.description,
        priority=message.priority,
        match=_match_to_core(message.match),
        event_kinds=EVENT_KINDS.cores(message.event_kinds),
        stop=message.stop,
    )


def rule_changes(update: Update[notification_pb2.NotificationRule]) -> Mapping[str, object]:
    """New values by the core's field names."""
    return {name: read(update.resource) for name, read in _READ_RULE.items() if name in update.names}


_READ_RULE: Mapping[str, Callable[[notification_pb2.NotificationRule], object]] = {
    "display_name": lambda message: message.display_name,
    "description": lambda message: message.description,
    "priority": lambda message: message.priority,
    "match": lambda message: _match_to_core(message.match),
    "event_kinds": lambda message: EVENT_KINDS.cores(message.event_kinds),
    "channel_ids": lambda message: tuple(message.channel_ids),
    "stop": lambda message: message.stop,
}


def notification_filter(message: notification_service_pb2.ListNotificationsRequest) -> NotificationFilter:
    return NotificationFilter(
        states=STATES.cores(message.states), channel_id=message.channel_id, incident_id=message.incident_id
    )


def notification(model: Notification) -> notification_pb2.Notification:
    pending = model.state is NotificationState.PENDING
    return notification_pb2.Notification(
        id=model.id,
        channel_id=model.channel_id,
        rule_id=model.rule_id,
        incident_id=model.incident_id,
        event_id=model.event_id,
        event_kind=_kind(model.event_kind),
        state=notification_pb2.NotificationState.ValueType(STATES.proto(model.state)),
        attempt_count=model.attempt,
        failed_deliveries=map(_failure, model.failed_attempts),
        create_time=times.to_proto(model.create_time),
        next_attempt_time=times.to_proto(model.due_time if pending else None),
        end_time=times.to_proto(model.end_time),
    )


def _failure(model: FailedAttempt) -> notification_pb2.FailedDelivery:
    return notification_pb2.FailedDelivery(
        number=model.number,
        end_time=times.to_proto(model.end_time),
        reason=model.reason,
        message=model.message,
    )


def _kind(kind: IncidentEventKind) -> incident_pb2.IncidentEventKind.ValueType:
    return incident_pb2.IncidentEventKind.ValueType(EVENT_KINDS.proto(kind))


def _templates(model: Templates) -> notification_pb2.NotificationTemplates:
    return notification_pb2.NotificationTemplates(subject=model.subject, text=model.text, html=model.html)


def _templates_to_core(message: notification_pb2.NotificationTemplates) -> Templates:
    return Templates(message.subject, message.text, message.html)


def _match(model: RuleMatch) -> notification_pb2.NotificationMatch:
    return notification_pb2.NotificationMatch(
        connection_id=model.connection_id,
        schema_name=model.schema_name,
        table_pattern=model.table_pattern,
        data_group_pattern=model.data_group_pattern,
        dimension_pattern=model.dimension_pattern,
        category_pattern=model.category_pattern,
        check_type_pattern=model.check_type_pattern,
        min_severity=check_pb2.Severity.ValueType(SEVERITIES.proto(model.min_severity)),
    )


def _match_to_core(message: notification_pb2.NotificationMatch) -> RuleMatch:
    return RuleMatch(
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_pattern=message.table_pattern,
        data_group_pattern=message.data_group_pattern,
        dimension_pattern=message.dimension_pattern,
        category_pattern=message.category_pattern,
        check_type_pattern=message.check_type_pattern,
        min_severity=SEVERITIES.core_or_none(message.min_severity),
    )
