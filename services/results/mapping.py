"""Results and incidents between the contract and the core."""

from __future__ import annotations

from dq.v1 import check_pb2, incident_pb2, incident_service_pb2, result_pb2, results_service_pb2
from dq_platform.app.results import TrendRequest
from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind, IncidentFilter, IncidentStatus
from dq_platform.models.outcome import Severity
from dq_platform.models.result import CostRow, ResultFilter, ResultOrder, SummaryBy, SummaryRow, TrendBucket, TrendPoint
from services.common import times
from services.common.enums import EnumPair
from services.common.mapping_job import outcome_counts
from services.common.mapping_result import MODES, OUTCOMES

SUMMARY_BYS = EnumPair(SummaryBy, result_pb2.SummaryBy.DESCRIPTOR)
ORDERS = EnumPair(ResultOrder, results_service_pb2.ResultOrder.DESCRIPTOR)
BUCKETS = EnumPair(TrendBucket, result_pb2.TrendBucket.DESCRIPTOR)
STATUSES = EnumPair(IncidentStatus, incident_pb2.IncidentStatus.DESCRIPTOR)
EVENT_KINDS = EnumPair(IncidentEventKind, incident_pb2.IncidentEventKind.DESCRIPTOR)
SEVERITIES = EnumPair(Severity, check_pb2.Severity.DESCRIPTOR)


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


def incident_filter(message: incident_service_pb2.ListIncidentsRequest) -> IncidentFilter:
    return IncidentFilter(
        status=STATUSES.cores(message.statuses),
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_name=message.table_name,
        min_severity=SEVERITIES.core_or_none(message.min_severity),
    )


def incident(model: Incident) -> incident_pb2.Incident:
    return incident_pb2.Incident(
        id=model.id,
        connection_id=model.key.connection_id,
        schema_name=model.key.schema_name,
        table_name=model.key.table_name,
        dimension=model.key.dimension,
        category=model.key.category,
        status=incident_pb2.IncidentStatus.ValueType(STATUSES.proto(model.status)),
        highest_severity=check_pb2.Severity.ValueType(SEVERITIES.proto(model.highest_severity)),
        failure_count=model.failure_count,
        failing_check_count=model.failing_check_count,
        first_seen_time=times.to_proto(model.first_seen_time),
        last_seen_time=times.to_proto(model.last_seen_time),
        mute_until_time=times.to_proto(model.mute_until_time),
        acknowledge_time=times.to_proto(model.acknowledge_time),
        resolve_time=times.to_proto(model.resolve_time),
        previous_incident_id=model.previous_incident_id,
        excluded_from_training=model.excluded_from_training,
    )


def incident_event(model: IncidentEvent) -> incident_pb2.IncidentEvent:
    return incident_pb2.IncidentEvent(
        id=model.id,
        incident_id=model.incident_id,
        kind=incident_pb2.IncidentEventKind.ValueType(EVENT_KINDS.proto(model.kind)),
        actor=model.actor,
        note=model.note,
        create_time=times.to_proto(model.create_time),
        severity=check_pb2.Severity.ValueType(SEVERITIES.proto(model.severity)),
    )
