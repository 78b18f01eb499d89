"""The connection pool to our own store: SQLAlchemy's core on asyncpg.

`sqlalchemy.ext.asyncio` would import the ORM, which nobody here uses, into every process.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.util import greenlet_spawn

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


def make_engine(database_url: str, config: PoolConfig | None = None) -> Engine:
    """A pool that connects with the first use; `dispose` of it at the end. Any postgresql:// URL will do.

    What it does waits for the network, so that `greenlet_spawn` has to call it. It begins no transactions by itself.
    """
    config = config or PoolConfig()
    return create_engine(
        _renamed(make_url(database_url).set(drivername=ASYNC_DRIVER), "sslmode", "ssl"),
        pool_size=config.size,
        max_overflow=0,
        pool_timeout=config.connect_timeout.total_seconds(),
        json_serializer=_to_json,
        # A session says itself when its transaction begins: what only reads needs none, and saves two round trips.
        isolation_level="AUTOCOMMIT",
        connect_args={
            "timeout": config.connect_timeout.total_seconds(),
            "command_timeout": config.statement_timeout.total_seconds(),
            # Our statements are short; compiling them costs more than it saves.
            "server_settings": {"application_name": config.application_name, "timezone": "UTC", "jit": "off"},
        },
    )


async def dispose(engine: Engine) -> None:
    """Close its connections."""
    await greenlet_spawn(engine.dispose)


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
