"""Tables and table settings between the contract and the core."""

from __future__ import annotations

from dq.v1 import metadata_pb2
from dq_platform.models.metadata import TableInfo, TableKind, TableSettings
from services.common.enums import EnumPair

TABLE_KINDS = EnumPair(TableKind, metadata_pb2.TableKind.DESCRIPTOR)


def table(model: TableInfo) -> metadata_pb2.Table:
    return metadata_pb2.Table(
        schema_name=model.schema_name,
        table_name=model.table_name,
        kind=metadata_pb2.TableKind.ValueType(TABLE_KINDS.proto(model.kind)),
        estimated_row_count=model.estimated_rows,
        comment=model.comment,
    )


def table_settings(model: TableSettings) -> metadata_pb2.TableSettings:
    return metadata_pb2.TableSettings(
        connection_id=model.connection_id,
        schema_name=model.schema_name,
        table_name=model.table_name,
        filter=model.filter,
        id_columns=model.id_columns,
        pii_columns=model.pii_columns,
    )


def table_settings_to_core(message: metadata_pb2.TableSettings) -> TableSettings:
    return TableSettings(
        connection_id=message.connection_id,
        schema_name=message.schema_name,
        table_name=message.table_name,
        filter=message.filter,
        id_columns=tuple(message.id_columns),
        pii_columns=tuple(message.pii_columns),
    )
