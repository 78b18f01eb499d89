"""One database transaction as repositories use it: statements in, domain errors out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from asyncpg import PostgresError
from sqlalchemy import CursorResult, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dq_platform.errors import AlreadyExists, Invalid, NotFound

UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"
# PostgreSQL's text holds every character but U+0000; jsonb refuses its escape with the second code.
CHARACTER_ERRORS = frozenset({"22021", "22P05"})


class Session:
    """Runs statements on one connection. Raises Invalid for text that the store cannot hold."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def execute(
        self, statement: Executable, parameters: Sequence[Mapping[str, object]] | Mapping[str, object] | None = None
    ) -> CursorResult[Any]:
        with _readable_errors():
            return await self._connection.execute(statement, parameters)

    async def copy(self, table: str, columns: Sequence[str], records: Sequence[tuple[object, ...]]) -> None:
        """Write rows with COPY, in the transaction that an earlier `execute` began.

        The driver's transaction begins with the first statement: alone, COPY would commit by itself.
        """
        raw = await self._connection.get_raw_connection()
        driver = raw.driver_connection
        if driver is None or not driver.is_in_transaction():
            message = "COPY needs a statement before it that begins the transaction."
            raise RuntimeError(message)
        with _readable_errors():
            await driver.copy_records_to_table(table, records=records, columns=columns)

    async def commit(self) -> None:
        await self._connection.commit()


@contextmanager
def adding(kind: str, id: str, *, parent_kind: str = "", parent_id: str = "") -> Iterator[None]:
    """Raises AlreadyExists for a taken identity and NotFound for a parent that is gone."""
    try:
        yield
    except IntegrityError as error:
        state = sql_state(error)
        if state == UNIQUE_VIOLATION:
            raise AlreadyExists(kind, id) from error
        if state == FOREIGN_KEY_VIOLATION and parent_kind:
            raise NotFound(parent_kind, parent_id) from error
        raise


def sql_state(error: BaseException) -> str:
    """The SQLSTATE of an error of the driver or of SQLAlchemy, empty if it has none."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(origin, "sqlstate", "") or "")


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PostgresError) as error:
        if sql_state(error) in CHARACTER_ERRORS:
            raise Invalid.one("request", "text must not contain the character U+0000", "INVALID_CHARACTER") from error
        raise
