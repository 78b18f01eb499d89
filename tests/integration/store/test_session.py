from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Select, Text, bindparam, cast, func, literal_column, select, text

from dq_platform.adapters.sql.engine import PoolConfig, dispose, make_engine
from dq_platform.adapters.sql.session import Session
from dq_platform.errors import Invalid, StoreUnavailable
from local.ports import any_free
from local.postgres import EmbeddedPostgres, PostgresConfig
from tests.engines.places import reachable_directory

ANSWER = select(func.length(literal_column("'four'")).label("answer"))
LONG = select(func.pg_sleep(literal_column("20")).label("slept"))
Ask = Callable[[Session, Select[Any]], Awaitable[object]]
PATIENCE = timedelta(seconds=2)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server that tests may stop; they start it again."""
    with reachable_directory() as directory:
        config = PostgresConfig(directory, any_free(), "only for tests", directory / "postgres.log", durable=False)
        with EmbeddedPostgres(config) as postgres:
            yield postgres


@pytest.fixture
async def own(server: EmbeddedPostgres) -> AsyncIterator[Engine]:
    async with of(server.url(), size=3) as engine:
        yield engine


@asynccontextmanager
async def of(url: str, size: int) -> AsyncIterator[Engine]:
    config = PoolConfig(size=size, connect_timeout=PATIENCE, statement_timeout=PATIENCE)
    engine = make_engine(url, config)
    yield engine
    await dispose(engine)


@asynccontextmanager
async def session(engine: Engine) -> AsyncIterator[Session]:
    opened = Session(engine)
    try:
        yield opened
    finally:
        await opened.close()


async def executed(one: Session, statement: Select[Any]) -> object:
    return (await one.execute(statement)).scalar_one()


async def read(one: Session, statement: Select[Any]) -> object:
    return (await one.read(statement, {}))[0][0]


both_ways = pytest.mark.parametrize("ask", [executed, read])


async def answer(engine: Engine, ask: Ask = executed) -> object:
    async with session(engine) as one:
        return await ask(one, ANSWER)


async def fill(engine: Engine) -> None:
    """Leave the pool with all the connections that it may have."""
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await (await stack.enter_async_context(session(engine))).execute(ANSWER)


@pytest.mark.parametrize("value", ['{"a": "\\u0000"}', '{"\\u0000": 1}'])
async def test_a_nul_byte_inside_json_is_invalid(own: Engine, value: str) -> None:
    async with session(own) as one:
        with pytest.raises(Invalid):
            await one.execute(text("SELECT CAST(:value AS text)::jsonb"), {"value": value})


async def test_what_is_not_committed_is_undone_and_its_connection_is_good_for_others(own: Engine) -> None:
    async with session(own) as one:
        await one.execute(text("CREATE TABLE kept (n int)"))
        await one.commit()
        await one.execute(text("INSERT INTO kept VALUES (1)"))
    async with session(own) as other:
        assert (await other.execute(text("SELECT count(*) FROM kept"))).scalar_one() == 0


async def test_reading_begins_no_transaction(own: Engine) -> None:
    begun = select(func.now())
    async with session(own) as one:
        first = (await one.execute(begun)).scalar_one()
        assert (await one.execute(begun)).scalar_one() > first
        second = (await one.execute(begun.with_for_update())).scalar_one()
        assert (await one.execute(begun)).scalar_one() == second


async def test_a_restart_of_the_store_between_two_transactions_is_not_noticed(
    server: EmbeddedPostgres, own: Engine
) -> None:
    for ask in (executed, read):
        await fill(own)
        server.stop()
        server.start()
        assert [await answer(own, ask) for _ in range(4)] == [4, 4, 4, 4]
    await fill(own)
    server.stop()
    server.start()
    async with session(own) as one:
        await one.execute(text("CREATE TABLE after_the_restart (n int)"))
        await one.commit()


async def test_a_read_sees_what_its_transaction_wrote(own: Engine) -> None:
    seen = select(cast(func.to_regclass(literal_column("'seen'")), Text).label("name"))
    async with session(own) as one:
        await one.execute(text("CREATE TABLE seen (n int)"))
        assert await read(one, seen) == "seen"
    async with session(own) as other:
        assert await read(other, seen) is None


async def test_a_read_of_text_that_the_store_cannot_hold_is_invalid(own: Engine) -> None:
    async with session(own) as one:
        with pytest.raises(Invalid):
            await one.read(select(func.length(bindparam("given", type_=Text)).label("length")), {"given": "a\0b"})


@both_ways
async def test_sessions_that_the_store_ended_are_not_noticed(server: EmbeddedPostgres, own: Engine, ask: Ask) -> None:
    await fill(own)
    async with of(server.url(), 1) as other, session(other) as killer:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dq-platform'"
        await killer.execute(text(f"{others} AND pid <> pg_backend_pid()"))
        assert [await answer(own, ask) for _ in range(4)] == [4, 4, 4, 4]


@both_ways
async def test_a_session_that_is_lost_within_a_transaction_is_an_outage(
    server: EmbeddedPostgres, own: Engine, ask: Ask
) -> None:
    async with session(own) as one:
        await one.execute(text("CREATE TABLE lost (n int)"))
        server.stop()
        with pytest.raises(StoreUnavailable):
            await ask(one, ANSWER)
        server.start()
    assert await answer(own) == 4
    async with session(own) as other:
        assert (await other.execute(text("SELECT to_regclass('lost')"))).scalar_one() is None


async def test_a_store_that_is_gone_is_an_outage_until_it_is_back(server: EmbeddedPostgres, own: Engine) -> None:
    await fill(own)
    server.stop()
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await answer(own)
    server.start()
    assert await answer(own) == 4


async def test_a_store_that_was_never_there_is_an_outage() -> None:
    async with of(f"postgresql://dq:x@127.0.0.1:{any_free()}/dq", 1) as engine:
        with pytest.raises(StoreUnavailable):
            await answer(engine)


async def test_who_gets_no_connection_in_time_meets_an_outage(server: EmbeddedPostgres) -> None:
    async with of(server.url(), 1) as engine, session(engine) as holder:
        await holder.execute(ANSWER)
        with pytest.raises(StoreUnavailable):
            await answer(engine)


@both_ways
async def test_a_statement_that_takes_too_long_is_an_outage_and_its_connection_is_dropped(
    own: Engine, ask: Ask
) -> None:
    async with session(own) as one:
        with pytest.raises(StoreUnavailable):
            await ask(one, LONG)
    assert await answer(own) == 4


@both_ways
async def test_a_cancelled_statement_leaves_nothing_behind(own: Engine, ask: Ask) -> None:
    async with session(own) as one:
        await one.execute(text("SELECT 1"))
        waiting = asyncio.ensure_future(ask(one, LONG))
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await fill(own)
