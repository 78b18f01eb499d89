"""ScheduleService over gRPC."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty

from dq.v1 import schedule_service_pb2 as pb
from dq.v1 import schedule_service_pb2_grpc
from dq_platform.app import schedules
from dq_platform.app.deps import Deps
from services.check import mapping_schedule as mapping
from services.common import masks, times
from services.common.call import Context, caller
from services.common.mapping_job import job, order
from services.common.paging import PageTokens

DEFAULT_RUNS = 5


class ScheduleServicer(schedule_service_pb2_grpc.ScheduleServiceServicer):
    def __init__(self, deps: Deps, tokens: PageTokens) -> None:
        self._deps = deps
        self._tokens = tokens

    async def CreateSchedule(self, request: pb.CreateScheduleRequest, _context: Context) -> pb.CreateScheduleResponse:
        schedule = await schedules.create_schedule(self._deps, caller(), mapping.draft(request.schedule))
        return pb.CreateScheduleResponse(schedule=mapping.schedule(schedule))

    async def GetSchedule(self, request: pb.GetScheduleRequest, _context: Context) -> pb.GetScheduleResponse:
        schedule = await schedules.get_schedule(self._deps, caller(), request.schedule_id)
        return pb.GetScheduleResponse(schedule=mapping.schedule(schedule))

    async def ListSchedules(self, request: pb.ListSchedulesRequest, _context: Context) -> pb.ListSchedulesResponse:
        who = caller()
        page = await schedules.list_schedules(self._deps, who, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        return pb.ListSchedulesResponse(schedules=map(mapping.schedule, page.items), next_page_token=token)

    async def UpdateSchedule(self, request: pb.UpdateScheduleRequest, _context: Context) -> pb.UpdateScheduleResponse:
        who = caller()
        current = await schedules.get_schedule(self._deps, who, request.schedule.id)
        update = masks.update(mapping.schedule(current), request.schedule, request.update_mask, "schedule")
        schedule = await schedules.update_schedule(self._deps, who, current.id, mapping.changes(update), update.etag)
        return pb.UpdateScheduleResponse(schedule=mapping.schedule(schedule))

    async def DeleteSchedule(self, request: pb.DeleteScheduleRequest, _context: Context) -> Empty:
        await schedules.delete_schedule(self._deps, caller(), request.schedule_id, request.etag)
        return Empty()

    async def PauseSchedule(self, request: pb.PauseScheduleRequest, _context: Context) -> pb.PauseScheduleResponse:
        schedule = await schedules.pause_schedule(self._deps, caller(), request.schedule_id)
        return pb.PauseScheduleResponse(schedule=mapping.schedule(schedule))

    async def ResumeSchedule(self, request: pb.ResumeScheduleRequest, _context: Context) -> pb.ResumeScheduleResponse:
        schedule = await schedules.resume_schedule(self._deps, caller(), request.schedule_id)
        return pb.ResumeScheduleResponse(schedule=mapping.schedule(schedule))

    async def RunSchedule(self, request: pb.RunScheduleRequest, _context: Context) -> pb.RunScheduleResponse:
        started = await schedules.run_schedule(self._deps, caller(), request.schedule_id, order(request))
        return pb.RunScheduleResponse(job=job(started))

    async def ListNextRuns(self, request: pb.ListNextRunsRequest, _context: Context) -> pb.ListNextRunsResponse:
        count = request.count or DEFAULT_RUNS
        moments = await schedules.next_runs(self._deps, caller(), request.schedule_id, count)
        return pb.ListNextRunsResponse(run_times=[moment for moment in map(times.to_proto, moments) if moment])
