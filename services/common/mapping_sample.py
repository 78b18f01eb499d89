"""Error samples as the contract shows them."""

from __future__ import annotations

from dq.v1 import sample_pb2
from dq_platform.models.sample import ErrorSamples, SampleColumn, SampleRow, SampleValue
from services.common import times


def error_samples(model: ErrorSamples) -> sample_pb2.ErrorSamples:
    return sample_pb2.ErrorSamples(
        result_id=model.result_id,
        check_id=model.check_id,
        data_group=model.data_group,
        time_period=times.to_proto(model.time_period),
        take_time=times.to_proto(model.taken_at),
        columns=map(_column, model.columns),
        rows=map(_row, model.rows),
        more=model.more,
        error_reason=model.error_reason,
        message=model.message,
    )


def _column(model: SampleColumn) -> sample_pb2.SampleColumn:
    return sample_pb2.SampleColumn(name=model.name, identifies=model.identifies, masked=model.masked)


def _row(model: SampleRow) -> sample_pb2.SampleRow:
    return sample_pb2.SampleRow(values=map(_value, model))


def _value(model: SampleValue) -> sample_pb2.SampleValue:
    # A driver may give half a surrogate pair, which the contract's texts cannot hold.
    text = None if model.text is None else model.text.encode(errors="replace").decode()
    return sample_pb2.SampleValue(text=text, truncated=model.truncated)
