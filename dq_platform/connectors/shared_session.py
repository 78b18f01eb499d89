"""One session with a source for several tasks at once: what they ask at the same time goes there together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate, chain
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from dq_platform.connectors.base import Rows
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.source_session import SourceSession
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import ColumnInfo, TableInfo

FOR_ALL = (
    SourceProblem.UNREACHABLE,
    SourceProblem.CREDENTIALS,
    SourceProblem.CANCELLED,
    SourceProblem.DRIVER_MISSING,
)
"""After these there is no use in asking one by one. A table that is slow or locked is not the others' fault."""
HESITATION = timedelta(milliseconds=20)
COLUMN_BYTES = 24
"""What naming a column of a fused statement adds to it, about."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The question for the columns of tables."""

    schema: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """The question for a schema's tables."""

    schema: str


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT. `numbers` is how many columns its one row has; 0 if it may have any number of rows."""

    sql: str
    tag: str
    numbers: int


_Question = Columns | Tables | Select


@dataclass(slots=True, eq=False)
class _Asked:
    about: _Question
    answer: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    milliseconds: float = 0.0
    statements: float = 0.0


class Sharing:
    """Lends one session to all that `join`, while `serve` runs beside them.

    Nothing is sent before every one of them waits for an answer or has left, or HESITATION has passed since the last
    that asked: somebody may wait for something else.
    """

    def __init__(self, session: AbstractAsyncContextManager[SourceSession], dialect: Dialect) -> None:
        self._session = session
        self.dialect = dialect
        self._members: set[SharedSession] = set()
        self._waiting: list[_Asked] = []
        self._changed = asyncio.Event()

    def join(self) -> SharedSession:
        """A session for one task, which leaves at the end of its block."""
        member = SharedSession(self)
        self._members.add(member)
        return member

    def leave(self, member: SharedSession) -> None:
        self._members.discard(member)
        self._changed.set()

    async def ask(self, asked: _Asked) -> Any:  # noqa: ANN401  # what the question is about decides
        """The answer. Raises SourceError."""
        self._waiting.append(asked)
        self._changed.set()
        return await asked.answer

    async def serve(self) -> None:
        """Answer until everybody has left."""
        async with self._session as session:
            while await self._next():
                asked, self._waiting = self._waiting, []
                await self._answer(session, asked)

    async def _next(self) -> bool:
        """Return when there are questions to answer; False when everybody has left."""
        while self._members and (not self._waiting or len(self._waiting) < len(self._members)):
            self._changed.clear()
            try:
                async with asyncio.timeout(HESITATION.total_seconds() if self._waiting else None):
                    await self._changed.wait()
            except TimeoutError:
                break
        return bool(self._waiting)

    async def _answer(self, session: SourceSession, asked: Sequence[_Asked]) -> None:
        for some in _divided(asked, self.dialect):
            try:
                await _put(session, some)
            except SourceError as error:
                if len(some) == 1 or error.problem in FOR_ALL:
                    _refuse(some, error)
                else:
                    await self._one_by_one(session, some)

    async def _one_by_one(self, session: SourceSession, asked: Sequence[_Asked]) -> None:
        for one in asked:
            try:
                await _put(session, [one])
            except SourceError as error:
                _refuse([one], error)


class SharedSession:
    """One task's part in a shared session, to be used as a SourceSession is, in `async with`.

    `statements` and `milliseconds` are its shares of what was sent and of how long that took.
    """

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing
        self.dialect = sharing.dialect
        self.statements = 0.0
        self.milliseconds = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sharing.leave(self)

    async def execute(self, sql: str, *, tag: str = "", numbers: int = 0) -> Rows:
        """The rows of one SELECT, within the guards; with one row of `numbers` columns it may go along with others."""
        rows: Rows = await self._ask(Select(sql, tag, numbers))
        return rows

    async def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        """Columns by position; empty if the table does not exist."""
        return (await self.get_columns_of(schema, [table])).get(table, [])

    async def get_columns_of(self, schema: str, tables: Sequence[str]) -> dict[str, list[ColumnInfo]]:
        """Columns of those of the schema's tables that exist, by table."""
        columns: dict[str, list[ColumnInfo]] = await self._ask(Columns(schema, tuple(tables)))
        return columns

    async def get_tables(self, schema: str) -> list[TableInfo]:
        """Tables and views of the schema, sorted by name."""
        tables: list[TableInfo] = await self._ask(Tables(schema))
        return tables

    async def _ask(self, about: _Question) -> Any:  # noqa: ANN401  # what the question is about decides
        asked = _Asked(about)
        try:
            return await self._sharing.ask(asked)
        finally:
            self.statements += asked.statements
            self.milliseconds += asked.milliseconds


async def _put(session: SourceSession, asked: Sequence[_Asked]) -> None:
    """Ask once for all of them, who share what it costs. Raises SourceError."""
    started = perf_counter()
    try:
        answers = await _answers(session, [one.about for one in asked])
    finally:
        spent = (perf_counter() - started) * 1000
        for one in asked:
            one.milliseconds += spent / len(asked)
            one.statements += 1 / len(asked)
    for one, answer in zip(asked, answers, strict=True):
        if not one.answer.done():
            one.answer.set_result(answer)


async def _answers(session: SourceSession, about: Sequence[_Question]) -> Sequence[object]:
    """The answers to questions that `_divided` has put together."""
    first = about[0]
    if isinstance(first, Tables):
        return [await session.get_tables(first.schema)] * len(about)
    if isinstance(first, Columns):
        wanted = [one.tables for one in about if isinstance(one, Columns)]
        columns = await session.get_columns_of(first.schema, list(dict.fromkeys(chain(*wanted))))
        return [{table: columns[table] for table in tables if table in columns} for tables in wanted]
    selects = [one for one in about if isinstance(one, Select)]
    if len(selects) == 1:
        return [await session.execute(first.sql, tag=first.tag)]
    return _torn(await session.execute(fused(selects), tag=first.tag), selects)


def fused(selects: Sequence[Select]) -> str:
    """One SELECT of all their numbers, in order."""
    numbers = (f"dq_{place}.dq{number}" for place, one in enumerate(selects) for number in range(one.numbers))
    columns = ",\n  ".join(f"{column} AS dq{place}" for place, column in enumerate(numbers))
    parts = " CROSS JOIN ".join(f"(\n{one.sql}\n) dq_{place}" for place, one in enumerate(selects))
    return f"SELECT {columns}\nFROM {parts}"  # each is a statement of ours


def _torn(answer: Rows, selects: Sequence[Select]) -> list[Rows]:
    """What each of the fused SELECTs would have answered."""
    [row] = answer.rows
    ends = list(accumulate(one.numbers for one in selects))
    return [
        Rows(answer.columns[end - one.numbers : end], [tuple(row[end - one.numbers : end])])
        for one, end in zip(selects, ends, strict=True)
    ]


def _refuse(asked: Iterable[_Asked], error: SourceError) -> None:
    for one in asked:
        if not one.answer.done():
            one.answer.set_exception(error)


def _divided(asked: Iterable[_Asked], dialect: Dialect) -> list[list[_Asked]]:
    """What can go in one question each."""
    found: dict[object, list[_Asked]] = {}
    scans: list[list[_Asked]] = []
    for one in asked:
        about = one.about
        if not isinstance(about, Select):
            found.setdefault((type(about), about.schema), []).append(one)
        elif not about.numbers:
            found[one] = [one]
        elif scans and _fits([other.about for other in scans[-1]], about, dialect):
            scans[-1].append(one)
        else:
            scans.append([one])
    return [*found.values(), *scans]


def _fits(selects: Sequence[_Question], one: Select, dialect: Dialect) -> bool:
    """Whether the engine takes one more in the same statement, and is not slowed down by that."""
    every = [*(other for other in selects if isinstance(other, Select)), one]
    limits, together = dialect.limits, dialect.layout.tables_together
    numbers, size = sum(other.numbers for other in every), sum(len(other.sql.encode()) for other in every)
    wide = numbers > limits.select_columns or size + numbers * COLUMN_BYTES > limits.statement_bytes
    return len(every) <= together and not wide
