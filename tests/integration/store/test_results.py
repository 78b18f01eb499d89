from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from dq_platform.errors import Invalid
from dq_platform.ids import new_id
from dq_platform.models.check import Mode, TimeScale
from dq_platform.models.cost import Cost
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.page import PageRequest
from dq_platform.models.result import Bounds, HistoryPoint, Result, ResultBounds, ResultFilter, ResultOrder
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.integration.store.world import DAY, HOUR, NOT_IDS, NOW, SECOND, ZERO_ID, World

ALL = PageRequest(1000)


async def listed(world: World, filter: ResultFilter) -> list[Result]:
    async with world.uow() as tx:
        return list((await tx.results.list(world.id, filter, ALL)).items)


async def latest(world: World, filter: ResultFilter) -> list[Result]:
    async with world.uow() as tx:
        return list((await tx.results.latest(world.id, filter, ALL)).items)


async def test_a_result_comes_back_as_it_was_stored(world: World) -> None:
    full = world.new_result(
        await world.check(),
        Outcome.ERROR,
        data_group='["DE","ü\\u0000"]',
        value=Decimal("12.50"),
        expected_value=7,
        expected_text="<= 5 %",
        bounds=ResultBounds(warning=Bounds(None, 1.5), fatal=Bounds(-1e300, 5.0)),
        message="too many",
        error_reason="X",
        cost=Cost(1.25, 0.5, 1e6),
        table_sample=TableSample(SampleMethod.ROW, 0.000001),
        sample_rows=2**40,
    )
    await world.record([full])
    assert await listed(world, ResultFilter()) == [full]
    assert await latest(world, ResultFilter()) == [full]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        (0, 0),
        (-(10**30), -(10**30)),
        (0.1, Decimal("0.1")),
        (1e-7, Decimal("1E-7")),
        (5.0, Decimal("5.0")),
        (Decimal("123456789012345678901234567890.123456789"), Decimal("123456789012345678901234567890.123456789")),
    ],
)
async def test_a_value_loses_no_digit(world: World, value: object, stored: object) -> None:
    await world.record([world.new_result(await world.check(), value=value)])
    (found,) = await listed(world, ResultFilter())
    assert found.value == stored
    assert type(found.value) is type(stored)


async def test_what_a_customers_engine_says_is_stored_even_if_it_holds_what_text_cannot(world: World) -> None:
    check = await world.check()
    odd = "a\x00b\ud83d"
    await world.record([world.new_result(check, message=odd, expected_text=odd, data_group=odd)])
    (found,) = await latest(world, ResultFilter())
    assert {found.message, found.expected_text, found.data_group} == {"a\ufffdb?"}


async def test_storing_nothing_is_fine(world: World) -> None:
    async with world.uow() as tx:
        assert await tx.results.add([]) == []
        await tx.commit()
    assert await listed(world, ResultFilter()) == []


async def test_results_roll_back_with_their_transaction(world: World) -> None:
    result = world.new_result(await world.check())
    async with world.uow() as tx:
        await tx.results.add([result])
    assert await listed(world, ResultFilter()) == []
    assert await latest(world, ResultFilter()) == []


@pytest.mark.parametrize("order", list(ResultOrder))
async def test_a_list_is_shown_in_pages_from_either_end(world: World, order: ResultOrder) -> None:
    check = await world.check()
    results = [world.new_result(check, executed_at=NOW + index // 3 * SECOND) for index in range(10)]
    await world.record(results)
    found: list[Result] = []
    after: tuple[str, ...] = ()
    async with world.uow() as tx:
        for _ in range(4):
            page = await tx.results.list(world.id, ResultFilter(), PageRequest(3, after), order)
            found += page.items
            after = page.next_after
    assert after == ()
    newest_first = order is ResultOrder.NEWEST_FIRST
    assert found == sorted(results, key=lambda one: (one.executed_at, one.id), reverse=newest_first)


@pytest.mark.parametrize("after", [("x",), ("x", "y"), ("2026-01-01T00:00:00", ZERO_ID), (NOW.isoformat(), "y\x00")])
async def test_a_place_that_no_list_gave_is_invalid(world: World, after: tuple[str, ...]) -> None:
    async with world.uow() as tx:
        with pytest.raises(Invalid, match="page_token"):
            await tx.results.list(world.id, ResultFilter(), PageRequest(3, after))


async def test_a_filter_matches_all_that_is_set(world: World) -> None:
    labels = {"team": "sales", "tier": "a=b"}
    first = await world.check()
    second = await world.check(table="customers", column="name", mode=Mode.PROFILING, labels=labels)
    one = world.new_result(first, Outcome.FATAL, executed_at=NOW)
    two = replace(
        world.new_result(second, executed_at=NOW + HOUR, data_group='["DE"]'),
        check_type="x",
        category="volume",
        dimension="Accuracy",
    )
    await world.record([one, two])
    expectations = {
        ResultFilter(check_id=first.id): [one],
        ResultFilter(job_id=two.job_id): [two],
        ResultFilter(connection_id=world.connection.id, schema_name="shop"): [two, one],
        ResultFilter(table_name="orders"): [one],
        ResultFilter(column_name="name"): [two],
        ResultFilter(check_type="x"): [two],
        ResultFilter(category="volume"): [two],
        ResultFilter(dimension="Accuracy"): [two],
        ResultFilter(mode=Mode.PROFILING): [two],
        ResultFilter(outcomes=(Outcome.FATAL, Outcome.ERROR)): [one],
        ResultFilter(outcomes=(Outcome.PASSED,)): [two],
        ResultFilter(min_severity=Severity.ERROR): [one],
        ResultFilter(min_severity=Severity.ERROR, outcomes=(Outcome.PASSED, Outcome.WARNING)): [],
        ResultFilter(labels=("team=sales",)): [two],
        ResultFilter(labels=("team=sales", "tier=a=b")): [two],
        ResultFilter(labels=("team=sales", "team=other")): [],
        ResultFilter(data_group='["DE"]'): [two],
        ResultFilter(data_group=""): [one],
        ResultFilter(start=NOW, end=NOW + HOUR): [one],
        ResultFilter(start=NOW + SECOND): [two],
        ResultFilter(check_id=first.id, table_name="customers"): [],
        **{ResultFilter(check_id=no_id): [] for no_id in NOT_IDS[1:]},
        **{ResultFilter(job_id=no_id, connection_id=no_id): [] for no_id in NOT_IDS[1:]},
    }
    for wanted, expected in expectations.items():
        assert await listed(world, wanted) == expected, wanted
        assert await latest(world, wanted) == expected, wanted


async def test_a_nul_byte_in_a_filter_is_invalid_not_a_failure(world: World) -> None:
    with pytest.raises(Invalid):
        await listed(world, ResultFilter(table_name="a\x00b"))


async def test_another_workspace_sees_nothing(world: World, other: World) -> None:
    check = await world.check()
    await world.record([world.new_result(check)])
    wanted = ResultFilter(check_id=check.id)
    assert await listed(other, wanted) == []
    assert await latest(other, wanted) == []


async def test_the_newest_run_is_the_latest_in_whichever_order_they_are_stored(world: World) -> None:
    check = await world.check()
    results = [world.new_result(check, executed_at=NOW + index * SECOND, value=index) for index in range(6)]
    await world.record([results[2], results[1]])
    await world.record([results[0]])
    assert await latest(world, ResultFilter()) == [results[2]]
    await world.record([results[5], results[3], results[4]])
    assert await latest(world, ResultFilter()) == [results[5]]
    assert len(await listed(world, ResultFilter())) == 6


async def test_of_one_runs_partitions_the_youngest_is_the_latest(world: World) -> None:
    check = await world.check()
    results = [world.new_result(check, time_period=NOW - days * DAY) for days in (3, 1, 2)]
    await world.record(results)
    assert await latest(world, ResultFilter()) == [results[1]]


async def test_each_group_has_its_own_latest(world: World) -> None:
    check = await world.check()
    long_group = "".join(new_id() for _ in range(500))
    results = [world.new_result(check, data_group=group) for group in ("", '["a"]', '["b"]', long_group)]
    await world.record(results)
    assert {one.data_group for one in await latest(world, ResultFilter())} == {"", '["a"]', '["b"]', long_group}


async def test_results_of_a_check_deleted_meanwhile_are_left_out(world: World) -> None:
    kept = world.new_result(await world.check())
    async with world.uow() as tx:
        assert await tx.results.add([world.new_result(world.new_check()), kept]) == [kept]
        await tx.commit()
    assert await listed(world, ResultFilter()) == [kept]
    assert await latest(world, ResultFilter()) == [kept]


async def test_writers_of_the_same_checks_never_lock_up(world: World) -> None:
    checks = [await world.check() for _ in range(20)]

    async def write(turn: int) -> None:
        results = [world.new_result(check, executed_at=NOW + turn * SECOND, value=turn) for check in checks]
        random.Random(turn).shuffle(results)
        await world.record(results)

    await asyncio.gather(*(write(turn) for turn in range(16)))
    found = await latest(world, ResultFilter())
    assert [one.value for one in found] == [15] * 20


async def test_a_check_deleted_while_its_results_are_stored_leaves_no_state(world: World) -> None:
    check = await world.check()

    async def delete() -> None:
        async with world.uow() as tx:
            await tx.checks.delete(world.id, check.id)
            await tx.commit()

    async with world.uow() as tx:
        await tx.results.add([world.new_result(check)])
        deleting = asyncio.create_task(delete())
        await asyncio.sleep(0.05)
        await tx.commit()
    await deleting
    assert await latest(world, ResultFilter()) == []
    assert len(await listed(world, ResultFilter())) == 1


async def test_history_holds_the_current_value_of_each_earlier_period(world: World) -> None:
    check, other_check = await world.check(), await world.check()
    today = NOW.replace(hour=0)

    def run(days: int, hour: int, value: float | None, group: str = "") -> Result:
        period = today - days * DAY
        return world.new_result(
            check, value=value, time_period=period, executed_at=period + hour * HOUR, data_group=group
        )

    await world.record(
        [
            *(run(0, 1, 100), run(1, 1, 1), run(1, 5, 2), run(1, 9, None), run(2, 3, 3), run(5, 3, 4.5)),
            *(run(6, 1, None), run(7, 1, 5), run(1, 2, 10, '["a"]'), run(9, 2, 11, '["a"]')),
            world.new_result(other_check, value=7, time_period=today),
        ]
    )
    async with world.uow() as tx:
        found = await tx.results.history([check.id, other_check.id, "nonsense"], today, 3)
        assert await tx.results.history([], today, 3) == {}
    assert found == {
        (check.id, ""): [
            HistoryPoint(today - 5 * DAY, Decimal("4.5")),
            HistoryPoint(today - 2 * DAY, 3),
            HistoryPoint(today - DAY, 2),
        ],
        (check.id, '["a"]'): [HistoryPoint(today - 9 * DAY, 11), HistoryPoint(today - DAY, 10)],
    }


async def test_modes_and_time_scales_are_kept(world: World) -> None:
    check = await world.check(mode=Mode.PARTITIONED, time_scale=TimeScale.MONTHLY)
    await world.record([world.new_result(check)])
    (found,) = await listed(world, ResultFilter())
    assert (found.mode, found.time_scale) == (Mode.PARTITIONED, TimeScale.MONTHLY)
