from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dq_platform.connectors import lease
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.errors import Invalid, SourceError, SourceProblem
from dq_platform.models.connection import Connection, SettingValue
from dq_platform.models.cost import Budget
from tests.unit.connectors.fakes import FakeConnector


def connection(version: int = 1, type: str = "fake", id: str = "c-1", **settings: SettingValue) -> Connection:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return Connection(id, "w-1", "Fake", type, settings, now, now, version=version)


@pytest.fixture
async def sources(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sources]:
    monkeypatch.setattr(ConnectorFactory, "_registered", {"fake": FakeConnector})
    monkeypatch.setattr(FakeConnector, "made", [])
    monkeypatch.setattr(FakeConnector, "blocked", threading.Event())
    async with Sources(SourceOptions(limit=2)) as sources:
        yield sources
    assert all(connector.state in ("closed", "new") for connector in FakeConnector.made)


async def until_open(count: int) -> None:
    while sum(connector.state == "open" for connector in FakeConnector.made) < count:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def use(sources: Sources, sql: str = "SELECT 1", version: int = 1) -> None:
    async with sources.session(connection(version)) as session:
        await session.execute(sql)


async def test_a_free_session_is_used_again(sources: Sources) -> None:
    for _ in range(3):
        await use(sources)
    assert len(FakeConnector.made) == 1


async def test_sessions_open_when_they_are_first_used(sources: Sources) -> None:
    async with sources.session(connection()):
        pass
    assert FakeConnector.made == []


async def test_a_dead_idle_session_is_replaced_unnoticed(sources: Sources) -> None:
    await use(sources)
    FakeConnector.made[0].state = "dead"
    await use(sources)
    assert [connector.state for connector in FakeConnector.made] == ["closed", "open"]


async def test_an_idle_session_that_dies_after_it_has_begun_is_an_error(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    await use(sources)
    monkeypatch.setattr(lease, "AT_ONCE", timedelta(0))
    with pytest.raises(SourceError):
        await use(sources, "die")
    assert len(FakeConnector.made) == 1
    await use(sources)
    assert len(FakeConnector.made) == 2


async def test_a_stale_idle_session_is_replaced(sources: Sources) -> None:
    await use(sources)
    FakeConnector.made[0].stale = True
    await use(sources)
    assert len(FakeConnector.made) == 2


async def test_a_session_that_dies_in_use_is_an_error_and_then_replaced(sources: Sources) -> None:
    async with sources.session(connection()) as session:
        await session.execute("SELECT 1")
        with pytest.raises(SourceError):
            await session.execute("die")
        assert (await session.execute("SELECT 2")).rows == [("SELECT 2",)]
    assert len(FakeConnector.made) == 2


@pytest.mark.parametrize(("allowed", "at_once"), [(1, 1), (2, 2), (9, 2)])
async def test_a_connections_budget_makes_statements_wait_for_their_turn(
    sources: Sources, allowed: int, at_once: int
) -> None:
    given = replace(connection(), budget=Budget(max_concurrent_statement_count=allowed))
    running = most = 0

    async def use_it() -> None:
        nonlocal running, most
        async with sources.session(given) as session:
            running += 1
            most = max(most, running)
            await session.execute("SELECT 1")
            running -= 1

    await asyncio.gather(*(use_it() for _ in range(5)))
    assert most == at_once


async def test_a_cancelled_task_cancels_its_statement_and_spoils_the_session(sources: Sources) -> None:
    task = asyncio.create_task(use(sources, "block"))
    await asyncio.to_thread(FakeConnector.blocked.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert FakeConnector.made[0].cancelled.is_set()
    await use(sources)
    assert len(FakeConnector.made) == 2


async def test_a_source_that_hears_no_cancel_keeps_no_other_from_hearing_it(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeConnector, "unheard", threading.Event())

    async def block(given: Connection) -> None:
        async with sources.session(given) as session:
            await session.execute("block")

    deaf = [asyncio.create_task(block(connection(id=f"c-{n}", deaf=True))) for n in range(10)]
    await until_open(10)
    for task in deaf:
        task.cancel()
    await asyncio.sleep(0.1)
    heard = asyncio.create_task(block(connection(id="c-heard")))
    await until_open(11)
    heard.cancel()
    done, _ = await asyncio.wait({heard}, timeout=5)
    FakeConnector.unheard.set()
    await asyncio.gather(*deaf, heard, return_exceptions=True)
    assert done == {heard}


async def test_a_refused_session_is_an_error_each_time(sources: Sources) -> None:
    async with sources.session(connection(refuses=True)) as session:
        for _ in range(2):
            with pytest.raises(SourceError) as caught:
                await session.execute("SELECT 1")
            assert caught.value.problem is SourceProblem.CREDENTIALS


async def test_a_missing_reference_is_an_error_of_the_source(sources: Sources) -> None:
    with pytest.raises(SourceError, match="env:NO_SUCH_VARIABLE"):
        await sources.test(connection(password="${env:NO_SUCH_VARIABLE}"))


async def test_references_are_resolved_for_the_session_only(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQ_SOURCE_SHOP", "s3cret")
    given = connection(password="${env:DQ_SOURCE_SHOP}")
    async with sources.session(given) as session:
        await session.execute("SELECT 1")
    assert FakeConnector.made[0].settings["password"] == "s3cret"
    assert given.settings["password"] == "${env:DQ_SOURCE_SHOP}"


async def test_a_new_version_closes_the_former_sessions(sources: Sources) -> None:
    async with sources.session(connection(1)) as former:
        await former.execute("SELECT 1")
        await use(sources, version=2)
        assert (await former.execute("SELECT 1")).rows
    await use(sources, version=2)
    assert [connector.state for connector in FakeConnector.made] == ["closed", "open"]


async def test_a_test_leaves_no_session(sources: Sources) -> None:
    assert (await sources.test(connection())).product == "Fake"
    assert [connector.state for connector in FakeConnector.made] == ["closed"]
    assert sources.open_sources == 0


async def test_an_unknown_type_is_invalid(sources: Sources) -> None:
    with pytest.raises(Invalid):
        async with sources.session(connection(type="nothing")):
            pass
