from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from redis import Redis
from rich.console import Console

from local.errors import AlreadyRunning, ChildDied, CommandFailed
from local.ports import LOOPBACK, is_free
from local.ready import grpc_serves, http_serves
from local.settings import Ports, StackSettings
from local.stack import DATABASE, SERVERS, Stack, StackOptions
from tests.engines.places import reachable_directory
from tests.local.processes import is_running, next_line, python

UP = """
import sys
from contextlib import suppress
from pathlib import Path
from rich.console import Console
from local.settings import Ports
from local.stack import Stack, StackOptions

options = StackOptions(Path(sys.argv[1]), ports=Ports.free(), durable=False)
# The signal may come before `wait` is there to take it.
with suppress(KeyboardInterrupt), Stack(options, Console(quiet=True)) as stack:
    print(*(child.pid for child in stack._supervisor.children), flush=True)
    stack.wait()
print("stopped", flush=True)
"""
PROCESSES = ["postgres", "redis", "connection", "check", "results", "worker-1", "worker-2", "cron", "gateway"]


def options(directory: Path) -> StackOptions:
    return StackOptions(directory / "state", workers=2, ports=Ports.free(), durable=False)


def quiet() -> Console:
    return Console(quiet=True)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with reachable_directory() as directory, Stack(options(directory), quiet()) as running:
        yield running


def test_everything_is_ready_when_the_block_is_entered(stack: Stack) -> None:
    assert all(grpc_serves(stack.grpc_address(server)) for server in SERVERS)
    assert http_serves(f"{stack.gateway_url}/readyz")
    with closing(Redis.from_url(stack.redis_url)) as redis:
        assert redis.ping()
    stack.check()


def test_the_database_is_migrated(stack: Stack) -> None:
    with closing(stack.postgres.connect(DATABASE)) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM alembic_version")
        assert cursor.fetchone() == (1,)


def test_each_process_has_an_id_and_a_log(stack: Stack) -> None:
    assert all(is_running(stack.pid_of(name)) for name in PROCESSES)
    logs = {path.stem for path in (stack.directory / "logs").iterdir()}
    assert logs == {*PROCESSES, "migrate"}


def test_other_users_can_read_nothing_of_its_state(stack: Stack) -> None:
    open_to_others = [path for path in stack.directory.iterdir() if path.stat().st_mode & 0o044]
    assert open_to_others == []


def test_the_environment_holds_what_a_tool_beside_it_needs(stack: Stack) -> None:
    environment = stack.environment()
    assert environment["DATABASE_URL"].startswith("postgresql+asyncpg://dq:")
    assert environment["REDIS_URL"] == stack.redis_url
    assert environment["ENCRYPTION_KEY"] == stack.settings.encryption_key
    assert environment["DQ_CHECK_ADDR"] == f"{LOOPBACK}:{environment['DQ_CHECK_PORT']}"


def test_addresses_hold_no_secrets(stack: Stack) -> None:
    text = str(stack.addresses())
    assert stack.settings.database_password not in text
    assert stack.gateway_url in text


def test_a_second_stack_on_the_same_directory_is_told_where_the_first_one_is(stack: Stack) -> None:
    with pytest.raises(AlreadyRunning) as caught, Stack(stack.options, quiet()):
        pass
    assert caught.value.pid == os.getpid()
    assert f"{stack.gateway_url}/docs" in str(caught.value)
    stack.check()


def test_what_it_keeps_is_there_after_a_restart_and_a_taken_port_is_replaced(place: Path, console: Console) -> None:
    chosen = options(place)
    with Stack(chosen, quiet()) as first:
        first.postgres.create_database("kept")
        settings = first.settings
    assert all(is_free(port) for port in asdict(settings.ports).values())
    with socket.create_server((LOOPBACK, settings.ports.gateway)), Stack(chosen, console) as second:
        assert not second.postgres.create_database("kept")
        assert second.settings.encryption_key == settings.encryption_key
        moved = replace(settings.ports, gateway=second.settings.ports.gateway)
        assert second.settings.ports == moved
        assert moved.gateway > settings.ports.gateway
        assert http_serves(f"{second.gateway_url}/readyz")
    assert f"Port {settings.ports.gateway} (gateway) is taken: using {moved.gateway}." in console.export_text()
    assert StackSettings.load(chosen.directory).ports == moved


def test_a_dead_worker_is_reported_and_everything_stops(place: Path) -> None:
    with Stack(options(place), quiet()) as stack:
        pids = [stack.pid_of(name) for name in PROCESSES]
        os.kill(stack.pid_of("worker-2"), signal.SIGKILL)
        with pytest.raises(ChildDied, match="worker-2 stopped by itself"):
            stack.wait()
    assert [pid for pid in pids if is_running(pid)] == []


def test_a_failed_migration_is_told_with_its_output_and_everything_stops(place: Path) -> None:
    chosen = replace(options(place), environment={"DATABASE_URL": "no-database://"})
    with pytest.raises(CommandFailed, match=r"The migration of the database failed \(exit code 1\)"):
        Stack(chosen, quiet()).__enter__()
    assert all(is_free(port) for port in asdict(chosen.ports).values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_in_order(place: Path, number: signal.Signals) -> None:
    with python(UP, str(place / "state")) as up:
        pids = [int(pid) for pid in next_line(up).split()]
        up.send_signal(number)
        assert next_line(up) == "stopped"
        assert up.wait() == 0
        assert [pid for pid in pids if is_running(pid)] == []


def test_after_a_kill_nothing_is_left_and_it_can_start_again_at_once(place: Path) -> None:
    state = place / "state"
    with python(UP, str(state)) as up:
        pids = [int(pid) for pid in next_line(up).split()]
        up.kill()
        up.wait()
    with Stack(StackOptions(state, durable=False), quiet()) as stack:
        assert [pid for pid in pids if is_running(pid)] == []
        stack.check()
