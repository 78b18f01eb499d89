"""Case 68 of the published list, and limits on what is read."""

from __future__ import annotations

import asyncio

import httpx

from tests.gateway.answers import violations
from tests.gateway.server import TestServer


async def test_a_body_over_the_limit_is_413(http: httpx.AsyncClient) -> None:
    declared = await http.post("/echo_body", content=b" " * 200_001)

    async def chunks():
        for _ in range(30):
            yield b" " * 10_000

    chunked = await http.post("/echo_body", content=chunks())
    assert [(answer.status_code, answer.json()["code"]) for answer in (declared, chunked)] == [(413, 8), (413, 8)]


async def test_a_compressed_body_is_refused_by_name(http: httpx.AsyncClient) -> None:
    response = await http.post("/echo_body", content=b"x", headers={"content-encoding": "gzip"})
    assert violations(response)[0]["field"] == "Content-Encoding"


async def test_a_client_that_leaves_cancels_a_call(http: httpx.AsyncClient, upstream: TestServer) -> None:
    upstream.cancelled.clear()
    upstream.entered.clear()
    _, writer = await connect(http)
    writer.write(b"POST /slow?pause=60s HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nsome body")
    await writer.drain()
    await upstream.entered.wait()
    assert not upstream.cancelled.is_set()
    writer.close()
    assert await soon(upstream.cancelled)


async def test_a_client_that_leaves_cancels_a_stream(http: httpx.AsyncClient, upstream: TestServer) -> None:
    upstream.cancelled.clear()
    reader, writer = await connect(http)
    writer.write(b"GET /watch?count=1000&pause=0.01s HTTP/1.1\r\nhost: x\r\n\r\n")
    await writer.drain()
    await reader.readuntil(b"cursor")
    assert not upstream.cancelled.is_set()
    writer.close()
    assert await soon(upstream.cancelled)


async def soon(event: asyncio.Event) -> bool:
    async with asyncio.timeout(10):
        return await event.wait()


async def connect(http: httpx.AsyncClient) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(http.base_url.host, http.base_url.port)
