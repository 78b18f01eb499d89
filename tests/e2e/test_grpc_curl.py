"""gRPC from the shell: `buf curl` finds services and methods by reflection and calls all three servers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.world import Account, World

BUF = str(Path(sys.executable).with_name("buf"))
SERVICES = {
    "connection": {"dq.v1.ConnectionService", "dq.v1.AccessService"},
    "check": {"dq.v1.CheckService", "dq.v1.ScheduleService", "dq.v1.JobService"},
    "results": {"dq.v1.ResultsService", "dq.v1.IncidentService", "dq.v1.NotificationService"},
}
CALLS = {
    "connection": ("dq.v1.ConnectionService/ListConnections", {}, "connections"),
    "check": ("dq.v1.CheckService/ListCheckTypes", {"page_size": 1, "category": "nulls"}, "checkTypes"),
    "results": ("dq.v1.ResultsService/GetSummary", {"by": "SUMMARY_BY_CONNECTION"}, "rows"),
}


def buf(world: World, server: str, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    url = f"http://{world.stack.grpc_address(server)}{path}"
    command = (BUF, "curl", "--protocol", "grpc", "--http2-prior-knowledge", *arguments, url)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("server", SERVICES)
def test_reflection_lists_the_services(server: str, world: World) -> None:
    listed = buf(world, server, "--list-services")
    assert listed.returncode == 0, listed.stderr
    assert SERVICES[server] <= set(listed.stdout.split())


@pytest.mark.parametrize("server", SERVICES)
def test_a_method_is_called_by_reflection(server: str, account: Account, connection_id: str) -> None:
    account.run(check_ids=[account.check(connection_id)])
    method, request, field = CALLS[server]
    called = buf(account.world, server, "-H", f"x-api-key: {account.key}", "-d", json.dumps(request), path=f"/{method}")
    assert called.returncode == 0, called.stderr
    assert json.loads(called.stdout)[field]


@pytest.mark.parametrize("server", SERVICES)
def test_a_call_without_a_key_is_refused(server: str, world: World) -> None:
    method, request, _ = CALLS[server]
    called = buf(world, server, "-d", json.dumps(request), path=f"/{method}")
    assert called.returncode != 0
    assert "unauthenticated" in called.stderr
