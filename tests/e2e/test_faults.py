"""What goes wrong beside the platform: a worker is killed, two crons run, Redis forgets everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from redis import Redis
from rich.console import Console

from cli.api import Api
from cli.runs import states
from local.child import Command
from local.ports import LOOPBACK, any_free
from local.ready import grpc_serves, http_serves
from local.stack import DATABASE, Stack
from local.supervisor import Service, Supervisor
from tests.e2e.world import SHOP, Account, World, ok, pages

WORKERS = ("worker-1", "worker-2")
VIEWS = 12
SCHEDULES = 25


@contextmanager
def process(stack: Stack, module: str, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One more process of the platform, ready; killed at the end if it still runs."""
    ready, log = directory / "ready", directory / "log"
    command = (sys.executable, "-P", "-m", module)
    with log.open("wb") as output:
        environment = os.environ | stack.environment() | {"DQ_READY_FILE": str(ready)}
        with subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT) as child:
            try:
                until(lambda: ready.exists() or child.poll() is not None)
                assert child.poll() is None, log.read_text()
                yield child
            finally:
                child.kill()


@contextmanager
def standing_still(stack: Stack) -> Iterator[None]:
    """The stack's own workers do nothing inside the block; they go on after it."""
    pids = [stack.pid_of(name) for name in WORKERS]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def units(stack: Stack, job_id: str) -> Counter[str]:
    """How many units of the job are in which state."""
    with closing(stack.postgres.connect(DATABASE)) as link, link.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM job_units WHERE job_id = %s GROUP BY state", (job_id,))
        return Counter(dict(cursor.fetchall()))


def attempts(stack: Stack, job_id: str) -> int:
    """The most attempts that a unit of the job took."""
    with closing(stack.postgres.connect(DATABASE)) as link, link.cursor() as cursor:
        cursor.execute("SELECT max(attempt) FROM job_units WHERE job_id = %s", (job_id,))
        return int(cursor.fetchone()[0])


@pytest.fixture
def slow_checks(own: Account) -> list[str]:
    """Ids of checks, each of a view of its own that takes a second to read."""
    with closing(own.world.stack.postgres.connect(SHOP)) as link, link, link.cursor() as cursor:
        for number in range(VIEWS):
            cursor.execute(
                f"CREATE OR REPLACE VIEW shop.slow_{number} AS"
                " SELECT nap::text AS email FROM (SELECT pg_sleep(1) AS nap) AS sleeper"
            )
    connection_id = own.connect()
    return [own.check(connection_id, table=f"slow_{number}") for number in range(VIEWS)]


def assert_one_result_each(account: Account, job_id: str, check_ids: list[str]) -> None:
    assert account.finished(job_id)["state"] == "JOB_STATE_SUCCEEDED"
    counted = Counter(result["check_id"] for result in account.results(job_id))
    assert counted == dict.fromkeys(check_ids, 1)
    job = ok(account.rest.get(f"/jobs/{job_id}"))
    assert sum(int(count) for count in job["outcomes"].values()) == len(check_ids)
    assert job["units_done_count"] == job["unit_count"] == len(check_ids)


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(
    own: Account, slow_checks: list[str], tmp_path: Path
) -> None:
    stack = own.world.stack
    with standing_still(stack), process(stack, "workers", tmp_path) as worker:
        job_id = ok(own.rest.post("/checks/batch/run", json={"selector": {"check_ids": slow_checks}}))["id"]
        until(lambda: units(stack, job_id)["succeeded"] >= 1 and units(stack, job_id)["running"] >= 1)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        done = units(stack, job_id)["succeeded"]
    assert 1 <= done < VIEWS
    assert_one_result_each(own, job_id, slow_checks)
    assert attempts(stack, job_id) == 2


def test_a_worker_asked_to_stop_hands_its_work_back(own: Account, slow_checks: list[str], tmp_path: Path) -> None:
    stack = own.world.stack
    with standing_still(stack), process(stack, "workers", tmp_path) as worker:
        job_id = ok(own.rest.post("/checks/batch/run", json={"selector": {"check_ids": slow_checks}}))["id"]
        until(lambda: units(stack, job_id)["running"] >= 1)
        worker.terminate()
        assert worker.wait(20) == 0
    assert_one_result_each(own, job_id, slow_checks)


def test_a_batch_survives_a_queue_that_forgets_everything(own: Account) -> None:
    stack = own.world.stack
    connection_id = own.connect()
    check_ids = [own.check(connection_id, table=table, column=column) for table, column in COLUMNS]
    with standing_still(stack):
        job_id = ok(own.rest.post("/checks/batch/run", json={"selector": {"check_ids": check_ids}}))["id"]
        with closing(Redis.from_url(stack.redis_url)) as redis:
            redis.flushall()
    assert_one_result_each(own, job_id, check_ids)


COLUMNS = [("customers", "email"), ("orders", "status"), ("payments", "method"), ("events", "event_type")]


def test_a_watch_goes_on_when_gateway_and_server_come_back(own: Account, tmp_path: Path) -> None:
    stack = own.world.stack
    own.check(own.connect())
    address, url = f"{LOOPBACK}:{any_free()}", f"http://{LOOPBACK}:{any_free()}"
    ports = {"DQ_CHECK_PORT": address.split(":")[1], "DQ_CHECK_ADDR": address, "DQ_GATEWAY_PORT": url.split(":")[2]}
    environment = os.environ | stack.environment() | ports
    services = [
        Service(
            Command("check", (sys.executable, "-P", "-m", "services.check"), tmp_path / "check.log", environment),
            partial(grpc_serves, address),
        ),
        Service(
            Command("gateway", (sys.executable, "-P", "-m", "gateway"), tmp_path / "gateway.log", environment),
            partial(http_serves, f"{url}/readyz?service=dq.v1.JobService"),
        ),
    ]
    cuts: list[float] = []
    with Api(url, own.key) as api, Supervisor(Console(quiet=True)) as supervisor:
        supervisor.start(services)
        with standing_still(stack):
            job_id = ok(own.rest.post("/checks/batch/run", json={"selector": {}}))["id"]
            watching = states(api, job_id, lambda: cuts.append(time.monotonic()))
            assert next(watching)["state"] == "JOB_STATE_QUEUED"
            for child in supervisor.children:
                os.kill(child.pid, signal.SIGKILL)
            supervisor.stop()
            supervisor.start(services)
        assert list(watching)[-1]["state"] == "JOB_STATE_SUCCEEDED"
    assert cuts


def test_two_crons_fire_a_schedule_once(own: Account, tmp_path: Path) -> None:
    stack = own.world.stack
    check_id = own.check(own.connect())
    body = {"display_name": "nightly", "cron": "0 3 * * *", "selector": {"check_ids": [check_id]}}
    made = [ok(own.rest.post("/schedules", json=body))["id"] for _ in range(SCHEDULES)]
    with process(stack, "workers.cron", tmp_path):
        with closing(stack.postgres.connect(DATABASE)) as link, link, link.cursor() as cursor:
            late = "UPDATE schedules SET next_run_time = now() - interval '1 second' WHERE id = ANY(%s::uuid[])"
            cursor.execute(late, (made,))
            assert cursor.rowcount == SCHEDULES
        until(lambda: len(jobs_by_schedule(own)) == SCHEDULES)
        time.sleep(2.5)  # two more rounds of both
        assert jobs_by_schedule(own) == dict.fromkeys(made, 1)
    for schedule in pages(own.rest, "/schedules", "schedules"):
        assert schedule["last_run_time"] < schedule["next_run_time"]


def jobs_by_schedule(account: Account) -> Counter[str]:
    return Counter(job["schedule_id"] for job in pages(account.rest, "/jobs", "jobs") if job["schedule_id"])


def test_a_cancelled_job_stops_its_statement_on_the_source(own: Account) -> None:
    with closing(own.world.stack.postgres.connect(SHOP)) as link, link, link.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE VIEW shop.endless AS"
            " SELECT nap::text AS email FROM (SELECT pg_sleep(300) AS nap) AS sleeper"
        )
    check_id = own.check(own.connect(), table="endless")
    job_id = ok(own.rest.post(f"/checks/{check_id}/run", json={}))["id"]
    until(lambda: statements(own.world, "endless") == 1)
    ok(own.rest.post(f"/jobs/{job_id}/cancel", json={}))
    assert own.finished(job_id)["state"] == "JOB_STATE_CANCELLED"
    until(lambda: statements(own.world, "endless") == 0)
    assert own.results(job_id) == []


def statements(world: World, table: str) -> int:
    """How many statements about the table run on the source now."""
    with closing(world.stack.postgres.connect(SHOP)) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE %s AND wait_event = 'PgSleep'",
            (f"%{table}%",),
        )
        return int(cursor.fetchone()[0])


def test_a_table_that_is_gone_fails_its_own_checks_only(own: Account) -> None:
    stack = own.world.stack
    with closing(stack.postgres.connect(SHOP)) as link, link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE shop.going AS SELECT 'x'::text AS email")
    connection_id = own.connect()
    gone, there = own.check(connection_id, table="going"), own.check(connection_id)
    with closing(stack.postgres.connect(SHOP)) as link, link, link.cursor() as cursor:
        cursor.execute("DROP TABLE shop.going")
    job = own.run()
    outcomes = {result["check_id"]: result["outcome"] for result in own.results(job["id"])}
    assert outcomes == {gone: "OUTCOME_EXECUTION_ERROR", there: "OUTCOME_ERROR"}
    preview = ok(own.rest.post(f"/checks/{gone}/preview", json={}))
    assert [result["outcome"] for result in preview["results"]] == ["OUTCOME_EXECUTION_ERROR"]
