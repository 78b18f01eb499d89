"""The services of the check server."""

from __future__ import annotations

from collections.abc import Sequence

from dq.v1 import check_service_pb2, job_service_pb2, schedule_service_pb2
from dq.v1.check_service_pb2_grpc import add_CheckServiceServicer_to_server
from dq.v1.job_service_pb2_grpc import add_JobServiceServicer_to_server
from dq.v1.schedule_service_pb2_grpc import add_ScheduleServiceServicer_to_server
from services.check.servicer_checks import CheckServicer
from services.check.servicer_jobs import JobServicer
from services.check.servicer_schedules import ScheduleServicer
from services.common.server import Service
from services.common.wiring import Parts


def services(parts: Parts) -> Sequence[Service]:
    """CheckService, ScheduleService and JobService."""
    return [
        Service(
            check_service_pb2.DESCRIPTOR.services_by_name["CheckService"],
            CheckServicer(parts.deps, parts.tokens),
            add_CheckServiceServicer_to_server,
        ),
        Service(
            schedule_service_pb2.DESCRIPTOR.services_by_name["ScheduleService"],
            ScheduleServicer(parts.deps, parts.tokens),
            add_ScheduleServiceServicer_to_server,
        ),
        Service(
            job_service_pb2.DESCRIPTOR.services_by_name["JobService"],
            JobServicer(parts.deps, parts.tokens),
            add_JobServiceServicer_to_server,
        ),
    ]
