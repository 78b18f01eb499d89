"""JobService over gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from dq.v1 import job_service_pb2 as pb
from dq.v1 import job_service_pb2_grpc
from dq_platform.app import jobs, queue, requeue
from dq_platform.app.deps import Deps
from services.check.mapping_queue import line
from services.common.call import Context, caller
from services.common.mapping_job import STATES, job, order, unit, watched
from services.common.methods import STREAM_TIMEOUT
from services.common.paging import PageTokens

MAX_UNITS = 200
"""How many units a page holds at most: each may name 500 checks."""


class JobServicer(job_service_pb2_grpc.JobServiceServicer):
    def __init__(self, deps: Deps, tokens: PageTokens) -> None:
        self._deps = deps
        self._tokens = tokens

    async def GetJob(self, request: pb.GetJobRequest, _context: Context) -> pb.GetJobResponse:
        return pb.GetJobResponse(job=job(await jobs.get_job(self._deps, caller(), request.job_id)))

    async def ListJobs(self, request: pb.ListJobsRequest, _context: Context) -> pb.ListJobsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await jobs.list_jobs(self._deps, who, asked, STATES.cores(request.states))
        token = self._tokens.token(request, who, page)
        return pb.ListJobsResponse(jobs=map(job, page.items), next_page_token=token)

    async def CancelJob(self, request: pb.CancelJobRequest, _context: Context) -> pb.CancelJobResponse:
        return pb.CancelJobResponse(job=job(await jobs.cancel_job(self._deps, caller(), request.job_id)))

    async def GetQueue(self, _request: pb.GetQueueRequest, _context: Context) -> pb.GetQueueResponse:
        return pb.GetQueueResponse(lines=map(line, await queue.get_queue(self._deps, caller())))

    async def ListJobUnits(self, request: pb.ListJobUnitsRequest, _context: Context) -> pb.ListJobUnitsResponse:
        who = caller()
        asked = self._tokens.page(request, who, most=MAX_UNITS)
        page = await jobs.list_units(self._deps, who, request.job_id, asked, STATES.cores(request.states))
        token = self._tokens.token(request, who, page)
        return pb.ListJobUnitsResponse(units=map(unit, page.items), next_page_token=token)

    async def RequeueJob(self, request: pb.RequeueJobRequest, _context: Context) -> pb.RequeueJobResponse:
        started = await requeue.requeue_job(self._deps, caller(), request.job_id, order(request))
        return pb.RequeueJobResponse(job=job(started))

    async def WatchJob(self, request: pb.WatchJobRequest, _context: Context) -> AsyncIterator[pb.WatchJobResponse]:
        """Ends with the job, or in DEADLINE_EXCEEDED after ten minutes."""
        seen = request.cursor
        async with asyncio.timeout(STREAM_TIMEOUT.total_seconds()):
            async for state in jobs.watch_job(self._deps, caller(), request.job_id):
                response = watched(state)
                if response.cursor != seen:
                    yield response
                seen = ""
