from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import duckdb
import pytest

from dq_platform.connectors.base import Rows
from dq_platform.connectors.dialect import Dialect, Layout, Limits
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.shared_session import SharedSession, Sharing
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import ColumnInfo, DataType


class Source:
    """A session with a DuckDB of its own, which notes what it is asked."""

    def __init__(self) -> None:
        self.link = duckdb.connect()
        self.asked: list[str] = []
        self.problem = SourceProblem.BAD_SQL

    async def execute(self, sql: str, *, tag: str = "") -> Rows:
        self.asked.append(f"{tag}: {sql.count('(SELECT') or 1}")
        try:
            return Rows((), self.link.execute(sql).fetchall())
        except duckdb.Error as error:
            raise SourceError(self.problem, "refused") from error

    async def get_columns_of(self, schema: str, tables: Sequence[str]) -> dict[str, list[ColumnInfo]]:
        self.asked.append(f"columns of {schema}: {' '.join(tables)}")
        return {table: [ColumnInfo(f"of_{table}", 1, "int", DataType.INTEGER)] for table in tables if table != "none"}

    async def get_tables(self, schema: str) -> list[str]:
        self.asked.append(f"tables of {schema}")
        return [schema]


class Narrow(DuckDBDialect):
    limits = Limits(select_columns=3)


class Pairs(DuckDBDialect):
    layout = Layout(tables_together=2)


async def serve(source: Source, *questions: Any, dialect: Dialect | None = None) -> list[Any]:
    """The answers to questions that tasks of their own ask at once, or their errors; all shares must add up."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Any]:
        yield source

    sharing = Sharing(opened(), dialect or DuckDBDialect())

    async def one(member: SharedSession, question: Any) -> Any:
        async with member:
            return await question(member)

    members = [sharing.join() for _ in questions]
    served = asyncio.create_task(sharing.serve())
    pairs = zip(members, questions, strict=True)
    answers = await asyncio.gather(*(one(*pair) for pair in pairs), return_exceptions=True)
    await asyncio.wait_for(served, 5)
    assert round(sum(member.statements for member in members), 9) == len(source.asked)
    return answers


def select(sql: str, numbers: int = 0) -> Any:
    return lambda member: member.execute(sql, tag="job", numbers=numbers)


def rows(answers: list[Any]) -> list[Any]:
    return [answer.rows for answer in answers]


ONE = select("(SELECT 1 AS dq0)", 1)
TWO = select("(SELECT 2 AS dq0, 'a' AS dq1)", 2)


async def test_rows_of_numbers_are_one_statement_and_keep_their_types() -> None:
    source = Source()
    assert rows(await serve(source, ONE, TWO, ONE)) == [[(1,)], [(2, "a")], [(1,)]]
    assert source.asked == ["job: 3"]


async def test_other_selects_go_alone() -> None:
    source = Source()
    answers = await serve(source, ONE, select("SELECT * FROM range(3)"), TWO)
    assert rows(answers) == [[(1,)], [(0,), (1,), (2,)], [(2, "a")]]
    assert sorted(source.asked) == ["job: 1", "job: 2"]


@pytest.mark.parametrize("dialect", [Narrow(), Pairs()])
async def test_an_engine_s_limits_divide_them(dialect: Dialect) -> None:
    source = Source()
    assert rows(await serve(source, TWO, ONE, ONE, dialect=dialect)) == [[(2, "a")], [(1,)], [(1,)]]
    assert source.asked == ["job: 2", "job: 1"]


async def test_one_that_fails_leaves_the_others_their_answers() -> None:
    source = Source()
    bad = select("(SELECT 1 // 0 + no_column AS dq0)", 1)
    first, error, second = await serve(source, ONE, bad, TWO)
    assert rows([first, second]) == [[(1,)], [(2, "a")]]
    assert isinstance(error, SourceError)
    assert source.asked == ["job: 3", "job: 1", "job: 1", "job: 1"]


async def test_a_source_that_is_gone_is_not_asked_again() -> None:
    source = Source()
    source.problem = SourceProblem.UNREACHABLE
    errors = await serve(source, ONE, select("(SELECT no_column AS dq0)", 1))
    assert [error.reason for error in errors] == ["SOURCE_UNREACHABLE"] * 2
    assert source.asked == ["job: 2"]


async def test_columns_are_asked_for_by_schema_and_tables_once() -> None:
    source = Source()
    answers = await serve(
        source,
        lambda member: member.get_columns("a", "x"),
        lambda member: member.get_columns("a", "none"),
        lambda member: member.get_columns("b", "x"),
        lambda member: member.get_tables("a"),
        lambda member: member.get_tables("a"),
    )
    assert [[column.name for column in columns] for columns in answers[:3]] == [["of_x"], [], ["of_x"]]
    assert answers[3:] == [["a"], ["a"]]
    assert source.asked == ["columns of a: x none", "columns of b: x", "tables of a"]


async def test_who_asks_more_waits_for_nobody_that_has_left() -> None:
    source = Source()

    async def twice(member: SharedSession) -> Any:
        await member.execute("(SELECT 1 AS dq0)", tag="job", numbers=1)
        return await member.execute("(SELECT 3 AS dq0)", tag="job", numbers=1)

    assert rows(await serve(source, ONE, twice)) == [[(1,)], [(3,)]]
    assert source.asked == ["job: 2", "job: 1"]


async def test_who_waits_for_something_else_keeps_nobody_waiting() -> None:
    source, told = Source(), asyncio.Event()

    async def waiting(member: SharedSession) -> Any:
        await told.wait()
        return await member.execute("(SELECT 3 AS dq0)", tag="job", numbers=1)

    async def telling(member: SharedSession) -> Any:
        answer = await member.execute("(SELECT 1 AS dq0)", tag="job", numbers=1)
        told.set()
        return answer

    assert rows(await serve(source, waiting, telling)) == [[(3,)], [(1,)]]
    assert source.asked == ["job: 1", "job: 1"]
