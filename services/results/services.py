"""The services of the results server."""

from __future__ import annotations

from collections.abc import Sequence

from dq.v1 import incident_service_pb2, notification_service_pb2, results_service_pb2
from dq.v1.incident_service_pb2_grpc import add_IncidentServiceServicer_to_server
from dq.v1.notification_service_pb2_grpc import add_NotificationServiceServicer_to_server
from dq.v1.results_service_pb2_grpc import add_ResultsServiceServicer_to_server
from services.common.server import Service
from services.common.wiring import Parts
from services.results.servicer_incidents import IncidentServicer
from services.results.servicer_notifications import NotificationServicer
from services.results.servicer_results import ResultsServicer


def services(parts: Parts) -> Sequence[Service]:
    """ResultsService, IncidentService and NotificationService."""
    return [
        Service(
            results_service_pb2.DESCRIPTOR.services_by_name["ResultsService"],
            ResultsServicer(parts.deps, parts.tokens),
            add_ResultsServiceServicer_to_server,
        ),
        Service(
            incident_service_pb2.DESCRIPTOR.services_by_name["IncidentService"],
            IncidentServicer(parts.deps, parts.tokens),
            add_IncidentServiceServicer_to_server,
        ),
        Service(
            notification_service_pb2.DESCRIPTOR.services_by_name["NotificationService"],
            NotificationServicer(parts),
            add_NotificationServiceServicer_to_server,
        ),
    ]
