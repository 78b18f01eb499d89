"""Tables and table settings between the contract and the core."""

from __future__ import annotations

from dq.v1 import metadata_pb2, table_history_pb2
from dq_platform.app.catalogue import ChangedTable
from dq_platform.models.metadata import (
    TableInfo,
    TableKind,
    TableSettings,
    TableSnapshot,
)
from services.common import times
from services.common.enums import EnumPair
from services.common.mapping_column import change, column

TABLE_KINDS = EnumPair(TableKind, metadata_pb2.TableKind.DESCRIPTOR)


def table(model: TableInfo) -> metadata_pb2.Table:
    return metadata_pb2.Table(
        schema_name=model.schema_name,
        table_name=model.table_name,
        kind=metadata_pb2.TableKind.ValueType(TABLE_KINDS.proto(model.kind)),
        estimated_row_count=model.estimated_rows,
        comment=model.comment,
        size_bytes=model.size_bytes,
        last_change_time=times.to_proto(model.last_change_time),
    )


def known_table(model: TableSnapshot) -> metadata_pb2.Table:
    message = table(model.table)
    message.seen_time.FromDatetime(model.taken_at)
    return message


def version(model: ChangedTable) -> table_history_pb2.TableVersion:
    seen = model.version
    return table_history_pb2.TableVersion(
        first_seen_time=times.to_proto(seen.first_seen),
        last_seen_time=times.to_proto(seen.last_seen),
        absent=seen.absent,
        table=table(seen.table),
        columns=map(column, seen.columns),
        changes=map(change, model.changes),
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
