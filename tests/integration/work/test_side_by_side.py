from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from dq_platform.app.comparing import spare
from dq_platform.checks.sensors.measure import QueryMeasure
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.execution.frame import Frame
from dq_platform.execution.measure import Measurement, measure
from dq_platform.execution.plan import Plan
from dq_platform.execution.statement import Demand, queries
from tests.integration.work.test_execute import until
from tests.integration.work.world import World

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def slow(count: int, seconds: float) -> Plan:
    selects = [f"SELECT {n} + length(pg_sleep({seconds})::text)" for n in range(count)]
    wants = [(Demand(f"k{n}", NOW), QueryMeasure(select)) for n, select in enumerate(selects)]
    statements = queries(Frame("t"), wants, PostgreSQLDialect())
    return Plan(tuple(statements), (), {}, {f"k{n}": NOW for n in range(count)}, "UTC")


async def measured(world: World, plan: Plan) -> Measurement:
    async with world.deps.sources.session(world.connection) as session:
        return await measure(session, plan, spare=spare(world.deps, world.connection))


async def test_statements_of_a_plan_run_side_by_side_and_no_more_than_sessions_are_allowed(world: World) -> None:
    working = asyncio.create_task(measured(world, slow(6, 0.6)))
    most = 0
    while not working.done():
        most = max(most, await asyncio.to_thread(world.shop.running, "pg_sleep"))
    done = working.result()
    assert most == 4
    assert [done.readings[f"k{n}"][0].value for n in range(6)] == list(range(6))


async def test_a_cancel_stops_all_of_them_on_the_source(world: World) -> None:
    working = asyncio.create_task(measured(world, slow(4, 60)))
    await until(lambda: world.shop.running("pg_sleep") == 4)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    assert world.shop.running("pg_sleep") == 0


async def test_two_plans_at_once_do_not_wait_for_each_other_s_sessions(world: World) -> None:
    async with asyncio.timeout(20):
        both = await asyncio.gather(*(measured(world, slow(4, 0.3)) for _ in range(6)))
    assert [len(one.readings) for one in both] == [4] * 6
