"""Health, reflection and the processes themselves, seen from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from dq.v1 import job_service_pb2, job_service_pb2_grpc
from dq_platform.errors import StoreUnavailable
from dq_platform.models.workspace import Role
from dq_platform.settings import ServerSettings
from local.ports import any_free
from services.common.process import config_of
from services.common.server import PortTakenError, Server
from tests.services.platform import HEADER, HOST, SERVERS, Account, Platform
from tests.services.shop import Shop

BUF = Path(sys.executable).with_name("buf")
SERVICES = {
    "connection": ["dq.v1.AccessService", "dq.v1.ConnectionService"],
    "check": ["dq.v1.CheckService", "dq.v1.JobService", "dq.v1.ScheduleService"],
    "results": ["dq.v1.IncidentService", "dq.v1.NotificationService", "dq.v1.ResultsService"],
}
METHODS = {
    "connection": ("ConnectionService/ListConnectionTypes", "connectionTypes"),
    "check": ("CheckService/GetCheckType", "checkType"),
    "results": ("ResultsService/ListResults", None),
}
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


async def health(address: str, service: str = "") -> int:
    async with grpc.aio.insecure_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        return (await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=5)).status


async def buf(*arguments: str) -> str:
    """What `buf curl` answers over reflection."""
    process = await asyncio.create_subprocess_exec(
        BUF, "curl", "--http2-prior-knowledge", "--protocol", "grpc", "--reflect", *arguments,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


class TestHealth:
    @pytest.mark.parametrize("name", SERVERS)
    async def test_every_service_and_the_server_itself_are_serving(self, servers: Platform, name: str) -> None:
        address = f"{HOST}:{servers.ports[name]}"
        for service in ("", *SERVICES[name]):
            assert await health(address, service) == SERVING

    async def test_a_service_of_another_server_is_unknown(self, servers: Platform) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await health(f"{HOST}:{servers.ports['check']}", "dq.v1.ResultsService")
        assert error.value.code() is grpc.StatusCode.NOT_FOUND

    async def test_a_server_is_not_serving_until_its_store_answered(
        self, servers: Platform, settings: ServerSettings, tmp_path: Path
    ) -> None:
        answers = asyncio.Event()

        async def store_answers() -> None:
            if not answers.is_set():
                raise StoreUnavailable

        ready = tmp_path / "ready"
        server = new_server(servers, settings, ready_file=ready)
        starting = asyncio.create_task(server.start(store_answers))
        address = f"{HOST}:{server.port}"
        while True:
            try:
                assert await health(address) == NOT_SERVING
                break
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.02)
        assert not ready.exists()
        answers.set()
        await starting
        assert await health(address, "dq.v1.JobService") == SERVING
        assert ready.exists()
        await server.stop()
        assert not ready.exists()

    async def test_a_server_that_stops_says_so_first_and_lets_calls_end(
        self, account: Account, settings: ServerSettings
    ) -> None:
        servers = account.platform
        async with started(servers, settings) as server:
            channel = grpc.aio.insecure_channel(f"{HOST}:{server.port}")
            stub = health_pb2_grpc.HealthStub(channel)
            statuses = stub.Watch(health_pb2.HealthCheckRequest(service=""))
            assert (await statuses.read()).status == SERVING
            stopping = asyncio.create_task(server.stop())
            assert (await statuses.read()).status == NOT_SERVING
            statuses.cancel()
            await stopping
            await channel.close()


class TestReflection:
    @pytest.mark.parametrize("name", SERVERS)
    async def test_buf_lists_the_services_of_a_server(self, servers: Platform, name: str) -> None:
        listed = (await buf(f"http://{HOST}:{servers.ports[name]}", "--list-services")).split()
        infrastructure = ["grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"]
        assert sorted(listed) == [*SERVICES[name], *infrastructure]

    @pytest.mark.parametrize("name", SERVERS)
    async def test_buf_calls_a_method_of_a_server(self, account: Account, name: str) -> None:
        method, field = METHODS[name]
        viewer = await account.with_role(Role.VIEWER)
        answer = await buf(
            *("--header", f"{HEADER}: {viewer.metadata[0][1]}"),
            *("--data", '{"name": "nulls_percent"}' if name == "check" else "{}"),
            f"http://{HOST}:{account.platform.ports[name]}/dq.v1.{method}",
        )
        assert list(json.loads(answer)) == ([field] if field else [])

    async def test_a_server_without_reflection_shows_nothing(self, servers: Platform, settings: ServerSettings) -> None:
        async with started(servers, settings, reflection=False) as server:
            with pytest.raises(AssertionError, match="unimplemented"):
                await buf(f"http://{HOST}:{server.port}", "--list-services")


class TestServer:
    async def test_a_port_is_served_once(self, servers: Platform, settings: ServerSettings) -> None:
        with pytest.raises(PortTakenError, match=str(servers.ports["check"])):
            new_server(servers, settings, port=servers.ports["check"])

    async def test_answers_above_the_usual_limit_of_4_mib_are_served(self, account: Account) -> None:
        text = "x" * (1024 * 1024)
        wanted = {"display_name": "big", "type": "postgresql", "settings": {"host": text}}
        big = {f"label{n}": text for n in range(6)}
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await account.admin.CreateConnection(connection=wanted | {"labels": big})
        assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT

    async def test_a_watch_does_not_hold_up_a_stop_beyond_the_grace_time(
        self, shop: Shop, settings: ServerSettings
    ) -> None:
        job = await shop.job()
        key = shop.admin.metadata[0][1]
        brief = timedelta(milliseconds=100)
        async with (
            started(shop.account.platform, settings, grace=brief) as server,
            grpc.aio.insecure_channel(f"{HOST}:{server.port}") as channel,
        ):
            stub = job_service_pb2_grpc.JobServiceStub(channel)
            stream = stub.WatchJob(job_service_pb2.WatchJobRequest(job_id=job.id), metadata=((HEADER, key),))
            await stream.read()
            async with asyncio.timeout(5):
                await server.stop()
            with pytest.raises(grpc.aio.AioRpcError):
                await stream.read()


class TestProcess:
    @pytest.fixture
    def environment(self, settings: ServerSettings, tmp_path: Path) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "REDIS_URL": settings.redis_url.get_secret_value(),
            "ENCRYPTION_KEY": settings.encryption_key.get_secret_value(),
            "DQ_HOST": HOST,
            "DQ_READY_FILE": str(tmp_path / "ready"),
            **{f"DQ_{name.upper()}_PORT": str(any_free()) for name in SERVERS},
        }

    @pytest.fixture
    def processes(self) -> Iterator[list[subprocess.Popen[str]]]:
        started: list[subprocess.Popen[str]] = []
        yield started
        for process in started:
            process.kill()
            process.communicate()

    @pytest.mark.parametrize("name", SERVERS)
    @pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
    async def test_a_process_serves_until_it_is_told_to_stop(
        self,
        environment: dict[str, str],
        processes: list[subprocess.Popen[str]],
        tmp_path: Path,
        name: str,
        stop: signal.Signals,
    ) -> None:
        process = run(name, environment)
        processes.append(process)
        while not (tmp_path / "ready").exists():
            assert process.poll() is None, process.communicate()
            await asyncio.sleep(0.05)
        assert await health(f"{HOST}:{environment[f'DQ_{name.upper()}_PORT']}", SERVICES[name][0]) == SERVING
        process.send_signal(stop)
        _, log = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0, log
        assert "Traceback" not in log
        assert not (tmp_path / "ready").exists()

    @pytest.mark.parametrize("name", SERVERS)
    def test_all_wrong_settings_are_told_in_one_message_without_their_values(
        self, environment: dict[str, str], processes: list[subprocess.Popen[str]], name: str
    ) -> None:
        del environment["DATABASE_URL"]
        environment |= {"ENCRYPTION_KEY": "not-a-key-but-private", "DQ_CHECK_PORT": "many"}
        process = run(name, environment)
        processes.append(process)
        _, told = process.communicate()
        assert process.returncode == 2
        for setting in ("DATABASE_URL", "ENCRYPTION_KEY", "DQ_CHECK_PORT"):
            assert setting in told
        assert "private" not in told
        assert "Traceback" not in told

    def test_a_taken_port_is_one_clear_message(
        self, environment: dict[str, str], processes: list[subprocess.Popen[str]], servers: Platform
    ) -> None:
        environment["DQ_RESULTS_PORT"] = str(servers.ports["results"])
        process = run("results", environment)
        processes.append(process)
        _, told = process.communicate()
        assert process.returncode == 1
        assert f"{servers.ports['results']} cannot be listened on" in told
        assert "Traceback" not in told

    async def test_a_process_whose_store_is_away_stops_when_told(
        self, environment: dict[str, str], processes: list[subprocess.Popen[str]]
    ) -> None:
        environment["DATABASE_URL"] = f"postgresql://dq:dq@{HOST}:{any_free()}/dq"
        process = run("check", environment)
        processes.append(process)
        address = f"{HOST}:{environment['DQ_CHECK_PORT']}"
        while True:
            try:
                assert await health(address) == NOT_SERVING
                break
            except grpc.aio.AioRpcError:
                assert process.poll() is None, process.communicate()
                await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.communicate)
        assert process.returncode == 0


def run(name: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-m", f"services.{name}"),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def new_server(servers: Platform, settings: ServerSettings, **changes: object) -> Server:
    config = replace(config_of("check", settings), **{"host": HOST, "port": 0} | changes)
    return Server(config, SERVERS["check"](servers.parts), servers.parts.verifier, servers.parts.telemetry)


@asynccontextmanager
async def started(servers: Platform, settings: ServerSettings, **changes: object) -> AsyncIterator[Server]:
    server = new_server(servers, settings, **changes)
    await server.start(servers.parts.store_answers)
    try:
        yield server
    finally:
        await server.stop()
