"""Brings a database's schema to this version's, and tells where the two differ."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from dq_platform.adapters.sql.engine import sync_url
from dq_platform.adapters.sql.locks import Lock
from dq_platform.adapters.sql.tables import metadata

PARTITION = re.compile(r"check_results_(default|\d{4}_\d{2})")


def upgrade(database_url: str) -> None:
    """Apply every migration that the database lacks; a second caller waits and then finds nothing to do."""
    engine = create_engine(sync_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def drift(database_url: str) -> Sequence[object]:
    """The differences between the database and the tables that the code declares, as Alembic's operations."""
    engine = create_engine(sync_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_declared, "compare_type": True})
        differences: Sequence[object] = compare_metadata(context, metadata)
        return differences


def lock(connection: Connection) -> None:
    """Wait until no other migration runs; others wait for us until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": Lock.MIGRATIONS})


def is_declared(name: str | None, type_: str, _parents: object) -> bool:
    """Whether Alembic should compare what has this name: partitions come and go by themselves."""
    return not (type_ == "table" and name is not None and PARTITION.fullmatch(name))


def scripts() -> Path:
    """The directory of migrations, in the repository or where the wheel was installed."""
    spec = importlib.util.find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        message = "The package `migrations` is not installed beside `dq_platform`; install the whole distribution."
        raise RuntimeError(message)
    return Path(next(iter(spec.submodule_search_locations)))
