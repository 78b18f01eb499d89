"""The services of the connection server."""

from __future__ import annotations

from collections.abc import Sequence

from dq.v1 import access_service_pb2, connection_service_pb2
from dq.v1.access_service_pb2_grpc import add_AccessServiceServicer_to_server
from dq.v1.connection_service_pb2_grpc import add_ConnectionServiceServicer_to_server
from services.common.server import Service
from services.common.wiring import Parts
from services.connection.servicer_access import AccessServicer
from services.connection.servicer_connections import ConnectionServicer


def services(parts: Parts) -> Sequence[Service]:
    """ConnectionService and AccessService."""
    return [
        Service(
            connection_service_pb2.DESCRIPTOR.services_by_name["ConnectionService"],
            ConnectionServicer(parts.deps, parts.tokens),
            add_ConnectionServiceServicer_to_server,
        ),
        Service(
            access_service_pb2.DESCRIPTOR.services_by_name["AccessService"],
            AccessServicer(parts.deps, parts.tokens),
            add_AccessServiceServicer_to_server,
        ),
    ]
