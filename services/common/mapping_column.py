"""Columns of tables as the contract shows them, and how they differ from what was accepted."""

from __future__ import annotations

from dq.v1 import baseline_pb2, metadata_pb2
from dq_platform.models.baseline import ColumnChange, ColumnChangeKind
from dq_platform.models.metadata import ColumnInfo, DataType
from services.common.enums import EnumPair

DATA_TYPES = EnumPair(DataType, metadata_pb2.DataType.DESCRIPTOR)
CHANGE_KINDS = EnumPair(ColumnChangeKind, baseline_pb2.ColumnChangeKind.DESCRIPTOR)


def column(model: ColumnInfo) -> metadata_pb2.Column:
    return metadata_pb2.Column(
        column_name=model.name,
        position=model.position,
        engine_type=model.engine_type,
        data_type=metadata_pb2.DataType.ValueType(DATA_TYPES.proto(model.data_type)),
        nullable=model.nullable,
        primary_key=model.primary_key,
        comment=model.comment,
    )


def change(model: ColumnChange) -> baseline_pb2.ColumnChange:
    return baseline_pb2.ColumnChange(
        kind=baseline_pb2.ColumnChangeKind.ValueType(CHANGE_KINDS.proto(model.kind)),
        column_name=model.column_name,
        before=model.before,
        after=model.after,
    )


def change_to_core(message: baseline_pb2.ColumnChange) -> ColumnChange:
    return ColumnChange(CHANGE_KINDS.core(message.kind), message.column_name, message.before, message.after)
