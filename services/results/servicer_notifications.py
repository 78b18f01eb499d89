"""NotificationService over gRPC."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty

from dq.v1 import notification_service_pb2 as pb
from dq.v1 import notification_service_pb2_grpc
from dq_platform.app import channels, notification_rules, notifications
from dq_platform.models.incident import IncidentEventKind
from dq_platform.notifications.channel_types import CHANNEL_TYPES
from services.common import masks
from services.common.call import Context, caller
from services.common.wiring import Parts
from services.results import mapping_notification as mapping
from services.results.mapping_incident import EVENT_KINDS


class NotificationServicer(notification_service_pb2_grpc.NotificationServiceServicer):
    def __init__(self, parts: Parts) -> None:
        self._deps = parts.deps
        self._tokens = parts.tokens
        self._outlet = parts.outlet
        self._public_url = parts.public_url

    async def ListNotificationChannelTypes(
        self, _request: pb.ListNotificationChannelTypesRequest, _context: Context
    ) -> pb.ListNotificationChannelTypesResponse:
        kinds = (CHANNEL_TYPES[name] for name in sorted(CHANNEL_TYPES))
        return pb.ListNotificationChannelTypesResponse(types=map(mapping.channel_type, kinds))

    async def CreateNotificationChannel(
        self, request: pb.CreateNotificationChannelRequest, _context: Context
    ) -> pb.CreateNotificationChannelResponse:
        draft = mapping.channel_draft(request.channel)
        made = await channels.create_channel(self._deps, self._outlet, caller(), draft)
        return pb.CreateNotificationChannelResponse(channel=mapping.channel(made))

    async def GetNotificationChannel(
        self, request: pb.GetNotificationChannelRequest, _context: Context
    ) -> pb.GetNotificationChannelResponse:
        found = await channels.get_channel(self._deps, caller(), request.channel_id)
        return pb.GetNotificationChannelResponse(channel=mapping.channel(found))

    async def ListNotificationChannels(
        self, request: pb.ListNotificationChannelsRequest, _context: Context
    ) -> pb.ListNotificationChannelsResponse:
        who = caller()
        page = await channels.list_channels(self._deps, who, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        return pb.ListNotificationChannelsResponse(channels=map(mapping.channel, page.items), next_page_token=token)

    async def UpdateNotificationChannel(
        self, request: pb.UpdateNotificationChannelRequest, _context: Context
    ) -> pb.UpdateNotificationChannelResponse:
        who = caller()
        current = await channels.get_channel(self._deps, who, request.channel.id)
        update = masks.update(mapping.channel(current), request.channel, request.update_mask, "channel")
        changes = mapping.channel_changes(update)
        after = await channels.update_channel(self._deps, self._outlet, who, current.id, changes, update.etag)
        return pb.UpdateNotificationChannelResponse(channel=mapping.channel(after))

    async def DeleteNotificationChannel(self, request: pb.DeleteNotificationChannelRequest, _context: Context) -> Empty:
        await channels.delete_channel(self._deps, caller(), request.channel_id, request.etag)
        return Empty()

    async def TestNotificationChannel(
        self, request: pb.TestNotificationChannelRequest, _context: Context
    ) -> pb.TestNotificationChannelResponse:
        kind = EVENT_KINDS.core_or(request.event_kind, IncidentEventKind.OPENED)
        await channels.send_test(self._deps, self._outlet, caller(), request.channel_id, kind)
        return pb.TestNotificationChannelResponse()

    async def PreviewNotification(
        self, request: pb.PreviewNotificationRequest, _context: Context
    ) -> pb.PreviewNotificationResponse:
        wanted = mapping.preview_request(request)
        made = await notifications.preview(self._deps, caller(), self._public_url, wanted)
        return pb.PreviewNotificationResponse(preview=mapping.preview(made))

    async def CreateNotificationRule(
        self, request: pb.CreateNotificationRuleRequest, _context: Context
    ) -> pb.CreateNotificationRuleResponse:
        made = await notification_rules.create_rule(self._deps, caller(), mapping.rule_draft(request.rule))
        return pb.CreateNotificationRuleResponse(rule=mapping.rule(made))

    async def GetNotificationRule(
        self, request: pb.GetNotificationRuleRequest, _context: Context
    ) -> pb.GetNotificationRuleResponse:
        found = await notification_rules.get_rule(self._deps, caller(), request.rule_id)
        return pb.GetNotificationRuleResponse(rule=mapping.rule(found))

    async def ListNotificationRules(
        self, request: pb.ListNotificationRulesRequest, _context: Context
    ) -> pb.ListNotificationRulesResponse:
        who = caller()
        page = await notification_rules.list_rules(self._deps, who, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        return pb.ListNotificationRulesResponse(rules=map(mapping.rule, page.items), next_page_token=token)

    async def UpdateNotificationRule(
        self, request: pb.UpdateNotificationRuleRequest, _context: Context
    ) -> pb.UpdateNotificationRuleResponse:
        who = caller()
        current = await notification_rules.get_rule(self._deps, who, request.rule.id)
        update = masks.update(mapping.rule(current), request.rule, request.update_mask, "rule")
        changes = mapping.rule_changes(update)
        after = await notification_rules.update_rule(self._deps, who, current.id, changes, update.etag)
        return pb.UpdateNotificationRuleResponse(rule=mapping.rule(after))

    async def DeleteNotificationRule(self, request: pb.DeleteNotificationRuleRequest, _context: Context) -> Empty:
        await notification_rules.delete_rule(self._deps, caller(), request.rule_id, request.etag)
        return Empty()

    async def ListNotifications(
        self, request: pb.ListNotificationsRequest, _context: Context
    ) -> pb.ListNotificationsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await notifications.list_notifications(self._deps, who, mapping.notification_filter(request), asked)
        token = self._tokens.token(request, who, page)
        found = map(mapping.notification, page.items)
        return pb.ListNotificationsResponse(notifications=found, next_page_token=token)

    async def GetNotification(
        self, request: pb.GetNotificationRequest, _context: Context
    ) -> pb.GetNotificationResponse:
        found = await notifications.get_notification(self._deps, caller(), request.notification_id)
        return pb.GetNotificationResponse(notification=mapping.notification(found))

    async def ReplayNotification(
        self, request: pb.ReplayNotificationRequest, _context: Context
    ) -> pb.ReplayNotificationResponse:
        revived = await notifications.replay(self._deps, caller(), request.notification_id)
        return pb.ReplayNotificationResponse(notification=mapping.notification(revived))
