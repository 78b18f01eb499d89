"""Workspaces and API keys as the contract shows them."""

from __future__ import annotations

from collections.abc import Mapping

from dq.v1 import access_pb2, role_pb2
from dq_platform.models.workspace import ApiKey, Workspace
from services.common import times
from services.common.masks import Update
from services.common.methods import ROLES


def workspace(model: Workspace) -> access_pb2.Workspace:
    return access_pb2.Workspace(
        id=model.id,
        name=model.name,
        display_name=model.display_name,
        create_time=times.to_proto(model.create_time),
        result_retention_days=model.result_retention_days,
    )


def workspace_changes(update: Update[access_pb2.Workspace]) -> Mapping[str, object]:
    """New values by the core's field names."""
    read = {
        "display_name": update.resource.display_name,
        "result_retention_days": result_retention_days(update.resource),
    }
    return {name: value for name, value in read.items() if name in update.names}


def result_retention_days(message: access_pb2.Workspace) -> int | None:
    return message.result_retention_days if message.HasField("result_retention_days") else None


def api_key(model: ApiKey) -> access_pb2.ApiKey:
    return access_pb2.ApiKey(
        id=model.id,
        display_name=model.display_name,
        role=role_pb2.Role.ValueType(ROLES.proto(model.role)),
        create_time=times.to_proto(model.create_time),
        expire_time=times.to_proto(model.expire_time),
        revoke_time=times.to_proto(model.revoke_time),
        last_used_time=times.to_proto(model.last_used_time),
    )
