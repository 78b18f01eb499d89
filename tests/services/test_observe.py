"""One run of a check as an operator sees it: one trace, ids on the lines of the log, figures to scrape."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any

import httpx
import pytest
import structlog
from pydantic import SecretStr

import dq.v1
from dq_platform import compose, log
from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.settings import ServerSettings, WorkerSettings
from gateway.app import Contract, create_app
from gateway.openapi import Title
from gateway.routes import discover
from gateway.settings import Settings
from local.ports import any_free
from services.common.wiring import parts
from telemetry.parts import Telemetry, of_process, serving
from tests.engines.postgres import PostgresServer
from tests.services.platform import HOST, running
from tests.services.shop import new_shop
from tests.telemetry.receiver import Receiver, Sent, receiving
from tests.telemetry.scrape import Samples, samples, scrape, value
from workers.__main__ import run as run_worker

TRACE, CLIENT, REQUEST = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "observed-1"
RUN = "dq.v1.CheckService/RunCheck"


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of a run over REST: the job, spans, lines, and what scrapes of the processes showed."""

    job: dict[str, Any]
    check_id: str
    connection_id: str
    receiver: Receiver
    lines: list[dict[str, Any]]
    scrapes: dict[str, Samples]

    def one(self, name: str) -> Sent:
        [span] = self.receiver.named(name, TRACE)
        return span

    def line(self, event: str) -> dict[str, Any]:
        [line] = [line for line in self.lines if line["event"] == event and line.get("request_id") == REQUEST]
        return line


@pytest.fixture(scope="module")
async def observed(settings: ServerSettings, postgres: PostgresServer) -> AsyncIterator[Observed]:
    # A store of its own: the worker would do what other tests left undone.
    postgres.create_database("observed")
    upgrade(postgres.url("observed"))
    stores = {"database_url": SecretStr(postgres.url("observed")), "redis_url": _other_database(settings.redis_url)}
    settings = settings.model_copy(update=stores)
    stream, root = StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    with receiving() as receiver, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        log.configure("json", "info", stream)
        try:
            yield await _run(settings, postgres, receiver, stream)
        finally:
            structlog.reset_defaults()
            root.handlers[:], root.level = before


def _other_database(redis_url: SecretStr) -> SecretStr:
    return SecretStr(f"{redis_url.get_secret_value().rpartition('/')[0]}/1")


async def _run(settings: ServerSettings, postgres: PostgresServer, receiver: Receiver, stream: StringIO) -> Observed:
    at_server, at_worker, at_gateway = (of_process(name, os.environ) for name in ("server", "worker", "gateway"))
    ports = {"server": any_free(), "worker": any_free()}
    scrapes: dict[str, Samples] = {}
    with serving(at_server, HOST, ports["server"]), serving(at_worker, HOST, ports["worker"]):
        async with parts(settings, "dq-server", at_server) as server, running(server, settings) as platform:
            shop = await new_shop(await platform.account("observed"), postgres)
            check = await shop.stored_check()
            addresses = {f"{name}_addr": f"{HOST}:{port}" for name, port in platform.ports.items()}
            async with gateway(Settings(**addresses), at_gateway) as rest, worker(settings, at_worker):
                job = await run_over_rest(rest, shop.account.key, check.id)
                scrapes["gateway"] = samples((await rest.get("/metrics")).text)
            for name, port in ports.items():
                scrapes[name] = await asyncio.to_thread(scrape, f"http://{HOST}:{port}/metrics")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    return Observed(job, check.id, shop.connection.id, receiver, lines, scrapes)


@asynccontextmanager
async def gateway(settings: Settings, telemetry: Telemetry) -> AsyncIterator[httpx.AsyncClient]:
    contract = Contract(Title("t", "1", ""), discover(dq.v1), settings.upstreams(), b"")
    app = create_app(settings, contract, telemetry)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")
    async with app.router.lifespan_context(app), client:
        yield client


@asynccontextmanager
async def worker(settings: ServerSettings, telemetry: Telemetry) -> AsyncIterator[None]:
    values = {field.validation_alias: getattr(settings, name) for name, field in ServerSettings.model_fields.items()}
    mine = WorkerSettings.model_validate(values)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with compose.parts(mine, "dq-worker", telemetry, mine.concurrency) as made:
        working = asyncio.create_task(run_worker(made, mine, stop, ready.set))
        await ready.wait()
        yield
        stop.set()
        await working


async def run_over_rest(rest: httpx.AsyncClient, key: str, check_id: str) -> dict[str, Any]:
    """The job, once it has ended."""
    mine = {"x-api-key": key}
    traced = mine | {"x-request-id": REQUEST, "traceparent": f"00-{TRACE}-{CLIENT}-01"}
    job = (await rest.post(f"/api/v1/checks/{check_id}/run", json={}, headers=traced)).json()
    async with asyncio.timeout(20):
        while job["state"] != "JOB_STATE_SUCCEEDED":
            await asyncio.sleep(0.05)
            job = (await rest.get(f"/api/v1/jobs/{job['id']}", headers=mine)).json()
    return dict(job)


async def test_one_trace_goes_from_the_request_to_the_statement(observed: Observed) -> None:
    path = [observed.one(name) for name in (f"POST {RUN}", RUN, "job.enqueue", "unit")]
    assert [span.parent_id for span in path] == [CLIENT, *(span.span_id for span in path[:-1])]
    assert [span.service for span in path] == ["dq-gateway", "dq-server", "dq-server", "dq-worker"]
    statements = observed.receiver.named("source.statement", TRACE)
    assert {span.parent_id for span in statements} == {path[-1].span_id}
    assert not any(span.failed for span in (*path, *statements))
    assert path[-1].attributes["dq.ended"] == "succeeded"


async def test_a_statement_says_whom_it_serves_and_nothing_of_its_text(observed: Observed) -> None:
    statements = observed.receiver.named("source.statement", TRACE)
    [measuring] = [span for span in statements if "dq.check_ids" in span.attributes]
    assert measuring.attributes == {
        "db.system.name": "postgresql",
        "db.response.returned_rows": 1,
        "dq.connection_id": observed.connection_id,
        "dq.job_id": observed.job["id"],
        "dq.unit_id": observed.one("unit").attributes["dq.unit_id"],
        "dq.check_ids": [observed.check_id],
    }
    assert "SELECT" not in str(observed.receiver.spans)


async def test_the_requests_id_is_on_the_lines_of_gateway_server_and_worker(observed: Observed) -> None:
    assert observed.line("http.request")["status"] == 202
    assert observed.line("rpc")["method"] == f"/{RUN}"
    job = {"job_id": observed.job["id"]}
    assert job.items() <= observed.line("job.queued").items()
    assert job.items() <= observed.line("unit.finished").items()
    assert observed.line("unit.finished")["unit_id"] == observed.one("unit").attributes["dq.unit_id"]


@pytest.mark.parametrize(
    ("process", "name", "labels", "expected"),
    [
        ("gateway", "dq_gateway_request_duration_seconds_count", {"method": RUN, "code": "202"}, 1),
        ("server", "dq_rpc_duration_seconds_count", {"method": RUN, "code": "OK"}, 1),
        ("server", "dq_store_connections_limit", {}, 10),
        ("server", "dq_store_errors_total", {}, 0),
        ("worker", "dq_unit_attempts_total", {"kind": "checks"}, 1),
        ("worker", "dq_unit_wait_seconds_count", {}, 1),
        ("worker", "dq_unit_duration_seconds_count", {"kind": "checks", "ended": "succeeded"}, 1),
        ("worker", "dq_job_duration_seconds_count", {"kind": "execute_check", "state": "succeeded"}, 1),
        ("worker", "dq_results_written_total", {"outcome": "error"}, 1),
        ("worker", "dq_units_in_flight", {}, 0),
    ],
)
async def test_a_scrape_shows(
    observed: Observed, process: str, name: str, labels: dict[str, str], expected: float
) -> None:
    assert value(observed.scrapes[process], name, **labels) == expected


async def test_a_scrape_shows_what_a_source_was_asked(observed: Observed) -> None:
    found, source = observed.scrapes["worker"], {"connection": observed.connection_id, "engine": "postgresql"}
    spans = observed.receiver.named("source.statement", TRACE)
    assert value(found, "dq_source_statements_total", **source, outcome="ok") == len(spans)
    rows = sum(int(span.attributes["db.response.returned_rows"]) for span in spans)
    assert value(found, "dq_source_rows_total", **source) == rows > 0
    assert 0 < value(found, "dq_source_statement_seconds_total", **source) < 20
    assert value(found, "dq_source_sessions_in_use", **source) == 0
