from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.errors import EtagMismatch, NotFound
from dq_platform.ids import new_id
from dq_platform.models.check import (
    Check,
    CheckNames,
    CheckPlace,
    CheckSelector,
    GroupBy,
    Mode,
    Target,
    Thresholds,
    TimeScale,
)
from dq_platform.models.page import PageRequest
from dq_platform.models.result import ResultFilter
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.integration.store.world import NOT_IDS, NOW, SECOND, ZERO_ID, World


async def selected(world: World, selector: CheckSelector) -> list[Check]:
    """What the selector selects, by itself and among others."""
    async with world.uow() as tx:
        found = list(await tx.checks.select(world.id, selector))
        others = [(world.id, CheckSelector()), (ZERO_ID, selector), (world.id, selector), (world.id, selector)]
        everything, nobodys, *same = await tx.checks.select_each(others)
    places = [CheckPlace(check.id, check.target) for check in found]
    assert same == [places, places]
    assert nobodys == []
    assert {place.id for place in places} <= {place.id for place in everything}
    return found


async def test_a_check_comes_back_as_it_was_stored(world: World) -> None:
    full = await world.check(
        display_name="Amounts",
        description="none missing",
        sensor_params={"values": ("a", "b"), "numbers": (1, 2.5), "flag": True, "text": "ü", "whole": 5.0, "n": 7},
        thresholds=Thresholds(warning={"max_percent": 1.5}, fatal={"max_percent": 0.0, "days": 7}),
        filter="amount > 0",
        partition_column="created_at",
        mode=Mode.PARTITIONED,
        time_scale=TimeScale.MONTHLY,
        group_by=(GroupBy(column="country"), GroupBy(tag="eu")),
        labels={"team": "a"},
        enabled=False,
        table_sample=TableSample(SampleMethod.BLOCK, 0.1),
    )
    async with world.uow() as tx:
        stored = await tx.checks.get(world.id, full.id)
    assert stored == full
    assert isinstance(stored.sensor_params["whole"], float)
    assert isinstance(stored.sensor_params["n"], int)


async def test_many_come_in_the_order_asked_without_those_that_do_not_exist(world: World, other: World) -> None:
    first, second, theirs = await world.check(), await world.check(), await other.check()
    ids = [second.id, ZERO_ID, theirs.id, "nonsense", first.id]
    async with world.uow() as tx:
        assert await tx.checks.get_many(world.id, ids) == [second, first]


async def test_a_list_goes_page_by_page_in_order_of_creation(world: World) -> None:
    checks = [await world.check(create_time=NOW + index // 2 * SECOND) for index in range(7)]
    found: list[Check] = []
    after: tuple[str, ...] = ()
    async with world.uow() as tx:
        for _ in range(4):
            page = await tx.checks.list(world.id, CheckSelector(), PageRequest(2, after))
            found += page.items
            after = page.next_after
    assert found == checks
    assert after == ()


async def test_disabled_checks_are_listed_but_not_selected(world: World) -> None:
    disabled = await world.check(enabled=False)
    async with world.uow() as tx:
        assert list((await tx.checks.list(world.id, CheckSelector(), PageRequest())).items) == [disabled]
        assert await tx.checks.select(world.id, CheckSelector()) == []


@pytest.mark.parametrize(
    "pattern",
    ["shop.orders", "shop.*", "*.orders", "shop.order?", "*", "s?op.*_1", "*%*", "*\\*", "shop.o*s", "SHOP.*"],
)
async def test_a_table_pattern_means_what_it_means_in_a_shell(world: World, pattern: str) -> None:
    names = [("shop", "orders"), ("shop", "order"), ("shXp", "a_1"), ("shop", "ab1"), ("s", "50%"), ("", "a\\b")]
    checks = {".".join(filter(None, name)): await world.check(schema=name[0], table=name[1]) for name in names}
    expected = {name for name in checks if fnmatchcase(name, pattern)}
    found = await selected(world, CheckSelector(table_pattern=pattern))
    assert {str(Target("", check.target.schema_name, check.target.table_name)) for check in found} == expected


async def test_every_part_of_a_selector_must_match(world: World) -> None:
    wanted = await world.check(labels={"team": "a", "tier": "1"}, mode=Mode.PROFILING, check_type="row_count")
    await world.check(labels={"team": "a"})
    assert await selected(world, CheckSelector(labels={"team": "a", "tier": "1"})) == [wanted]
    assert await selected(world, CheckSelector(labels={"tier": "2"})) == []
    assert await selected(world, CheckSelector(mode=Mode.PROFILING)) == [wanted]
    assert await selected(world, CheckSelector(check_type="row_count")) == [wanted]
    assert await selected(world, CheckSelector(check_ids=(wanted.id, "nonsense"))) == [wanted]
    assert len(await selected(world, CheckSelector(connection_id=world.connection.id, schema_name="shop"))) == 2
    assert await selected(world, CheckSelector(schema_name="nowhere")) == []


async def test_a_category_selects_its_check_types(world: World) -> None:
    known = CHECK_REGISTRY.items()[0]
    wanted = await world.check(check_type=known.name)
    await world.check(check_type="no_such_type")
    assert await selected(world, CheckSelector(category=known.category)) == [wanted]
    assert await selected(world, CheckSelector(category="nonsense")) == []


async def test_what_selectors_can_name_is_what_checks_are_of(world: World, other: World) -> None:
    await world.check(labels={"team": "a", "tier": "1"}, enabled=False)
    await world.check(labels={"team": "b"}, schema="", table="t")
    await other.check(labels={"team": "c"}, schema="theirs")
    labels = {("team", "a"), ("team", "b"), ("tier", "1")}
    expected = CheckNames(frozenset({"shop", ""}), frozenset({"shop.orders", "t"}), frozenset(labels))
    async with world.uow() as tx:
        assert await tx.checks.names(world.id) == expected
        assert await tx.checks.names(world.id, world.connection.id) == expected
        assert await tx.checks.names(world.id, other.connection.id) == CheckNames(frozenset(), frozenset(), frozenset())


async def test_those_that_exist_are_told_as_they_were_named(world: World, other: World) -> None:
    check, theirs = await world.check(), await other.check()
    loud = check.id.upper()
    connections = {world.connection.id, ZERO_ID}
    async with world.uow() as tx:
        assert await tx.checks.existing([loud, theirs.id, ZERO_ID, *NOT_IDS]) == {loud, theirs.id}
        assert await tx.connections.existing(connections) == {world.connection.id}
        assert await tx.connections.display_names(world.id, 10) == {world.connection.id: "shop"}


@pytest.mark.parametrize("id", NOT_IDS[1:])
async def test_what_is_no_id_selects_nothing(world: World, id: str) -> None:
    await world.check()
    assert await selected(world, CheckSelector(connection_id=id)) == []
    assert await selected(world, CheckSelector(check_ids=(id,))) == []
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.checks.get(world.id, id)


async def test_an_update_needs_the_version_that_is_stored(world: World) -> None:
    check = await world.check()
    changed = replace(check, display_name="new", target=replace(check.target, table_name="t"), version=2)
    async with world.uow() as tx:
        await tx.checks.update(changed, expected_version=1)
        assert await tx.checks.get(world.id, check.id) == changed
        with pytest.raises(EtagMismatch):
            await tx.checks.update(changed, expected_version=1)


async def test_another_workspaces_check_does_not_exist(world: World, other: World) -> None:
    theirs = await other.check()
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.checks.get(world.id, theirs.id)
        with pytest.raises(NotFound):
            await tx.checks.update(replace(theirs, workspace_id=world.id), 1)
        with pytest.raises(NotFound):
            await tx.checks.delete(world.id, theirs.id)
        selector = CheckSelector(check_ids=(theirs.id,), connection_id=other.connection.id)
        assert await tx.checks.select(world.id, selector) == []


async def test_a_deleted_check_leaves_its_results_but_not_its_state(world: World) -> None:
    check = await world.check()
    result = world.new_result(check)
    await world.record([result])
    async with world.uow() as tx:
        await tx.checks.delete(world.id, check.id)
        assert list((await tx.results.list(world.id, ResultFilter(), PageRequest())).items) == [result]
        assert (await tx.results.latest(world.id, ResultFilter(), PageRequest())).items == []


async def test_a_check_of_no_connection_is_refused(world: World) -> None:
    with pytest.raises(NotFound, match="connection"):
        await world.check(target=Target(new_id(), "shop", "orders"))
