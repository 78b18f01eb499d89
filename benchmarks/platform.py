"""The whole platform on this machine, for benchmarks that go through its API."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from cli.api import Api, Json
from cli.bootstrap import first_key
from dq_platform.models.connection import SettingValue
from dq_platform.settings import ServerSettings
from local.ports import LOOPBACK
from local.postgres import SUPERUSER
from local.settings import Ports
from local.stack import Stack, StackOptions


@contextmanager
def platform(
    console: Console, workers: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Stack, Api]]:
    """A stack of its own, with further settings, and a client with an admin's key; all gone at the end."""
    with tempfile.TemporaryDirectory(prefix="dq-bench-") as folder:
        Path(folder).chmod(0o711)
        options = StackOptions(
            Path(folder), workers=workers, ports=Ports.free(), durable=False, environment=environment or {}
        )
        with console.status("Starting the platform …"), Stack(options, Console(quiet=True)) as stack:
            key = asyncio.run(first_key(ServerSettings.model_validate(stack.environment()), "bench"))
            with Api(stack.gateway_url, key) as api:
                yield stack, api


def connect(api: Api, stack: Stack, database: str) -> Json:
    """A connection to a database of the stack's own PostgreSQL."""
    settings = source_settings(stack, database)
    return api.post("/connections", {"display_name": database, "type": "postgresql", "settings": settings})


def source_settings(stack: Stack, database: str) -> dict[str, SettingValue]:
    """How to reach a database of the stack's own PostgreSQL."""
    return {
        "host": LOOPBACK,
        "port": stack.postgres.config.port,
        "database": database,
        "user": SUPERUSER,
        "password": stack.postgres.config.password,
        "ssl_mode": "disable",
    }
