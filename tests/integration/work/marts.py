"""A source of any engine that tests can write to, with a connection to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dq_platform.app import connections
from dq_platform.app.connections import ConnectionDraft
from dq_platform.ids import new_id
from dq_platform.models.connection import Connection
from tests.engines.mariadb import MariaDBServer
from tests.integration.work.world import World

Run = Callable[[str], None]
Settings = dict[str, object]
KINDS = ("postgresql", "mysql", "duckdb")


@dataclass(frozen=True)
class Mart:
    """An empty schema of a source; `run` executes a statement there as its owner."""

    connection: Connection
    schema: str
    run: Run


async def postgresql(world: World) -> Mart:
    """The shop itself, by a connection of its own."""
    return Mart(await _connect(world, "postgresql", world.shop.settings), "public", world.shop.run)


async def mysql(world: World, server: MariaDBServer) -> Mart:
    database, params = f"mart_{new_id().replace('-', '')}", server.params
    server.create_database(database)

    def run(sql: str) -> None:
        with closing(server.connect(database)) as link, link.cursor() as cursor:
            cursor.execute(sql)
            link.commit()

    settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
    return Mart(await _connect(world, "mysql", settings | {"database": database}), database, run)


async def duck(world: World, directory: Path) -> Mart:
    """A file that is replaced as a whole, because a session that reads it keeps others from writing into it."""
    path = directory / "mart.duckdb"

    def run(sql: str) -> None:
        draft = directory / f"{new_id()}.duckdb"
        if path.exists():
            shutil.copyfile(path, draft)
        with duckdb.connect(draft) as link:
            link.execute(sql)
        draft.replace(path)

    return Mart(await _connect(world, "duckdb", {"database": str(path)}), "main", run)


async def _connect(world: World, kind: str, settings: Settings) -> Connection:
    return await connections.create_connection(world.deps, world.who, ConnectionDraft("mart", kind, settings))
