from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import grpc_tools
import httpx
import pytest
import uvicorn

from gateway.app import Contract, create_app
from gateway.openapi import Title
from gateway.settings import Settings
from telemetry.parts import Telemetry
from tests.gateway.server import TestServer, free_port, serve_upstream

PROTOS = Path(__file__).parent / "protos"


@dataclass(frozen=True)
class Compiled:
    """The generated modules of the test contract and its image."""

    cases: ModuleType
    broken: ModuleType
    image: bytes = field(repr=False)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    out = tmp_path_factory.mktemp("generated")
    image = out / "image.binpb"
    googleapis = Path(importlib.import_module("google.api.http_pb2").__file__ or "").parents[2]
    wellknown = Path(grpc_tools.__file__).parent / "_proto"
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc"),
            *(f"-I{PROTOS}", f"-I{googleapis}", f"-I{wellknown}"),
            *(f"--python_out={out}", f"--descriptor_set_out={image}", "--include_imports", "--include_source_info"),
            *("dqtest/v1/cases.proto", "dqtest/v1/broken.proto"),
        ],
        check=True,
    )
    sys.path.insert(0, str(out))
    yield Compiled(
        importlib.import_module("dqtest.v1.cases_pb2"),
        importlib.import_module("dqtest.v1.broken_pb2"),
        image.read_bytes(),
    )
    sys.path.remove(str(out))


@pytest.fixture(scope="session")
async def upstream(compiled: Compiled) -> AsyncIterator[TestServer]:
    async with serve_upstream(compiled.cases) as server:
        yield server


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(body_limit=200_000, forward_metadata=True, heartbeat=0.1, cors_origins=("https://ui.example",))


def make_contract(compiled: Compiled, upstream: TestServer, *, without: str = "") -> Contract:
    """The test contract; nobody serves its DownService."""
    named = compiled.cases.DESCRIPTOR.services_by_name
    services = [service for name, service in named.items() if name != without]
    addresses = {service.full_name: upstream.address for service in services}
    addresses["dqtest.v1.DownService"] = f"127.0.0.1:{free_port()}"
    return Contract(Title("Cases", "1", "For tests."), services, addresses, compiled.image)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.up.set()

    def capture_signals(self):
        return nullcontext()


@asynccontextmanager
async def serve_http(settings: Settings, contract: Contract) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway on a real port."""
    port = free_port()
    config = uvicorn.Config(
        create_app(settings, contract, Telemetry()), host="127.0.0.1", port=port, log_config=None, proxy_headers=False
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client:
        yield client
    server.should_exit = True
    await task


@pytest.fixture(scope="session")
async def http(compiled: Compiled, upstream: TestServer, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_http(settings, make_contract(compiled, upstream)) as client:
        yield client


@pytest.fixture(scope="session")
async def lenient(compiled: Compiled, upstream: TestServer) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_http(Settings(lenient=True), make_contract(compiled, upstream)) as client:
        yield client
