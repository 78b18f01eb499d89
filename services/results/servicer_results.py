"""ResultsService over gRPC."""

from __future__ import annotations

from dq.v1 import results_service_pb2 as pb
from dq.v1 import results_service_pb2_grpc
from dq_platform.app import results, stored_samples
from dq_platform.app.deps import Deps
from dq_platform.models.result import ResultOrder, SummaryBy
from services.common.call import Context, caller
from services.common.mapping_result import result
from services.common.mapping_sample import error_samples
from services.common.paging import PageTokens
from services.results import mapping


class ResultsServicer(results_service_pb2_grpc.ResultsServiceServicer):
    def __init__(self, deps: Deps, tokens: PageTokens) -> None:
        self._deps = deps
        self._tokens = tokens

    async def ListResults(self, request: pb.ListResultsRequest, _context: Context) -> pb.ListResultsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        order = mapping.ORDERS.core_or(request.order, ResultOrder.NEWEST_FIRST)
        page = await results.list_results(self._deps, who, mapping.result_filter(request.filter), asked, order)
        token = self._tokens.token(request, who, page)
        return pb.ListResultsResponse(results=map(result, page.items), next_page_token=token)

    async def ListLatestResults(
        self, request: pb.ListLatestResultsRequest, _context: Context
    ) -> pb.ListLatestResultsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await results.list_latest(self._deps, who, mapping.result_filter(request.filter), asked)
        token = self._tokens.token(request, who, page)
        return pb.ListLatestResultsResponse(results=map(result, page.items), next_page_token=token)

    async def GetSummary(self, request: pb.GetSummaryRequest, _context: Context) -> pb.GetSummaryResponse:
        by = mapping.SUMMARY_BYS.core_or(request.by, SummaryBy.TABLE)
        rows = await results.summary(self._deps, caller(), mapping.result_filter(request.filter), by)
        return pb.GetSummaryResponse(rows=map(mapping.summary_row, rows))

    async def GetCosts(self, request: pb.GetCostsRequest, _context: Context) -> pb.GetCostsResponse:
        by = mapping.SUMMARY_BYS.core_or(request.by, SummaryBy.TABLE)
        rows = await results.costs(self._deps, caller(), mapping.result_filter(request.filter), by)
        return pb.GetCostsResponse(rows=map(mapping.cost_row, rows))

    async def GetTrend(self, request: pb.GetTrendRequest, _context: Context) -> pb.GetTrendResponse:
        points = await results.trend(self._deps, caller(), mapping.trend_request(request))
        return pb.GetTrendResponse(points=map(mapping.trend_point, points))

    async def GetErrorSamples(
        self, request: pb.GetErrorSamplesRequest, _context: Context
    ) -> pb.GetErrorSamplesResponse:
        found = await stored_samples.get_samples(self._deps, caller(), request.result_id)
        return pb.GetErrorSamplesResponse(samples=error_samples(found))
