"""Asynchronous code shares sessions, and a statement whose task is cancelled ends on the server."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType
from tests.contract.engine import GUARDS, Engine
from tests.contract.needs import needs

OPTIONS = SourceOptions(limit=2, guards=GUARDS)


async def until_running(engine: Engine, tag: str) -> None:
    """Return when the server runs the statement; an engine that cannot tell gets a moment instead."""
    if engine.running is None:
        await asyncio.sleep(0.2)
        return
    while not await asyncio.to_thread(engine.running, tag):  # noqa: ASYNC110  the server tells nobody
        await asyncio.sleep(0.02)


class PoolingContract:
    async def test_a_session_executes_and_counts(self, engine: Engine) -> None:
        await asyncio.to_thread(engine.table, {"v": DataType.INTEGER})
        async with Sources(OPTIONS) as sources, sources.session(engine.connection()) as session:
            rows = await session.execute("SELECT 1 AS v", tag="job=1")
            await session.execute("SELECT 1 AS v")
            assert list(rows.rows) == [(1,)]
            assert (session.statements, session.rows) == (2, 2)
            assert session.dialect is engine.dialect
            assert engine.schema in await session.get_schemas()
            assert await session.get_columns(engine.schema, "no_such_table") == []
            assert isinstance(await session.get_tables(engine.schema), list)

    async def test_a_connection_test_tells_what_answers(self, engine: Engine) -> None:
        async with Sources(OPTIONS) as sources:
            assert (await sources.test(engine.connection())).product

    async def test_a_connection_test_fails_without_a_source(self, engine: Engine) -> None:
        async with Sources(OPTIONS) as sources:
            with pytest.raises(SourceError):
                await sources.test(engine.connection(**engine.unreachable))

    async def test_no_more_sessions_than_the_limit_are_in_use(self, engine: Engine) -> None:
        using, most = 0, 0

        async def use(sources: Sources) -> None:
            nonlocal using, most
            async with sources.session(engine.connection()) as session:
                using += 1
                most = max(most, using)
                await session.execute("SELECT 1 AS v")
                using -= 1

        async with Sources(OPTIONS) as sources, asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(use(sources))
        assert most == 2

    @needs("cancel")
    async def test_cancelling_the_task_ends_the_statement(self, engine: Engine) -> None:
        async with Sources(OPTIONS) as sources:

            async def run() -> None:
                async with sources.session(engine.connection()) as session:
                    await session.execute(engine.slow, tag="cancelled-by-task")

            task = asyncio.create_task(run())
            await until_running(engine, "cancelled-by-task")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            if engine.running:
                assert engine.running("cancelled-by-task") == 0
            async with sources.session(engine.connection()) as session:
                assert (await session.execute("SELECT 1 AS v")).rows[0] == (1,)

    @needs("cancel")
    async def test_a_deadline_of_the_caller_ends_the_statement(self, engine: Engine) -> None:
        async with Sources(OPTIONS) as sources, sources.session(engine.connection()) as session:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await session.execute(engine.slow, tag="cancelled-by-deadline")
            if engine.running:
                assert engine.running("cancelled-by-deadline") == 0
            assert (await session.execute("SELECT 1 AS v")).rows[0] == (1,)

    async def test_a_session_that_the_server_ended_is_replaced(self, engine: Engine) -> None:
        if engine.kill_sessions is None:
            pytest.skip("there is no server that could end a session")
        async with Sources(OPTIONS) as sources:
            async with sources.session(engine.connection()) as session:
                await session.execute("SELECT 1 AS v")
            await asyncio.to_thread(engine.kill_sessions)
            async with sources.session(engine.connection()) as session:
                assert (await session.execute("SELECT 1 AS v")).rows[0] == (1,)

    async def test_a_session_that_ends_in_use_is_an_error_once(self, engine: Engine) -> None:
        if engine.kill_sessions is None:
            pytest.skip("there is no server that could end a session")
        async with Sources(OPTIONS) as sources, sources.session(engine.connection()) as session:
            await session.execute("SELECT 1 AS v")
            await asyncio.to_thread(engine.kill_sessions)
            with pytest.raises(SourceError) as caught:
                await session.execute("SELECT 1 AS v")
            assert caught.value.problem is SourceProblem.UNREACHABLE
            assert (await session.execute("SELECT 1 AS v")).rows[0] == (1,)

    async def test_a_changed_connection_gets_new_sessions(self, engine: Engine) -> None:
        async with Sources(OPTIONS) as sources:
            async with sources.session(engine.connection()) as session:
                await session.execute("SELECT 1 AS v")
            async with sources.session(engine.connection(version=2, **engine.unreachable)) as session:
                with pytest.raises(SourceError):
                    await session.execute("SELECT 1 AS v")

    async def test_idle_sessions_close(self, engine: Engine) -> None:
        options = SourceOptions(limit=2, idle=timedelta(milliseconds=20), guards=GUARDS)
        async with Sources(options) as sources:
            async with sources.session(engine.connection()) as session:
                await session.execute("SELECT 1 AS v")
            assert sources.open_sources == 1
            async with asyncio.timeout(10):
                while sources.open_sources:  # noqa: ASYNC110  nobody is told
                    await asyncio.sleep(0.01)
            assert sources.open_sources == 0
