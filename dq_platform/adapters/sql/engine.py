"""The connection pool to our own store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

ASYNC_DRIVER = "postgresql+asyncpg"
SYNC_DRIVER = "postgresql+psycopg2"


@dataclass(frozen=True, slots=True)
class PoolConfig:
    """At most `size` connections, each connected within `connect_timeout`, each statement within `statement_timeout`.

    Whoever finds none free waits for one as long as for a new one to connect.

    `application_name` is what the database shows of our connections.
    """

    size: int = 10
    connect_timeout: timedelta = timedelta(seconds=5)
    statement_timeout: timedelta = timedelta(seconds=60)
    application_name: str = "dq-platform"


def make_engine(database_url: str, config: PoolConfig | None = None) -> AsyncEngine:
    """A pool that connects with the first use; `dispose` it at the end. Any postgresql:// URL will do."""
    config = config or PoolConfig()
    return create_async_engine(
        _renamed(make_url(database_url).set(drivername=ASYNC_DRIVER), "sslmode", "ssl"),
        pool_size=config.size,
        max_overflow=0,
        pool_timeout=config.connect_timeout.total_seconds(),
        json_serializer=_to_json,
        connect_args={
            "timeout": config.connect_timeout.total_seconds(),
            "command_timeout": config.statement_timeout.total_seconds(),
            # Our statements are short; compiling them costs more than it saves.
            "server_settings": {"application_name": config.application_name, "timezone": "UTC", "jit": "off"},
        },
    )


def sync_url(database_url: str) -> str:
    """The same database for code that is not asynchronous: migrations."""
    url = _renamed(make_url(database_url).set(drivername=SYNC_DRIVER), "ssl", "sslmode")
    return url.render_as_string(hide_password=False)


def _renamed(url: URL, option: str, name: str) -> URL:
    """The two drivers call the TLS option by different names."""
    if option not in url.query:
        return url
    return url.difference_update_query([option]).update_query_dict({name: url.query[option]})


def _to_json(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)
