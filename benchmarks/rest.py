"""Reads and writes per second through the gateway, against the same calls made directly by gRPC."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import closing

import grpc
import httpx
from rich.console import Console

from benchmarks.platform import connect, platform
from dq.v1 import check_pb2, check_service_pb2, check_service_pb2_grpc
from local.stack import Stack

CALLS, AT_ONCE = 1_000, 16


def run(console: Console) -> None:
    """Print calls per second and the share of gRPC's speed that REST keeps."""
    with platform(console) as (stack, api):
        stack.postgres.create_database("one")
        with closing(stack.postgres.connect("one")) as link, link, link.cursor() as cursor:
            cursor.execute("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 10) AS n")
        connection = connect(api, stack, "one")
        target = {"connection_id": connection["id"], "schema_name": "public", "table_name": "t"}
        check = api.post("/checks", {"target": target, "check_type": "row_count"})
        asyncio.run(_compare(stack, api._http.headers["x-api-key"], check["id"], target, console))  # noqa: SLF001


async def _compare(stack: Stack, key: str, check_id: str, target: dict[str, str], console: Console) -> None:
    channel = grpc.aio.insecure_channel(stack.grpc_address("check"))
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=f"{stack.gateway_url}/api/v1", limits=limits) as http, channel:
        stub = check_service_pb2_grpc.CheckServiceStub(channel)
        metadata, headers = (("x-api-key", key),), {"X-API-Key": key}
        new = check_pb2.Check(target=check_pb2.Target(**target), check_type="row_count")

        async def rest_read() -> None:
            (await http.get(f"/checks/{check_id}", headers=headers)).raise_for_status()

        async def rest_write() -> None:
            body = {"target": target, "check_type": "row_count"}
            (await http.post("/checks", json=body, headers=headers)).raise_for_status()

        async def grpc_read() -> None:
            await stub.GetCheck(check_service_pb2.GetCheckRequest(check_id=check_id), metadata=metadata)

        async def grpc_write() -> None:
            await stub.CreateCheck(check_service_pb2.CreateCheckRequest(check=new), metadata=metadata)

        for name, rest, direct in (("reads", rest_read, grpc_read), ("writes", rest_write, grpc_write)):
            through, straight = await _per_second(rest), await _per_second(direct)
            console.print(
                f"{name:<7} {through:,.0f}/s by REST, {straight:,.0f}/s by gRPC: REST / gRPC {through / straight:.2f}"
            )


async def _per_second(call: Callable[[], Awaitable[None]]) -> float:
    """Calls per second, with some at once, after a warm-up."""

    async def some(count: int) -> None:
        for _ in range(count):
            await call()

    await some(20)
    began = time.perf_counter()
    await asyncio.gather(*(some(CALLS // AT_ONCE) for _ in range(AT_ONCE)))
    return (CALLS // AT_ONCE * AT_ONCE) / (time.perf_counter() - began)
