"""A real PostgreSQL for tests: empty, on a free port, gone with everything in it at the end."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg2.extensions import connection

from local.ports import LOOPBACK, any_free
from local.postgres import SUPERUSER, EmbeddedPostgres, PostgresConfig
from tests.engines.places import reachable_directory


@dataclass(frozen=True, slots=True)
class ServerParams:
    """How to log in to a test server as its superuser."""

    host: str
    port: int
    user: str
    password: str


class PostgresServer:
    """Usable from `start` to `stop`, or inside a `with` block. Not durable, therefore fast."""

    def __init__(self) -> None:
        self.params = ServerParams(LOOPBACK, any_free(), SUPERUSER, "only for tests: p@ss/w%rd")
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        with ExitStack() as cleanup:
            directory = cleanup.enter_context(reachable_directory())
            log = directory / "postgres.log"
            config = PostgresConfig(directory, self.params.port, self.params.password, log, durable=False)
            self._postgres = cleanup.enter_context(EmbeddedPostgres(config))
            self._exit = cleanup.pop_all()

    def stop(self) -> None:
        self._exit.close()

    def url(self, database: str = "postgres", driver: str = "postgresql") -> str:
        """Return `driver://user:password@host:port/database`."""
        return self._postgres.url(database, driver)

    @property
    def log(self) -> Path:
        """What the server writes; a database's `log_statement` says which statements are in it."""
        return self._postgres.config.log

    def connect(self, database: str = "postgres") -> connection:
        """Return a new psycopg2 connection."""
        return self._postgres.connect(database)

    def create_database(self, name: str) -> None:
        self._postgres.create_database(name)
