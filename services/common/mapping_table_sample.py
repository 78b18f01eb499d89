"""Samples of a table's rows between the contract and the core."""

from __future__ import annotations

from dq.v1 import table_sample_pb2
from dq_platform.models.table_sample import SampleMethod, TableSample
from services.common.enums import EnumPair

SAMPLE_METHODS = EnumPair(SampleMethod, table_sample_pb2.SampleMethod.DESCRIPTOR)


def table_sample(model: TableSample | None) -> table_sample_pb2.TableSample | None:
    if model is None:
        return None
    method = table_sample_pb2.SampleMethod.ValueType(SAMPLE_METHODS.proto(model.method))
    return table_sample_pb2.TableSample(method=method, percent=model.percent)


def given(message: table_sample_pb2.TableSample) -> TableSample:
    """The sample of a message that has both of its fields, which are required."""
    return TableSample(SAMPLE_METHODS.core(message.method), message.percent)
