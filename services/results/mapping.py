"""Results between the contract and the core."""

from __future__ import annotations

from dq.v1 import result_pb2, results_service_pb2
from dq_platform.app.results import TrendRequest
from dq_platform.models.result import CostRow, ResultFilter, ResultOrder, SummaryBy, SummaryRow, TrendBucket, TrendPoint
from services.common import times
from services.common.enums import EnumPair
from services.common.mapping_job import outcome_counts
from services.common.mapping_result import MODES, OUTCOMES
from services.results.mapping_incident import SEVERITIES

SUMMARY_BYS = EnumPair(SummaryBy, result_pb2.SummaryBy.DESCRIPTOR)
ORDERS = EnumPair(ResultOrder, results_service_pb2.ResultOrder.DESCRIPTOR)
BUCKETS = EnumPair(TrendBucket, result_pb2.TrendBucket.DESCRIPTOR)


def result_filter(message: results_service_pb2.ResultFilter) -> ResultFilter:
    return ResultFilter(
        check_id=message.check_id,
        job_id=message.job_id,
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_name=message.table_name,
        column_name=message.column_name,
        check_type=message.check_type,
        category=message.category,
        dimension=message.dimension,
        mode=MODES.core_or_none(message.mode),
        outcomes=OUTCOMES.cores(message.outcomes),
        start=times.field_to_core(message, "start_time"),
        end=times.field_to_core(message, "end_time"),
        data_group=message.data_group if message.HasField("data_group") else None,
        min_severity=SEVERITIES.core_or_none(message.min_severity),
        labels=tuple(message.labels),
    )


def trend_request(message: results_service_pb2.GetTrendRequest) -> TrendRequest:
    return TrendRequest(
        check_id=message.check_id,
        data_group=message.data_group,
        bucket=BUCKETS.core_or(message.bucket, TrendBucket.DAY),
        start=times.field_to_core(message, "start_time"),
        end=times.field_to_core(message, "end_time"),
        time_zone=message.time_zone or "UTC",
    )


def summary_row(model: SummaryRow) -> result_pb2.SummaryRow:
    return result_pb2.SummaryRow(
        key=model.key,
        outcomes=outcome_counts(model.outcomes),
        score_percent=model.score,
        last_execute_time=times.to_proto(model.last_executed_at),
    )


def cost_row(model: CostRow) -> result_pb2.CostRow:
    return result_pb2.CostRow(
        key=model.key,
        result_count=model.results,
        duration_ms=model.milliseconds,
        statement_count=model.statements,
        scanned_row_count=model.scanned_rows,
        unknown_scan_result_count=model.unknown_results,
        last_execute_time=times.to_proto(model.last_executed_at),
    )


def trend_point(model: TrendPoint) -> result_pb2.TrendPoint:
    return result_pb2.TrendPoint(
        start_time=times.to_proto(model.start),
        minimum=model.minimum,
        average=model.average,
        maximum=model.maximum,
        last=model.last,
        outcomes=outcome_counts(model.outcomes),
    )
