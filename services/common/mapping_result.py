"""Results as the contract shows them."""

from __future__ import annotations

import math
from decimal import Decimal

from dq.v1 import check_pb2, result_pb2
from dq_platform.models.check import Mode, Target, TimeScale
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Bounds, Result, ResultBounds
from dq_platform.models.values import Number
from services.common import times
from services.common.enums import EnumPair
from services.common.mapping_table_sample import table_sample

MODES = EnumPair(Mode, check_pb2.Mode.DESCRIPTOR)
TIME_SCALES = EnumPair(TimeScale, check_pb2.TimeScale.DESCRIPTOR)
OUTCOMES = EnumPair(Outcome, result_pb2.Outcome.DESCRIPTOR)


def result(model: Result) -> result_pb2.Result:
    return result_pb2.Result(
        id=model.id,
        check_id=model.check_id,
        job_id=model.job_id,
        target=target(model.target),
        check_type=model.check_type,
        category=model.category,
        dimension=model.dimension,
        mode=check_pb2.Mode.ValueType(MODES.proto(model.mode)),
        time_scale=check_pb2.TimeScale.ValueType(TIME_SCALES.proto(model.time_scale)),
        data_group=model.data_group,
        time_period=times.to_proto(model.time_period),
        execute_time=times.to_proto(model.executed_at),
        outcome=result_pb2.Outcome.ValueType(OUTCOMES.proto(model.outcome)),
        value=double_or_none(model.value),
        value_text=digits(model.value) if model.value_text is None else model.value_text,
        expected_value=double_or_none(model.expected_value),
        expected_text=model.expected_text,
        bounds=result_bounds(model.bounds),
        message=model.message,
        error_reason=model.error_reason,
        duration_ms=model.cost.milliseconds,
        statement_count=model.cost.statements,
        scanned_row_count=model.cost.scanned_rows,
        table_sample=table_sample(model.table_sample),
        sample_row_count=model.sample_rows,
    )


def target(model: Target) -> check_pb2.Target:
    return check_pb2.Target(
        connection_id=model.connection_id,
        schema_name=model.schema_name,
        table_name=model.table_name,
        column_name=model.column_name,
    )


def double(number: Number) -> float:
    """The number as the contract shows numbers; infinite if it is too large for that."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def double_or_none(number: Number | None) -> float | None:
    return None if number is None else double(number)


def digits(number: Number | None) -> str:
    """All digits without an exponent; of a double as many as tell it from its neighbours."""
    if number is None:
        return ""
    if isinstance(number, float):
        return f"{Decimal(repr(number)):f}".removesuffix(".0") if math.isfinite(number) else repr(number)
    return f"{Decimal(number):f}"


def result_bounds(model: ResultBounds) -> result_pb2.ResultBounds:
    return result_pb2.ResultBounds(
        warning=_bounds(model.warning), error=_bounds(model.error), fatal=_bounds(model.fatal)
    )


def _bounds(model: Bounds | None) -> result_pb2.Bounds | None:
    return result_pb2.Bounds(lower=model.lower, upper=model.upper) if model else None
