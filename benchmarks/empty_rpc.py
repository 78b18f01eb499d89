"""An RPC that does nothing, behind a gateway that does nothing else: what REST through gRPC costs at the very least.

Both are made of the libraries that ours are made of: `python -m benchmarks.empty_rpc server PORT` serves the one,
`python -m benchmarks.empty_rpc gateway PORT SERVER_PORT` the other.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import grpc
import uvicorn
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dq_platform.loop import run
from local.child import Command
from local.ports import LOOPBACK, any_free
from local.ready import http_serves
from local.supervisor import Service, Supervisor

METHOD = "/bench.Empty/Nothing"
PATH = "/nothing"


@contextmanager
def empty_gateway(logs: Path) -> Iterator[int]:
    """The port of a gateway with a server behind it, a process each, gone at the end."""
    port, server = any_free(), any_free()
    # The gateway answers once the server does, too.
    services = [
        Service(_command(logs, "server", server), lambda: True),
        Service(_command(logs, "gateway", port, server), lambda: http_serves(f"http://{LOOPBACK}:{port}{PATH}")),
    ]
    with Supervisor(Console(quiet=True)) as supervisor:
        supervisor.start(services)
        yield port


def _command(logs: Path, *arguments: object) -> Command:
    words = (sys.executable, "-m", "benchmarks.empty_rpc", *map(str, arguments))
    return Command(f"empty-{arguments[0]}", words, logs / f"empty-{arguments[0]}.log")


async def _serve(port: int) -> None:
    async def nothing(_request: bytes, _context: object) -> bytes:
        return b""

    server = grpc.aio.server()
    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(nothing)
    service, method = METHOD.strip("/").split("/")
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
    server.add_insecure_port(f"{LOOPBACK}:{port}")
    await server.start()
    await server.wait_for_termination()


def _gateway(port: int, server_port: int) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with grpc.aio.insecure_channel(f"{LOOPBACK}:{server_port}") as channel:
            app.state.call = channel.unary_unary(METHOD)
            yield

    async def nothing(request: Request) -> Response:
        return Response(await request.app.state.call(b""), media_type="application/json")

    app = Starlette(routes=[Route(PATH, nothing)], lifespan=lifespan)
    uvicorn.run(app, host=LOOPBACK, port=port, access_log=False, log_config=None, server_header=False)


if __name__ == "__main__":
    if sys.argv[1] == "server":
        run(_serve(int(sys.argv[2])))
    else:
        _gateway(int(sys.argv[2]), int(sys.argv[3]))
