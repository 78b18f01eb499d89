"""Reads and writes per second through the gateway, against the same calls made directly by gRPC.

Both clients are as bare as they can be, sockets with bytes for the one and a channel with bytes for the other: they
share the machine with the servers.
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

from benchmarks.platform import connect, platform
from benchmarks.statements import counted
from benchmarks.timing import cpu_of_family
from dq.v1 import check_pb2, check_service_pb2
from local.ports import LOOPBACK
from local.stack import Stack

CALLS, AT_ONCE, ROUNDS = 640, 16, 3
LENGTH = re.compile(rb"content-length: (\d+)")
PROCESSES = ("gateway", "check", "postgres")

Many = Callable[[int], Awaitable[None]]
"""Makes that many calls, one after the other."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A running platform with one check, and a key to read it and to make more of its kind."""

    stack: Stack
    key: str
    check_id: str
    target: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Round:
    """Calls per second, and CPU seconds for each call by process."""

    rate: float
    cpu: Mapping[str, float]


def run(console: Console) -> None:
    """Print calls per second, the share of gRPC's speed that REST keeps, and what each process works for a call."""
    with platform(console) as (stack, api):
        stack.postgres.create_database("one")
        with closing(stack.postgres.connect("one")) as link, link, link.cursor() as cursor:
            cursor.execute("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 10) AS n")
        connection = connect(api, stack, "one")
        target = {"connection_id": connection["id"], "schema_name": "public", "table_name": "t"}
        check = api.post("/checks", {"target": target, "check_type": "row_count"})
        subject = Subject(stack, api._http.headers["x-api-key"], check["id"], target)  # noqa: SLF001
        for name in ("reads", "writes"):
            asyncio.run(_compare(name, subject, console))


async def _compare(name: str, subject: Subject, console: Console) -> None:
    async with grpc.aio.insecure_channel(subject.stack.grpc_address("check")) as channel:
        ways = {"REST": _rest(name, subject), "gRPC": _grpc(name, subject, channel)}
        found: dict[str, list[Round]] = {way: [] for way in ways}
        for many in ways.values():
            await _all(many)
            with counted(subject.stack.postgres) as statements:
                await many(AT_ONCE)
            statements_each = statements["dq-check"] / AT_ONCE
        for _ in range(ROUNDS):
            for way, many in ways.items():
                found[way].append(await _round(subject.stack, many))
    rate = {way: median(one.rate for one in rounds) for way, rounds in found.items()}
    console.print(
        f"{name:<6} {rate['REST']:,.0f}/s by REST, {rate['gRPC']:,.0f}/s by gRPC: {rate['REST'] / rate['gRPC']:.2f}; "
        f"{statements_each:.0f} statements each"
    )
    for way, rounds in found.items():
        spent = {process: 1000 * median(one.cpu[process] for one in rounds) for process in PROCESSES}
        console.print(f"  CPU ms by {way}: " + ", ".join(f"{who} {took:.2f}" for who, took in spent.items()))


async def _round(stack: Stack, many: Many) -> Round:
    pids = {process: stack.pid_of(process) for process in PROCESSES}
    before = {process: cpu_of_family(pid) for process, pid in pids.items()}
    began = time.perf_counter()
    await _all(many)
    took = time.perf_counter() - began
    return Round(CALLS / took, {who: (cpu_of_family(pid) - before[who]) / CALLS for who, pid in pids.items()})


async def _all(many: Many) -> None:
    await asyncio.gather(*(many(CALLS // AT_ONCE) for _ in range(AT_ONCE)))


def _rest(name: str, subject: Subject) -> Many:
    body, line = b"", f"GET /api/v1/checks/{subject.check_id}"
    if name == "writes":
        body, line = json.dumps({"target": subject.target, "check_type": "row_count"}).encode(), "POST /api/v1/checks"
    head = f"{line} HTTP/1.1\r\nhost: bench\r\nx-api-key: {subject.key}\r\ncontent-length: {len(body)}\r\n\r\n"
    request = head.encode() + body

    async def many(count: int) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, subject.stack.settings.ports.gateway)
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


def _grpc(name: str, subject: Subject, channel: grpc.aio.Channel) -> Many:
    new = check_pb2.Check(target=check_pb2.Target(**subject.target), check_type="row_count")
    message, method = check_service_pb2.GetCheckRequest(check_id=subject.check_id).SerializeToString(), "GetCheck"
    if name == "writes":
        message, method = check_service_pb2.CreateCheckRequest(check=new).SerializeToString(), "CreateCheck"
    call = channel.unary_unary(f"/dq.v1.CheckService/{method}")

    async def many(count: int) -> None:
        for _ in range(count):
            await call(message, metadata=(("x-api-key", subject.key),))

    return many
