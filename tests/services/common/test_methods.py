from __future__ import annotations

from datetime import timedelta

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from dq.v1 import access_service_pb2, check_service_pb2, connection_service_pb2, job_service_pb2
from dq_platform.models.workspace import Role
from services.common.methods import RoleMissingError, methods_of

METHODS = methods_of(
    [
        access_service_pb2.DESCRIPTOR.services_by_name["AccessService"],
        check_service_pb2.DESCRIPTOR.services_by_name["CheckService"],
        connection_service_pb2.DESCRIPTOR.services_by_name["ConnectionService"],
        job_service_pb2.DESCRIPTOR.services_by_name["JobService"],
    ]
)


@pytest.mark.parametrize(
    ("path", "role", "seconds", "http_code"),
    [
        ("/dq.v1.CheckService/CreateCheck", Role.EDITOR, 30, "201"),
        ("/dq.v1.CheckService/RunCheck", Role.OPERATOR, 30, "202"),
        ("/dq.v1.CheckService/BatchRunChecks", Role.OPERATOR, 30, "202"),
        ("/dq.v1.CheckService/DeleteCheck", Role.EDITOR, 30, "204"),
        ("/dq.v1.CheckService/PreviewCheck", Role.OPERATOR, 60, ""),
        ("/dq.v1.CheckService/GetCheck", Role.VIEWER, 30, ""),
        ("/dq.v1.ConnectionService/TestConnection", Role.OPERATOR, 60, ""),
        ("/dq.v1.ConnectionService/SyncMetadata", Role.OPERATOR, 30, "202"),
        ("/dq.v1.AccessService/CreateApiKey", Role.ADMIN, 30, "201"),
        ("/dq.v1.JobService/WatchJob", Role.VIEWER, 600, ""),
    ],
)
def test_a_method_has_its_role_time_limit_and_success_code(path: str, role: Role, seconds: int, http_code: str) -> None:
    method = METHODS[path]
    assert (method.required_role, method.timeout, method.http_code) == (role, timedelta(seconds=seconds), http_code)


def test_only_streams_are_streaming() -> None:
    assert [path for path, method in METHODS.items() if method.streaming] == ["/dq.v1.JobService/WatchJob"]


def test_methods_without_a_role_are_a_start_up_error_that_lists_them() -> None:
    file = FileDescriptorProto(name="open.proto", package="open", syntax="proto3")
    file.message_type.add(name="Empty")
    service = file.service.add(name="Door")
    for name in ("Knock", "Enter"):
        service.method.add(name=name, input_type=".open.Empty", output_type=".open.Empty")
    pool = DescriptorPool()
    pool.Add(file)
    with pytest.raises(RoleMissingError, match=r"open\.Door\.Knock, open\.Door\.Enter"):
        methods_of([pool.FindServiceByName("open.Door")])
