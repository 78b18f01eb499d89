from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.errors import NotFound
from dq_platform.ids import new_id
from dq_platform.models.metadata import (
    ColumnInfo,
    DataType,
    Estimates,
    Sweep,
    TableInfo,
    TableKind,
    TableSettings,
    TableSnapshot,
    TableVersion,
)
from dq_platform.models.page import PageRequest
from tests.integration.store.world import DAY, NOT_IDS, NOW, World

ID = ColumnInfo("id", 1, "bigint", DataType.INTEGER, nullable=False, primary_key=True)
NAME = ColumnInfo("näme", 2, "varchar(20)", DataType.TEXT, comment="who", estimated_distinct=12)


def snapshot(world: World, table: str = "orders", **changes: object) -> TableSnapshot:
    info = TableInfo("shop", table, TableKind.VIEW, 1_000, "all orders", 8_192, NOW - DAY)
    return replace(TableSnapshot(world.connection.id, info, (ID, NAME), NOW), **changes)


async def save(world: World, *snapshots: TableSnapshot) -> None:
    async with world.uow() as tx:
        await tx.tables.save_snapshots(snapshots)
        await tx.commit()


async def read(world: World, table: str = "orders") -> TableSnapshot | None:
    async with world.uow() as tx:
        return await tx.tables.snapshot(world.connection.id, "shop", table)


async def rows(world: World, engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        query = text("SELECT count(*) FROM table_snapshots WHERE connection_id = :id")
        return int((await connection.execute(query, {"id": world.connection.id})).scalar_one())


async def test_a_snapshot_comes_back_as_it_was_saved(world: World) -> None:
    first = snapshot(world)
    await save(world, first, snapshot(world, "customers"))
    assert await read(world) == first
    assert await read(world, "nothing") is None


async def test_the_same_columns_again_only_move_the_time(world: World, engine: AsyncEngine) -> None:
    await save(world, snapshot(world))
    guess = replace(NAME, estimated_distinct=99)
    later = snapshot(world, taken_at=NOW + DAY, columns=(ID, guess))
    await save(world, later)
    assert await read(world) == later
    assert await rows(world, engine) == 1


async def test_changed_columns_are_kept_beside_the_old_ones(world: World, engine: AsyncEngine) -> None:
    await save(world, snapshot(world))
    changed = snapshot(world, taken_at=NOW + DAY, columns=(ID,))
    await save(world, changed)
    assert await read(world) == changed
    assert await rows(world, engine) == 2


async def test_what_was_seen_before_the_newest_is_no_news(world: World, engine: AsyncEngine) -> None:
    newest = snapshot(world, taken_at=NOW + DAY)
    await save(world, newest, snapshot(world, "dropped"))
    async with world.uow() as tx:
        sweep = Sweep([("shop", "orders")], NOW + DAY)
        await tx.tables.forget_absent(world.connection.id, sweep, NOW + DAY)
        await tx.commit()
    await save(world, snapshot(world, columns=(ID,)), snapshot(world, "dropped"))
    assert (await read(world), await read(world, "dropped")) == (newest, None)
    assert await rows(world, engine) == 3


async def test_a_table_that_a_sync_does_not_find_is_absent_until_it_is_found_again(
    world: World, engine: AsyncEngine
) -> None:
    await save(world, snapshot(world), snapshot(world, "customers"))
    for _ in range(2):
        async with world.uow() as tx:
            await tx.tables.forget_absent(world.connection.id, Sweep([("shop", "customers")], NOW + DAY), NOW + DAY)
            await tx.commit()
    assert await read(world) is None
    assert await read(world, "customers") is not None
    assert await rows(world, engine) == 3
    back = snapshot(world, taken_at=NOW + 2 * DAY)
    await save(world, back)
    assert await read(world) == back


async def test_what_a_sync_could_not_see_is_kept(world: World) -> None:
    await save(world, replace(snapshot(world), table=TableInfo("closed", "orders")), snapshot(world))
    began = NOW + DAY
    await save(world, *(snapshot(world, name, taken_at=began + n * DAY) for n, name in enumerate(("new", "newer"))))
    async with world.uow() as tx:
        await tx.tables.forget_absent(world.connection.id, Sweep([], began, ["closed"]), began + 2 * DAY)
        await tx.commit()
    assert await read(world) is None
    assert await read(world, "new") is not None
    assert await read(world, "newer") is not None
    async with world.uow() as tx:
        assert await tx.tables.snapshot(world.connection.id, "closed", "orders") is not None


async def test_a_sync_that_finds_nothing_forgets_all(world: World) -> None:
    await save(world, snapshot(world))
    async with world.uow() as tx:
        await tx.tables.forget_absent(world.connection.id, Sweep([], NOW + DAY), NOW + DAY)
        await tx.commit()
    assert await read(world) is None


async def test_the_newest_of_what_is_there_is_listed_in_pages(world: World) -> None:
    renamed = (replace(ID, name="key"), NAME)
    await save(world, *(snapshot(world, name) for name in ("b", "A", "a", "gone")))
    await save(world, snapshot(world, "b", taken_at=NOW + DAY, columns=renamed))
    elsewhere = replace(snapshot(world, "x"), table=TableInfo("stock", "x"))
    await save(world, elsewhere)
    async with world.uow() as tx:
        kept = [("shop", "A"), ("shop", "a"), ("shop", "b"), ("stock", "x")]
        await tx.tables.forget_absent(world.connection.id, Sweep(kept, NOW + 2 * DAY), NOW + 2 * DAY)
        first = await tx.tables.present(world.connection.id, "shop", PageRequest(2))
        rest = await tx.tables.present(world.connection.id, "shop", PageRequest(2, first.next_after))
        assert await tx.tables.schemas(world.connection.id) == ["shop", "stock"]
        assert (await tx.tables.present(world.connection.id, "nothing", PageRequest())).items == []
    assert [one.table.table_name for one in (*first.items, *rest.items)] == ["A", "a", "b"]
    assert rest.items[0].columns == renamed
    assert rest.next_after == ()


async def test_the_history_tells_when_a_table_was_what_newest_first(world: World) -> None:
    for days, columns in ((0, (ID, NAME)), (1, (ID, NAME)), (2, (ID,))):
        await save(world, snapshot(world, taken_at=NOW + days * DAY, columns=columns))
    async with world.uow() as tx:
        await tx.tables.forget_absent(world.connection.id, Sweep([], NOW + 3 * DAY), NOW + 3 * DAY)
        await tx.commit()
    await save(world, snapshot(world, taken_at=NOW + 4 * DAY, columns=(ID,)))
    await save(world, snapshot(world, "customers"))
    found: list[TableVersion] = []
    page = PageRequest(3)
    async with world.uow() as tx:
        while True:
            part = await tx.tables.history(world.connection.id, "shop", "orders", page)
            found += part.items
            if not part.next_after:
                break
            page = PageRequest(3, part.next_after)
    assert [(v.first_seen - NOW, v.last_seen - NOW, v.absent) for v in found] == [
        (4 * DAY, 4 * DAY, False),
        (3 * DAY, 3 * DAY, True),
        (2 * DAY, 2 * DAY, False),
        (0 * DAY, 1 * DAY, False),
    ]
    assert [v.columns for v in found] == [(ID,), (), (ID,), (ID, NAME)]
    assert [v.before for v in found] == [None, (ID,), (ID, NAME), None]
    assert found[3].table == snapshot(world).table


async def test_snapshots_of_a_connection_that_is_gone_are_refused(world: World) -> None:
    with pytest.raises(NotFound, match="connection"):
        await save(world, snapshot(world, connection_id=new_id()))


async def test_settings_are_empty_until_saved_and_then_replaced(world: World) -> None:
    place = (world.connection.id, "shop", "orders")
    async with world.uow() as tx:
        assert await tx.tables.settings(*place) == TableSettings(*place)
        for condition in ("a > 1", "b > 2"):
            await tx.tables.save_settings(TableSettings(*place, filter=condition))
        assert await tx.tables.settings(*place) == TableSettings(*place, filter="b > 2")


@pytest.mark.parametrize("id", NOT_IDS)
async def test_nothing_is_known_of_what_is_no_connection(world: World, id: str) -> None:
    async with world.uow() as tx:
        assert await tx.tables.snapshot(id, "shop", "orders") is None
        assert (await tx.tables.settings(id, "shop", "orders")).filter == ""
        assert await tx.tables.schemas(id) == []
        assert (await tx.tables.present(id, "shop", PageRequest())).items == []
        assert (await tx.tables.history(id, "shop", "orders", PageRequest())).items == []
        with pytest.raises(NotFound):
            await tx.tables.forget_absent(id, Sweep([], NOW), NOW)


async def test_settings_for_a_connection_that_is_gone_are_refused(world: World) -> None:
    async with world.uow() as tx:
        with pytest.raises(NotFound, match="connection"):
            await tx.tables.save_settings(TableSettings(new_id(), "shop", "orders", "x"))


async def learnt(world: World, at: datetime = NOW, rows: int | None = None, **distinct: int) -> Estimates:
    table = TableSettings(world.connection.id, "shop", "orders")
    async with world.uow() as tx:
        await tx.tables.save_estimates(table, Estimates(rows, distinct), at)
        await tx.commit()
    async with world.uow() as tx:
        return (await tx.tables.known(world.connection.id, "shop", "orders")).learned


async def test_sizes_that_runs_found_are_added_up(world: World) -> None:
    now = datetime.now(UTC)
    assert await learnt(world, now, 1000, email=7) == Estimates(1000, {"email": 7})
    assert await learnt(world, now, None, email=8, country=3) == Estimates(1000, {"email": 8, "country": 3})


async def test_sizes_that_nobody_found_again_are_forgotten(world: World) -> None:
    assert await learnt(world, datetime.now(UTC) - timedelta(days=31), 1000) == Estimates()


async def test_sizes_of_a_connection_that_is_gone_are_of_no_use(world: World) -> None:
    async with world.uow() as tx:
        await tx.tables.save_estimates(TableSettings(new_id(), "shop", "orders"), Estimates(1), NOW)
        await tx.commit()
        assert (await tx.tables.known(world.connection.id, "shop", "orders")).learned == Estimates()


async def test_rows_of_tables_are_the_engine_s_guess_else_what_runs_found(world: World) -> None:
    here = world.connection.id
    async with world.uow() as tx:
        guessed = TableSnapshot(here, TableInfo("shop", "guessed", estimated_rows=12), (), NOW)
        await tx.tables.save_snapshots([guessed, TableSnapshot(here, TableInfo("shop", "found"), (), NOW)])
        for table in ("guessed", "found"):
            await tx.tables.save_estimates(TableSettings(here, "shop", table), Estimates(7), datetime.now(UTC))
        await tx.commit()
        asked = [(here, "shop", table) for table in ("guessed", "found", "unknown")]
        assert await tx.tables.rows_of(asked) == {asked[0]: 12, asked[1]: 7}
        assert await tx.tables.rows_of([]) == {}


async def test_many_tables_are_known_in_the_order_in_which_they_are_asked_for(world: World) -> None:
    here = world.connection.id
    async with world.uow() as tx:
        await tx.tables.save_snapshots([TableSnapshot(here, TableInfo("shop", "one"), (), NOW)])
        await tx.tables.save_settings(TableSettings(here, "shop", "two", "x > 1", pii_columns=("x",)))
        await tx.commit()
        places = [("shop", "two"), ("shop", "none"), ("shop", "one")]
        known = await tx.tables.all_known(here, places)
    assert [(one.settings.schema_name, one.settings.table_name) for one in known] == places
    assert [one.settings.filter for one in known] == ["x > 1", "", ""]
    assert [one.snapshot is not None for one in known] == [False, False, True]
