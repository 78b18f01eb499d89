"""Connections and their types between the contract and the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dq.v1 import connection_pb2, metadata_pb2, table_sample_pb2
from dq_platform.app.connections import ConnectionDraft, public_settings
from dq_platform.app.etag import etag_of
from dq_platform.connectors.base import BaseConnector
from dq_platform.connectors.dialect import Sampling
from dq_platform.models.connection import Connection
from services.common import times
from services.common.mapping_budget import budget, budget_to_core
from services.common.mapping_setting import setting
from services.common.mapping_table_sample import SAMPLE_METHODS
from services.common.masks import Update
from services.common.structs import plain, to_struct
from services.connection.mapping_metadata import TABLE_KINDS


def connection(model: Connection) -> connection_pb2.Connection:
    """Without secrets, whose names alone are told."""
    settings, secrets = public_settings(model)
    return connection_pb2.Connection(
        id=model.id,
        display_name=model.display_name,
        description=model.description,
        type=model.type,
        settings=to_struct(settings),
        configured_secrets=secrets,
        time_zone=model.time_zone,
        labels=model.labels,
        create_time=times.to_proto(model.create_time),
        update_time=times.to_proto(model.update_time),
        etag=etag_of(model.version),
        budget=budget(model.budget),
        paused=model.pause is not None,
        pause_time=times.to_proto(model.pause.at) if model.pause else None,
        paused_by=model.pause.by if model.pause else "",
        pause_note=model.pause.note if model.pause else "",
    )


def draft(message: connection_pb2.Connection) -> ConnectionDraft:
    return ConnectionDraft(
        display_name=message.display_name,
        type=message.type,
        settings=plain(message.settings),
        description=message.description,
        time_zone=message.time_zone or "UTC",
        labels=dict(message.labels),
        budget=budget_to_core(message.budget),
    )


def changes(update: Update[connection_pb2.Connection]) -> Mapping[str, object]:
    """New values by the core's field names."""
    return {name: read(update.resource) for name, read in _READ.items() if name in update.names}


_READ: Mapping[str, Callable[[connection_pb2.Connection], object]] = {
    "display_name": lambda message: message.display_name,
    "description": lambda message: message.description,
    "settings": lambda message: plain(message.settings),
    "time_zone": lambda message: message.time_zone or "UTC",
    "labels": lambda message: dict(message.labels),
    "budget": lambda message: budget_to_core(message.budget),
}


def connection_type(name: str, connector: type[BaseConnector]) -> connection_pb2.ConnectionType:
    return connection_pb2.ConnectionType(
        name=name,
        display_name=connector.display_name,
        settings=map(setting, connector.settings_schema),
        table_samples=map(_support, connector.dialect.sampling),
    )


def _support(sampling: Sampling) -> table_sample_pb2.SampleSupport:
    return table_sample_pb2.SampleSupport(
        method=table_sample_pb2.SampleMethod.ValueType(SAMPLE_METHODS.proto(sampling.method)),
        table_kinds=(metadata_pb2.TableKind.ValueType(number) for number in TABLE_KINDS.protos(sampling.kinds)),
    )
