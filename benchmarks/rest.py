"""Reads and writes per second through the gateway, against the same calls made directly by gRPC.

And against an RPC that does nothing behind a gateway that does nothing else, with as many connections. All clients are
as bare as they can be, sockets with bytes for REST and a channel with bytes for gRPC: they share the machine with the
servers.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from statistics import median

import grpc
from rich.console import Console

from benchmarks.empty_rpc import PATH, empty_gateway
from benchmarks.platform import connect, platform
from benchmarks.statements import counted
from benchmarks.timing import cpu_of_family
from dq.v1 import check_pb2, check_service_pb2, results_service_pb2
from local.ports import LOOPBACK
from local.stack import Stack

CALLS, AT_ONCE, ROUNDS = 640, 32, 5
RESULTS = 100
LENGTH = re.compile(rb"content-length: (\d+)")

Many = Callable[[int], Awaitable[None]]
"""Makes that many calls, one after the other."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A running platform with one check, and a key to read it and to make more of its kind."""

    stack: Stack
    key: str
    check_id: str
    target: Mapping[str, str]

    def request(self, line: str, body: bytes = b"") -> bytes:
        """An HTTP request with the key."""
        head = f"{line} HTTP/1.1\r\nhost: bench\r\nx-api-key: {self.key}\r\ncontent-length: {len(body)}\r\n\r\n"
        return head.encode() + body


@dataclass(frozen=True, slots=True)
class Call:
    """The same call by HTTP and by gRPC, and the server that answers it."""

    http: bytes
    method: str
    message: bytes
    server: str


@dataclass(frozen=True, slots=True)
class Round:
    """Calls per second, and CPU seconds for each call by process."""

    rate: float
    cpu: Mapping[str, float]


def run(console: Console) -> None:
    """Print calls per second, as shares of gRPC's and of an empty RPC's too, and what each process works for a call."""
    with platform(console) as (stack, api), empty_gateway(stack.directory / "logs") as empty:
        stack.postgres.create_database("one")
        with closing(stack.postgres.connect("one")) as link, link, link.cursor() as cursor:
            cursor.execute("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 10) AS n")
        connection = connect(api, stack, "one")
        target = {"connection_id": connection["id"], "schema_name": "public", "table_name": "t"}
        check = api.post("/checks", {"target": target, "check_type": "row_count"})
        for _ in range(RESULTS - 1):
            api.post("/checks", {"target": target, "check_type": "row_count"})
        job = api.post("/checks/batch/run", {"selector": {"connection_id": connection["id"]}})
        *_, ended = api.watch(f"/jobs/{job['id']}/watch")
        assert ended["outcomes"]["passed"] == str(RESULTS), ended
        subject = Subject(stack, api._http.headers["x-api-key"], check["id"], target)  # noqa: SLF001
        for name, call in _calls(subject).items():
            asyncio.run(_compare(name, call, subject, empty, console))


def _calls(subject: Subject) -> Mapping[str, Call]:
    new = check_pb2.Check(target=check_pb2.Target(**subject.target), check_type="row_count")
    body = json.dumps({"target": subject.target, "check_type": "row_count"}).encode()
    return {
        "GET /checks/{id}": Call(
            subject.request(f"GET /api/v1/checks/{subject.check_id}"),
            "CheckService/GetCheck",
            check_service_pb2.GetCheckRequest(check_id=subject.check_id).SerializeToString(),
            "check",
        ),
        f"GET /results, {RESULTS} of them": Call(
            subject.request(f"GET /api/v1/results?page_size={RESULTS}"),
            "ResultsService/ListResults",
            results_service_pb2.ListResultsRequest(page_size=RESULTS).SerializeToString(),
            "results",
        ),
        "POST /checks": Call(
            subject.request("POST /api/v1/checks", body),
            "CheckService/CreateCheck",
            check_service_pb2.CreateCheckRequest(check=new).SerializeToString(),
            "check",
        ),
    }


async def _compare(name: str, call: Call, subject: Subject, empty: int, console: Console) -> None:
    stack = subject.stack
    async with grpc.aio.insecure_channel(stack.grpc_address(call.server)) as channel:
        ways = {
            "REST": _rest(call.http, stack.settings.ports.gateway),
            "gRPC": _grpc(call, subject.key, channel),
            "nothing": _rest(subject.request(f"GET {PATH}"), empty),
        }
        found: dict[str, list[Round]] = {way: [] for way in ways}
        for many in ways.values():
            await _all(many)
        with counted(stack.postgres) as statements:
            await ways["REST"](AT_ONCE)
        for _ in range(ROUNDS):
            for way, many in ways.items():
                found[way].append(await _round(stack, call.server, many))
    rate = {way: median(one.rate for one in rounds) for way, rounds in found.items()}
    console.print(
        f"{name}: {rate['REST']:,.0f}/s by REST, {rate['gRPC']:,.0f}/s by gRPC: {rate['REST'] / rate['gRPC']:.2f}; "
        f"{rate['nothing']:,.0f}/s of an empty RPC behind an empty gateway: {rate['REST'] / rate['nothing']:.2f}; "
        f"{statements[f'dq-{call.server}'] / AT_ONCE:.0f} statements each"
    )
    for way in ("REST", "gRPC"):
        spent = {who: 1000 * median(one.cpu[who] for one in found[way]) for who in found[way][0].cpu}
        console.print(f"  CPU ms by {way}: " + ", ".join(f"{who} {took:.2f}" for who, took in spent.items()))


async def _round(stack: Stack, server: str, many: Many) -> Round:
    pids = {process: stack.pid_of(process) for process in ("gateway", server, "postgres")}
    before = {process: cpu_of_family(pid) for process, pid in pids.items()}
    began = time.perf_counter()
    await _all(many)
    took = time.perf_counter() - began
    return Round(CALLS / took, {who: (cpu_of_family(pid) - before[who]) / CALLS for who, pid in pids.items()})


async def _all(many: Many) -> None:
    await asyncio.gather(*(many(CALLS // AT_ONCE) for _ in range(AT_ONCE)))


def _rest(request: bytes, port: int) -> Many:
    async def many(count: int) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        for _ in range(count):
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 20"), answer
            length = LENGTH.search(answer)
            assert length is not None, answer
            await reader.readexactly(int(length[1]))
        writer.close()
        await writer.wait_closed()

    return many


def _grpc(call: Call, key: str, channel: grpc.aio.Channel) -> Many:
    invoke: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/dq.v1.{call.method}")

    async def many(count: int) -> None:
        for _ in range(count):
            await invoke(call.message, metadata=(("x-api-key", key),))

    return many
