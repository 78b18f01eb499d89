"""One platform for all whole-system tests: every process of it real, with the sample shop to check."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from rich.console import Console

from cli.bootstrap import first_key
from dq_platform.settings import ServerSettings
from local.sample import load_postgres, make_shop, write_parquet
from local.settings import Ports
from local.stack import Stack, StackOptions
from tests.e2e.world import SHOP, Account, World
from tests.engines.places import reachable_directory
from tests.receivers.hook import hook

ENVIRONMENT = {
    "DQ_BCRYPT_ROUNDS": "4",
    "DQ_LEASE": "5",
    "DQ_FILE_DIRECTORIES": tempfile.gettempdir(),
    "DQ_NOTIFICATION_NETWORKS": "127.0.0.0/8",
}


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with ExitStack() as cleanup:
        directory = cleanup.enter_context(reachable_directory())
        options = StackOptions(
            directory / "state", workers=2, ports=Ports.free(), durable=False, environment=ENVIRONMENT
        )
        stack = cleanup.enter_context(Stack(options, Console(quiet=True)))
        shop = make_shop(datetime.now(UTC).date())
        stack.postgres.create_database(SHOP)
        load_postgres(shop, stack.postgres.url(SHOP))
        files = write_parquet(shop, directory / "sample")
        key = asyncio.run(first_key(ServerSettings.model_validate(stack.environment()), "main"))
        yield World(stack, files, key, cleanup.enter_context(hook()), cleanup)
        stack.check()


@pytest.fixture(scope="session")
def account(world: World) -> Account:
    """A workspace that many tests share."""
    return world.account()


@pytest.fixture(scope="session")
def connection_id(account: Account) -> str:
    """The shop in PostgreSQL, in the shared workspace."""
    return account.connect()


@pytest.fixture
def own(world: World) -> Account:
    """A workspace of the test's own."""
    return world.account()
