"""IncidentService over gRPC."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty

from dq.v1 import incident_service_pb2 as pb
from dq.v1 import incident_service_pb2_grpc
from dq_platform.app import incident_settings, incidents, maintenance_windows
from dq_platform.app.deps import Deps
from services.common import masks, times
from services.common.call import Context, caller
from services.common.paging import PageTokens
from services.results import mapping_incident as mapping
from services.results import mapping_maintenance


class IncidentServicer(incident_service_pb2_grpc.IncidentServiceServicer):
    def __init__(self, deps: Deps, tokens: PageTokens) -> None:
        self._deps = deps
        self._tokens = tokens

    async def ListIncidents(self, request: pb.ListIncidentsRequest, _context: Context) -> pb.ListIncidentsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await incidents.list_incidents(self._deps, who, mapping.incident_filter(request), asked)
        token = self._tokens.token(request, who, page)
        return pb.ListIncidentsResponse(incidents=map(mapping.incident, page.items), next_page_token=token)

    async def GetIncident(self, request: pb.GetIncidentRequest, _context: Context) -> pb.GetIncidentResponse:
        incident = await incidents.get_incident(self._deps, caller(), request.incident_id)
        return pb.GetIncidentResponse(incident=mapping.incident(incident))

    async def AcknowledgeIncident(
        self, request: pb.AcknowledgeIncidentRequest, _context: Context
    ) -> pb.AcknowledgeIncidentResponse:
        incident = await incidents.acknowledge(self._deps, caller(), request.incident_id, request.note)
        return pb.AcknowledgeIncidentResponse(incident=mapping.incident(incident))

    async def ResolveIncident(
        self, request: pb.ResolveIncidentRequest, _context: Context
    ) -> pb.ResolveIncidentResponse:
        incident = await incidents.resolve(self._deps, caller(), request.incident_id, request.note)
        return pb.ResolveIncidentResponse(incident=mapping.incident(incident))

    async def MuteIncident(self, request: pb.MuteIncidentRequest, _context: Context) -> pb.MuteIncidentResponse:
        until = times.to_core(request.mute_until_time)
        incident = await incidents.mute(self._deps, caller(), request.incident_id, until, request.note)
        return pb.MuteIncidentResponse(incident=mapping.incident(incident))

    async def UnmuteIncident(self, request: pb.UnmuteIncidentRequest, _context: Context) -> pb.UnmuteIncidentResponse:
        incident = await incidents.unmute(self._deps, caller(), request.incident_id, request.note)
        return pb.UnmuteIncidentResponse(incident=mapping.incident(incident))

    async def ReopenIncident(self, request: pb.ReopenIncidentRequest, _context: Context) -> pb.ReopenIncidentResponse:
        incident = await incidents.reopen(self._deps, caller(), request.incident_id, request.note)
        return pb.ReopenIncidentResponse(incident=mapping.incident(incident))

    async def AssignIncident(self, request: pb.AssignIncidentRequest, _context: Context) -> pb.AssignIncidentResponse:
        incident = await incidents.assign(self._deps, caller(), request.incident_id, request.assignee, request.note)
        return pb.AssignIncidentResponse(incident=mapping.incident(incident))

    async def LinkIncidentTicket(
        self, request: pb.LinkIncidentTicketRequest, _context: Context
    ) -> pb.LinkIncidentTicketResponse:
        url, note = request.ticket_url, request.note
        incident = await incidents.link_ticket(self._deps, caller(), request.incident_id, url, note)
        return pb.LinkIncidentTicketResponse(incident=mapping.incident(incident))

    async def ExcludeIncidentFromTraining(
        self, request: pb.ExcludeIncidentFromTrainingRequest, _context: Context
    ) -> pb.ExcludeIncidentFromTrainingResponse:
        incident = await incidents.exclude_from_training(self._deps, caller(), request.incident_id, request.note)
        return pb.ExcludeIncidentFromTrainingResponse(incident=mapping.incident(incident))

    async def IncludeIncidentInTraining(
        self, request: pb.IncludeIncidentInTrainingRequest, _context: Context
    ) -> pb.IncludeIncidentInTrainingResponse:
        incident = await incidents.include_in_training(self._deps, caller(), request.incident_id, request.note)
        return pb.IncludeIncidentInTrainingResponse(incident=mapping.incident(incident))

    async def ListIncidentEvents(
        self, request: pb.ListIncidentEventsRequest, _context: Context
    ) -> pb.ListIncidentEventsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await incidents.list_events(self._deps, who, request.incident_id, asked)
        token = self._tokens.token(request, who, page)
        return pb.ListIncidentEventsResponse(events=map(mapping.incident_event, page.items), next_page_token=token)

    async def CountIncidents(self, request: pb.CountIncidentsRequest, _context: Context) -> pb.CountIncidentsResponse:
        return mapping.counts(await incidents.count_incidents(self._deps, caller(), mapping.count_filter(request)))

    async def ListIncidentMembers(
        self, request: pb.ListIncidentMembersRequest, _context: Context
    ) -> pb.ListIncidentMembersResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await incidents.list_members(self._deps, who, request.incident_id, asked, failing=request.failing)
        token = self._tokens.token(request, who, page)
        return pb.ListIncidentMembersResponse(members=map(mapping.member, page.items), next_page_token=token)

    async def GetIncidentHistogram(
        self, request: pb.GetIncidentHistogramRequest, _context: Context
    ) -> pb.GetIncidentHistogramResponse:
        zone = request.time_zone or "UTC"
        days = await incidents.failures_by_day(self._deps, caller(), request.incident_id, zone)
        return pb.GetIncidentHistogramResponse(days=map(mapping.day, days))

    async def CreateMaintenanceWindow(
        self, request: pb.CreateMaintenanceWindowRequest, _context: Context
    ) -> pb.CreateMaintenanceWindowResponse:
        draft = mapping_maintenance.draft(request.maintenance_window)
        window = await maintenance_windows.create_window(self._deps, caller(), draft)
        return pb.CreateMaintenanceWindowResponse(maintenance_window=mapping_maintenance.window(window))

    async def GetMaintenanceWindow(
        self, request: pb.GetMaintenanceWindowRequest, _context: Context
    ) -> pb.GetMaintenanceWindowResponse:
        window = await maintenance_windows.get_window(self._deps, caller(), request.maintenance_window_id)
        return pb.GetMaintenanceWindowResponse(maintenance_window=mapping_maintenance.window(window))

    async def ListMaintenanceWindows(
        self, request: pb.ListMaintenanceWindowsRequest, _context: Context
    ) -> pb.ListMaintenanceWindowsResponse:
        who = caller()
        page = await maintenance_windows.list_windows(self._deps, who, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        shown = map(mapping_maintenance.window, page.items)
        return pb.ListMaintenanceWindowsResponse(maintenance_windows=shown, next_page_token=token)

    async def UpdateMaintenanceWindow(
        self, request: pb.UpdateMaintenanceWindowRequest, _context: Context
    ) -> pb.UpdateMaintenanceWindowResponse:
        who, wanted = caller(), request.maintenance_window
        current = await maintenance_windows.get_window(self._deps, who, wanted.id)
        shown = mapping_maintenance.window(current)
        update = masks.update(shown, wanted, request.update_mask, "maintenance_window")
        changes = mapping_maintenance.changes(update)
        window = await maintenance_windows.update_window(self._deps, who, current.id, changes, update.etag)
        return pb.UpdateMaintenanceWindowResponse(maintenance_window=mapping_maintenance.window(window))

    async def DeleteMaintenanceWindow(self, request: pb.DeleteMaintenanceWindowRequest, _context: Context) -> Empty:
        window_id, etag = request.maintenance_window_id, request.etag
        await maintenance_windows.delete_window(self._deps, caller(), window_id, etag)
        return Empty()

    async def GetIncidentSettings(
        self, request: pb.GetIncidentSettingsRequest, _context: Context
    ) -> pb.GetIncidentSettingsResponse:
        found = await incident_settings.get_settings(self._deps, caller(), request.connection_id)
        return pb.GetIncidentSettingsResponse(incident_settings=mapping.settings(found))

    async def UpdateIncidentSettings(
        self, request: pb.UpdateIncidentSettingsRequest, _context: Context
    ) -> pb.UpdateIncidentSettingsResponse:
        who, wanted = caller(), request.incident_settings
        current = await incident_settings.get_settings(self._deps, who, wanted.connection_id)
        shown = mapping.settings(current)
        update = masks.update(shown, wanted, request.update_mask, "incident_settings")
        changes = mapping.setting_changes(update)
        settings = await incident_settings.update_settings(self._deps, who, wanted.connection_id, changes)
        return pb.UpdateIncidentSettingsResponse(incident_settings=mapping.settings(settings))
