"""One database transaction as repositories use it: statements in, domain errors out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar, cast

import structlog
from asyncpg import ConnectionDoesNotExistError, InterfaceError, InternalClientError, PostgresError
from sqlalchemy import Connection, CursorResult, Engine, Executable, Select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.util import greenlet_spawn

from dq_platform.adapters.sql.reading import reading
from dq_platform.errors import AlreadyExists, Invalid, NotFound, StoreUnavailable

T = TypeVar("T")

UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"
# PostgreSQL's text holds every character but U+0000; jsonb refuses its escape with the second code.
CHARACTER_ERRORS = frozenset({"22021", "22P05"})
# The server ends sessions, or takes no more of them.
SHUTDOWN_STATES = frozenset({"57P01", "57P02", "57P03", "53300"})
CONNECTION_CLASS = "08"

log = structlog.get_logger(__name__)


class Session:
    """Runs statements, in one transaction from the first that writes or locks; `close` it at the end.

    Reads before that need no transaction: each sees what was committed before it either way, since we are READ
    COMMITTED. A pooled connection shows only when it is used that it has died: then the first statement is sent again
    on another one, unnoticed. Every method raises StoreUnavailable if the store cannot be reached or takes too long,
    Invalid for text that it cannot hold. `engine` is what `make_engine` makes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._begun = False

    async def execute(
        self, statement: Executable, parameters: Sequence[Mapping[str, object]] | Mapping[str, object] | None = None
    ) -> CursorResult[Any]:
        if not _only_reads(statement):
            await self.begin()
        return await self._send(lambda connection: connection.execute(statement, parameters))

    async def read(self, statement: Select[Any], parameters: Mapping[str, object]) -> Sequence[Any]:
        """The rows of a SELECT that is kept and neither writes nor locks, sent with less ado than `execute` has."""
        made = reading(statement)
        arguments = made.arguments(parameters)
        return made.rows(await self._send(lambda connection: _fetch(connection, made.sql, arguments)))

    async def execute_alone(self, statement: Executable, parameters: Mapping[str, object]) -> CursorResult[Any]:
        """Execute what may be kept at once, without a commit; in a transaction that has begun, it is a part of that."""
        return await self._send(lambda connection: connection.execute(statement, parameters))

    async def begin(self) -> None:
        """Begin the transaction, unless it has begun: for a SELECT that writes in a CTE, which is not noticed."""
        if not self._begun:
            await self._send(lambda connection: connection.exec_driver_sql("BEGIN"))
            self._begun = True

    async def commit(self) -> None:
        """Keep what was written; later statements are a transaction of their own."""
        if self._begun:
            await self._send(lambda connection: connection.exec_driver_sql("COMMIT"))
            self._begun = False

    async def close(self) -> None:
        """Undo what was not committed and give the connection back."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self._begun and not connection.invalidated:
                await _roll_back(connection)
        finally:
            await greenlet_spawn(connection.close)

    async def _send(self, send: Callable[[Connection], T]) -> T:
        with _readable_errors():
            try:
                if self._connection is None:
                    return await self._send_first(send)
                return await greenlet_spawn(send, self._connection)
            except TimeoutError:
                # Nobody knows what the server still does there.
                if self._connection is not None:
                    await greenlet_spawn(self._connection.invalidate)
                raise

    async def _send_first(self, send: Callable[[Connection], T]) -> T:
        """At most all connections of the pool are dead."""
        for _ in range(self._engine.pool.size()):  # type: ignore[attr-defined]  # of the class that `make_engine` takes
            self._connection = await _connect(self._engine)
            try:
                return await greenlet_spawn(send, self._connection)
            except (DBAPIError, PostgresError, InterfaceError, OSError) as error:
                if isinstance(error, TimeoutError) or not _is_gone(error):
                    raise
            await self._drop()
        self._connection = await _connect(self._engine)
        return await greenlet_spawn(send, self._connection)

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await greenlet_spawn(connection.invalidate)
            await greenlet_spawn(connection.close)


@asynccontextmanager
async def transaction(engine: Engine) -> AsyncIterator[Session]:
    """A session that is committed at the end of the block."""
    session = Session(engine)
    try:
        yield session
        await session.commit()
    finally:
        await session.close()


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


def _only_reads(statement: Executable) -> bool:
    """Whether it neither writes nor locks, CTEs apart; anything but a plain SELECT might."""
    return isinstance(statement, Select) and statement._for_update_arg is None  # noqa: SLF001  # nothing public says it


async def _connect(engine: Engine) -> Connection:
    """A pooled connection or a new one. Raises StoreUnavailable, whatever keeps us from getting one."""
    try:
        return await greenlet_spawn(engine.connect)
    except (SQLAlchemyError, PostgresError, InterfaceError, OSError) as error:
        raise _unavailable(error) from error


def _fetch(connection: Connection, sql: str, arguments: Sequence[object]) -> Sequence[Any]:
    """The driver's own records. As SQLAlchemy has it, a connection is thrown away whose statement was given up."""
    pooled = connection.connection
    driver, adapted = pooled.driver_connection, pooled.dbapi_connection
    if driver is None or driver.is_closed():
        raise ConnectionDoesNotExistError
    try:
        # Of the class that SQLAlchemy puts around asyncpg's.
        return cast("Sequence[Any]", adapted.run_async(lambda own: own.fetch(sql, *arguments)))  # type: ignore[union-attr]
    except InternalClientError as error:
        # It meets the server's farewell where it awaits its answer.
        raise ConnectionDoesNotExistError from error
    except asyncio.CancelledError:
        connection.invalidate()
        raise


async def _roll_back(connection: Connection) -> None:
    """A connection that cannot do it any more is thrown away, and the server does it by itself."""
    try:
        await greenlet_spawn(connection.exec_driver_sql, "ROLLBACK")
    except (SQLAlchemyError, PostgresError, InterfaceError, OSError):
        await greenlet_spawn(connection.invalidate)


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PostgresError, InterfaceError, NoFreeConnection, OSError) as error:
        if _is_gone(error):
            raise _unavailable(error) from error
        if sql_state(error) in CHARACTER_ERRORS:
            raise Invalid.one("request", "text must not contain the character U+0000", "INVALID_CHARACTER") from error
        raise


def _is_gone(error: BaseException) -> bool:
    """Whether the store, rather than the statement, is the cause. OSError: the network, or a time that is over."""
    if isinstance(error, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    state = sql_state(error)
    return state in SHUTDOWN_STATES or state.startswith(CONNECTION_CLASS)


def _unavailable(error: BaseException) -> StoreUnavailable:
    origin = error.orig if isinstance(error, DBAPIError) else error
    log.warning("store.unavailable", error=type(origin).__name__, state=sql_state(error))
    return StoreUnavailable()
