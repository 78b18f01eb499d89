"""Alembic's entry: runs migrations on the connection it is given, else on DATABASE_URL."""

from __future__ import annotations

import os
from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from dq_platform.adapters.sql.engine import sync_url
from dq_platform.adapters.sql.migrate import is_declared, lock
from dq_platform.adapters.sql.tables import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, include_name=is_declared, compare_type=True)
    with context.begin_transaction():
        lock(connection)
        context.run_migrations()


def run_from_command_line() -> None:
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    database_url = os.environ.get("DATABASE_URL", "")
    if not database_url:
        message = "Set DATABASE_URL, for example postgresql+asyncpg://user:password@localhost:5432/dq."
        raise CommandError(message)
    with create_engine(sync_url(database_url), poolclass=NullPool).connect() as connection:
        run(connection)


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    run_from_command_line()
