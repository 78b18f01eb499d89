"""Back-tests between the contract and the core."""

from __future__ import annotations

from datetime import UTC

from dq.v1 import backtest_pb2, check_service_pb2, result_pb2
from dq_platform.app.backtest import BacktestRequest, Trial
from dq_platform.checks.backtest import BacktestPoint
from dq_platform.models.page import Page
from services.check import mapping_check
from services.common import times
from services.common.mapping_job import outcome_counts
from services.common.mapping_result import OUTCOMES, digits, double, double_or_none, result_bounds
from services.common.mapping_table_sample import table_sample


def request(message: check_service_pb2.BacktestCheckRequest) -> BacktestRequest:
    return BacktestRequest(
        check_id=message.check_id,
        thresholds=mapping_check.given_thresholds(message.thresholds),
        check_type=message.check_type,
        data_group=message.data_group,
        start=times.field_to_core(message, "start_time"),
        end=times.field_to_core(message, "end_time"),
    )


def response(model: Trial, page: Page[BacktestPoint], token: str) -> check_service_pb2.BacktestCheckResponse:
    points = model.backtest.points
    return check_service_pb2.BacktestCheckResponse(
        points=map(point, page.items),
        next_page_token=token,
        outcomes=outcome_counts(model.backtest.outcomes),
        period_count=len(points),
        excluded_period_count=sum(not one.learnt for one in points),
        alert_percent=model.backtest.alert_percent,
        thresholds=mapping_check.thresholds(model.tried.thresholds),
        check_type=model.tried.check_type.name,
        rule=model.tried.rule.name,
        time_zone=model.time_zone,
        table_sample=table_sample(model.table_sample),
    )


def point(model: BacktestPoint) -> backtest_pb2.BacktestPoint:
    return backtest_pb2.BacktestPoint(
        time_period=times.to_proto(model.point.time_period),
        value=double(model.value),
        value_text=_spelled(model),
        expected_value=double_or_none(model.telling.expected_value),
        expected_text=model.telling.expected,
        bounds=result_bounds(model.bounds),
        outcome=result_pb2.Outcome.ValueType(OUTCOMES.proto(model.outcome)),
        message=model.telling.reason,
        excluded_from_training=not model.learnt,
    )


def _spelled(model: BacktestPoint) -> str:
    """As a result spells it: a date as a date, unless the rule judged something else, such as a difference."""
    text = model.point.text if model.telling.value is None else None
    return digits(model.value) if text is None else text


def by_period(model: BacktestPoint) -> tuple[str, ...]:
    """What points are paged by."""
    return (model.point.time_period.astimezone(UTC).isoformat(timespec="microseconds"),)
