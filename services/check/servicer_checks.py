"""CheckService over gRPC: checks and their runs. The catalogue is in its own file."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty

from dq.v1 import check_service_pb2 as pb
from dq_platform.app import backtest, baselines, checks, explain, preview, runs, sampling
from services.check import mapping_backtest, mapping_baseline, mapping_check, mapping_plan, mapping_selector
from services.check.servicer_catalogue import CatalogueServicer
from services.common import masks
from services.common.call import Context, caller
from services.common.mapping_column import change
from services.common.mapping_job import job, order
from services.common.mapping_result import result
from services.common.mapping_sample import error_samples
from services.common.paging import MAX_SIZE, page_of


class CheckServicer(CatalogueServicer):
    async def CreateCheck(self, request: pb.CreateCheckRequest, _context: Context) -> pb.CreateCheckResponse:
        check = await checks.create_check(self._deps, caller(), mapping_check.new_check(request.check))
        return pb.CreateCheckResponse(check=mapping_check.check(check))

    async def GetCheck(self, request: pb.GetCheckRequest, _context: Context) -> pb.GetCheckResponse:
        check = await checks.get_check(self._deps, caller(), request.check_id)
        return pb.GetCheckResponse(check=mapping_check.check(check))

    async def ListChecks(self, request: pb.ListChecksRequest, _context: Context) -> pb.ListChecksResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await checks.list_checks(self._deps, who, mapping_selector.list_filter(request), asked)
        token = self._tokens.token(request, who, page)
        return pb.ListChecksResponse(checks=map(mapping_check.check, page.items), next_page_token=token)

    async def UpdateCheck(self, request: pb.UpdateCheckRequest, _context: Context) -> pb.UpdateCheckResponse:
        who = caller()
        current = await checks.get_check(self._deps, who, request.check.id)
        update = masks.update(mapping_check.check(current), request.check, request.update_mask, "check")
        changes = mapping_check.changes(update)
        check = await checks.update_check(self._deps, who, current.id, changes, update.etag)
        return pb.UpdateCheckResponse(check=mapping_check.check(check))

    async def DeleteCheck(self, request: pb.DeleteCheckRequest, _context: Context) -> Empty:
        await checks.delete_check(
            self._deps, caller(), request.check_id, request.etag, delete_results=request.delete_results
        )
        return Empty()

    async def RunCheck(self, request: pb.RunCheckRequest, _context: Context) -> pb.RunCheckResponse:
        window = mapping_selector.window(request)
        started = await runs.run_check(self._deps, caller(), request.check_id, order(request), window)
        return pb.RunCheckResponse(job=job(started))

    async def BatchRunChecks(self, request: pb.BatchRunChecksRequest, _context: Context) -> pb.BatchRunChecksResponse:
        selector, window = mapping_selector.selector_to_core(request.selector), mapping_selector.window(request)
        started = await runs.run_batch(self._deps, caller(), selector, order(request), window)
        return pb.BatchRunChecksResponse(job=job(started))

    async def PreviewCheck(self, request: pb.PreviewCheckRequest, _context: Context) -> pb.PreviewCheckResponse:
        window = mapping_selector.window(request)
        found = await preview.preview_check(self._deps, caller(), request.check_id, window)
        return pb.PreviewCheckResponse(results=map(result, found.results), statements=found.statements)

    async def PreviewErrorSamples(
        self, request: pb.PreviewErrorSamplesRequest, _context: Context
    ) -> pb.PreviewErrorSamplesResponse:
        window = mapping_selector.window(request)
        found = await sampling.preview_samples(self._deps, caller(), request.check_id, window)
        return pb.PreviewErrorSamplesResponse(
            results=map(result, found.results), samples=map(error_samples, found.samples)
        )

    async def PreviewUnsavedCheck(
        self, request: pb.PreviewUnsavedCheckRequest, _context: Context
    ) -> pb.PreviewUnsavedCheckResponse:
        found = await preview.preview_draft(self._deps, caller(), mapping_check.new_check(request.check))
        return pb.PreviewUnsavedCheckResponse(
            results=map(result, found.results),
            statements=found.statements,
            check=mapping_check.unsaved_check(found.check),
        )

    async def AcceptBaseline(self, request: pb.AcceptBaselineRequest, _context: Context) -> pb.AcceptBaselineResponse:
        acceptance = mapping_baseline.acceptance(request)
        accepted = await baselines.accept_baseline(self._deps, caller(), request.check_id, acceptance)
        return pb.AcceptBaselineResponse(
            baseline=mapping_baseline.baseline(accepted.baseline), changes=map(change, accepted.changes)
        )

    async def ListBaselines(self, request: pb.ListBaselinesRequest, _context: Context) -> pb.ListBaselinesResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await baselines.list_baselines(self._deps, who, request.check_id, asked)
        token = self._tokens.token(request, who, page)
        return pb.ListBaselinesResponse(baselines=map(mapping_baseline.baseline, page.items), next_page_token=token)

    async def BacktestCheck(self, request: pb.BacktestCheckRequest, _context: Context) -> pb.BacktestCheckResponse:
        who = caller()
        asked = self._tokens.page(request, who, MAX_SIZE)
        tested = await backtest.backtest_check(self._deps, who, mapping_backtest.request(request))
        page = page_of(tested.backtest.points, mapping_backtest.by_period, asked)
        return mapping_backtest.response(tested, page, self._tokens.token(request, who, page))

    async def PlanChecks(self, request: pb.PlanChecksRequest, _context: Context) -> pb.PlanChecksResponse:
        selector, window = mapping_selector.selector_to_core(request.selector), mapping_selector.window(request)
        tables = await explain.explain(self._deps, caller(), selector, window)
        return pb.PlanChecksResponse(tables=map(mapping_plan.table_plan, tables))
