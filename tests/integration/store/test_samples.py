from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.maintenance import DELETED_AT_ONCE, SqlMaintenance
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.errors import NotFound, WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import Check
from dq_platform.models.sample import ErrorSamples, SampleColumn, SampleValue
from tests.integration.store.world import DAY, HOUR, NOT_IDS, NOW, SECOND, World

TELLING = "Größe 😀 s3cret-value"
COLUMNS = (SampleColumn("id", identifies=True), SampleColumn("customer"), SampleColumn("email", masked=True))
ROWS = (
    (SampleValue("7"), SampleValue(TELLING, truncated=True), SampleValue(None)),
    (SampleValue("8"), SampleValue(None), SampleValue(None)),
    (SampleValue("9"), SampleValue("\x00\ud800"), SampleValue(None)),
)


def samples(check: Check, **changes: Any) -> ErrorSamples:
    found = ErrorSamples(
        workspace_id=check.workspace_id,
        result_id=new_id(),
        check_id=check.id,
        data_group="",
        time_period=NOW.replace(hour=0),
        taken_at=NOW,
        columns=COLUMNS,
        rows=ROWS,
        more=True,
    )
    return replace(found, **changes)


async def save(world: World, *found: ErrorSamples) -> None:
    async with world.uow() as tx:
        await tx.samples.save(found)
        await tx.commit()


async def read(world: World, result_id: str) -> ErrorSamples:
    async with world.uow() as tx:
        return await tx.samples.of_result(world.id, result_id)


async def count(engine: AsyncEngine, check: Check) -> int:
    async with engine.connect() as connection:
        query = text("SELECT count(*) FROM error_samples WHERE check_id = :check")
        return int((await connection.execute(query, {"check": check.id})).scalar_one())


async def test_samples_come_back_as_they_were(world: World) -> None:
    check = await world.check()
    rows = samples(check)
    none = samples(check, data_group='["it\'s"]', columns=(), rows=(), more=False, error_reason="X", message="no")
    await save(world, rows, none)
    assert await read(world, rows.result_id) == rows
    assert await read(world, none.result_id) == none


async def test_the_store_holds_nothing_of_the_rows_in_plain(world: World, engine: AsyncEngine) -> None:
    check = await world.check()
    found = samples(check)
    await save(world, found)
    async with engine.connect() as connection:
        query = text("SELECT e::text, content FROM error_samples e WHERE check_id = :check")
        row = (await connection.execute(query, {"check": check.id})).one()
    assert "s3cret" not in row[0]
    assert "customer" not in row[0]
    for plain in (b"s3cret", TELLING.encode(), b"customer"):
        assert plain not in bytes(row.content)


async def test_a_newer_failure_of_the_same_group_and_period_takes_the_place(world: World, engine: AsyncEngine) -> None:
    check = await world.check()
    first, newer = samples(check), samples(check, taken_at=NOW + SECOND, rows=ROWS[:1])
    others = [samples(check, data_group='["a"]'), samples(check, time_period=NOW.replace(hour=0) - DAY)]
    await save(world, first, *others)
    await save(world, newer)
    await save(world, replace(first, rows=()))  # comes late
    assert await count(engine, check) == 3
    assert await read(world, newer.result_id) == newer
    with pytest.raises(NotFound):
        await read(world, first.result_id)


async def test_another_workspace_sees_none(world: World, other: World) -> None:
    found = samples(await world.check())
    await save(world, found)
    for stranger, asked in ((other, found.result_id), *((world, wrong) for wrong in NOT_IDS)):
        with pytest.raises(NotFound) as caught:
            await read(stranger, asked)
        assert caught.value.reason == "ERROR_SAMPLES_NOT_FOUND"


async def test_samples_go_with_their_check(world: World, engine: AsyncEngine) -> None:
    check = await world.check()
    await save(world, samples(check))
    async with world.uow() as tx:
        await tx.checks.delete(world.id, check.id)
        await tx.commit()
    assert await count(engine, check) == 0


async def test_a_key_that_is_gone_makes_them_unreadable_and_says_so(world: World, engine: AsyncEngine) -> None:
    found = samples(await world.check())
    await save(world, found)
    stranger = replace(world, uow=SqlUow(engine.sync_engine, FernetCipher(Fernet.generate_key().decode())))
    with pytest.raises(WrongState, match="ENCRYPTION_KEY") as caught:
        await read(stranger, found.result_id)
    assert caught.value.reason == "ERROR_SAMPLES_UNREADABLE"


async def test_old_samples_are_deleted_however_many_there_are(world: World, engine: AsyncEngine) -> None:
    check = await world.check()
    old = [
        samples(check, time_period=NOW + number * HOUR, taken_at=NOW - 31 * DAY, rows=())
        for number in range(DELETED_AT_ONCE + 5)
    ]
    kept = samples(check, time_period=NOW - HOUR, taken_at=NOW - 30 * DAY)
    await save(world, *old, kept)
    maintenance = SqlMaintenance(engine.sync_engine)
    assert await maintenance.delete_samples(NOW - 30 * DAY) == len(old)
    assert await count(engine, check) == 1
    assert await read(world, kept.result_id) == kept
    assert await maintenance.delete_samples(NOW - 30 * DAY) == 0
