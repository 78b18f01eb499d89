"""Our own store goes away and comes back, under running servers and a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc
import httpx
import pytest
from cryptography.fernet import Fernet

import dq.v1
from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.settings import ServerSettings
from gateway.app import Contract, create_app
from gateway.openapi import Title
from gateway.routes import discover
from gateway.settings import Settings
from local.ports import any_free
from local.postgres import EmbeddedPostgres, PostgresConfig
from telemetry.parts import Telemetry
from tests.engines.places import reachable_directory
from tests.services.platform import HOST, Account, Platform, platform, refused

BOUND = 10


@dataclass(frozen=True, slots=True)
class Outage:
    """A platform with a store of its own, which tests may stop."""

    store: EmbeddedPostgres
    account: Account
    rest: httpx.AsyncClient

    async def get(self) -> httpx.Response:
        return await self.rest.get("/api/v1/connections", headers={"X-API-Key": self.account.key})


@pytest.fixture(scope="module")
def store() -> Iterator[EmbeddedPostgres]:
    with reachable_directory() as directory:
        config = PostgresConfig(directory, any_free(), "only for tests", directory / "postgres.log", durable=False)
        with EmbeddedPostgres(config) as postgres:
            postgres.create_database("dq")
            upgrade(postgres.url("dq"))
            yield postgres


@pytest.fixture(scope="module")
async def outage(store: EmbeddedPostgres, redis_url: str) -> AsyncIterator[Outage]:
    settings = ServerSettings(
        DATABASE_URL=store.url("dq"),
        REDIS_URL=redis_url,
        ENCRYPTION_KEY=Fernet.generate_key().decode(),
        DQ_BCRYPT_ROUNDS=4,
    )
    async with platform(settings) as running, gateway(running) as rest:
        yield Outage(store, await running.account("w"), rest)


@asynccontextmanager
async def gateway(running: Platform) -> AsyncIterator[httpx.AsyncClient]:
    addresses = {f"{name}_addr": f"{HOST}:{port}" for name, port in running.ports.items()}
    settings = Settings(**addresses)
    contract = Contract(Title("t", "1", ""), discover(dq.v1), settings.upstreams(), b"")
    app = create_app(settings, contract, Telemetry())
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")
    async with app.router.lifespan_context(app), client:
        yield client


async def in_a_thread(action: Callable[[], None]) -> None:
    """Stopping a server takes a while; the loop has to see what comes of it."""
    await asyncio.to_thread(action)


async def test_a_restart_of_the_store_between_two_requests_is_noticed_by_nobody(outage: Outage) -> None:
    await outage.account.admin.ListConnections()
    await in_a_thread(outage.store.stop)
    await in_a_thread(outage.store.start)
    await outage.account.admin.ListConnections()
    assert (await outage.get()).status_code == 200


async def test_an_outage_is_told_in_time_with_a_time_to_come_back_and_ends_by_itself(outage: Outage) -> None:
    admin = outage.account.admin
    await admin.ListConnections()
    await in_a_thread(outage.store.stop)
    async with asyncio.timeout(BOUND):
        refusal = await refused(admin.ListConnections())
        answer = await outage.get()
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
    assert refusal.details["RetryInfo"].retry_delay.seconds == 2
    assert "127.0.0.1" not in refusal.everything
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["details"][0]["reason"] == "STORE_UNAVAILABLE"
    await in_a_thread(outage.store.start)
    await admin.ListConnections()
    assert (await outage.get()).status_code == 200


async def test_a_key_that_was_never_seen_cannot_be_verified_in_an_outage(outage: Outage) -> None:
    stranger = outage.account.platform.client(f"dqp_{'0' * 32}_{'x' * 43}")
    await in_a_thread(outage.store.stop)
    refusal = await refused(stranger.ListConnections())
    await in_a_thread(outage.store.start)
    assert refusal.reason == "STORE_UNAVAILABLE"
    assert (await refused(stranger.ListConnections())).reason == "API_KEY_INVALID"
