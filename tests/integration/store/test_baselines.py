from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.errors import Invalid, NotFound
from dq_platform.models.baseline import Baseline, ColumnChange, ColumnChangeKind
from dq_platform.models.check import Check
from dq_platform.models.metadata import ColumnInfo, DataType
from dq_platform.models.page import PageRequest
from tests.integration.store.world import NOT_IDS, NOW, SECOND, ZERO_ID, World

COLUMNS = (
    ColumnInfo("id", 1, "bigint", DataType.INTEGER, nullable=False, primary_key=True, comment="the key"),
    ColumnInfo('we"ird', 2, "character varying(20)", DataType.TEXT),
)
CHANGES = (ColumnChange(ColumnChangeKind.RETYPED, "id", "integer", "bigint"),)


def baseline(check: Check, number: int = 1, **changes: object) -> Baseline:
    made = Baseline(check.id, number, COLUMNS, CHANGES, "admin", "release 12", NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


async def store(world: World, *made: Baseline) -> list[bool]:
    async with world.uow() as tx:
        stored = [await tx.baselines.add(one) for one in made]
        await tx.commit()
    return stored


async def test_a_baseline_comes_back_as_it_was_stored(world: World) -> None:
    check = await world.check()
    first, second = baseline(check), baseline(check, 2, columns=(), changes=(), note="")
    assert await store(world, first, second) == [True, True]
    async with world.uow() as tx:
        assert await tx.baselines.list(check.id, PageRequest()) == await tx.baselines.list(check.id, PageRequest(2))
        assert (await tx.baselines.list(check.id, PageRequest())).items == [second, first]


async def test_the_highest_number_of_each_check_counts_whenever_it_was_accepted(world: World) -> None:
    one, two, none = [await world.check() for _ in range(3)]
    newest = baseline(one, 10, create_time=NOW - SECOND)
    await store(world, baseline(one, 9), newest, baseline(two))
    async with world.uow() as tx:
        assert await tx.baselines.current([one.id, two.id, none.id]) == {one.id: newest, two.id: baseline(two)}
        assert await tx.baselines.current([]) == {}
        assert await tx.baselines.current([ZERO_ID, *NOT_IDS]) == {}


async def test_a_number_is_given_once_and_the_first_stays(world: World) -> None:
    check = await world.check()
    assert await store(world, baseline(check), baseline(check, note="too late")) == [True, False]
    async with world.uow() as tx:
        assert (await tx.baselines.current([check.id]))[check.id].note == "release 12"


async def test_pages_follow_the_numbers(world: World) -> None:
    check = await world.check()
    await store(world, *(baseline(check, number) for number in range(1, 13)))
    seen: list[int] = []
    after: tuple[str, ...] = ()
    async with world.uow() as tx:
        while True:
            page = await tx.baselines.list(check.id, PageRequest(5, after))
            seen += [one.number for one in page.items]
            after = page.next_after
            if not after:
                break
        assert seen == list(range(12, 0, -1))
        for wrong in (("x",), ("-1",), ("9" * 20,), ("1", "2"), ("²",)):
            with pytest.raises(Invalid, match="page_token"):
                await tx.baselines.list(check.id, PageRequest(5, wrong))


async def test_baselines_go_with_their_check(world: World) -> None:
    check = await world.check()
    await store(world, baseline(check))
    async with world.uow() as tx:
        await tx.checks.delete(world.id, check.id)
        await tx.commit()
        assert await tx.baselines.current([check.id]) == {}
    with pytest.raises(NotFound, match="check"):
        await store(world, baseline(check))


@pytest.mark.parametrize("id", NOT_IDS)
async def test_what_is_no_id_is_not_found(world: World, id: str) -> None:
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.baselines.list(id, PageRequest())
