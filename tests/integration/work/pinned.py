"""Checks of the orders that keep a baseline, and short ways to use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dq_platform.app import baselines, connections
from dq_platform.ids import new_id
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check
from dq_platform.models.result import Result
from tests.integration.work.world import ALL, World

NAMES = "column_list_changed"
ADD_NOTE = "ALTER TABLE orders ADD COLUMN note text"


async def run(world: World, check: Check) -> Result:
    job = await world.run(check)
    await world.work()
    [result] = await world.results(job_id=job.id)
    return result


async def history(world: World, check: Check) -> Sequence[Baseline]:
    return (await baselines.list_baselines(world.deps, world.who, check.id, ALL)).items


async def old_check(world: World, check_type: str = NAMES, target: str = "orders") -> Check:
    """One that was stored before checks kept baselines."""
    example = await world.check(check_type, target)
    check = replace(example, id=new_id())
    async with world.deps.uow() as tx:
        await tx.checks.delete(world.who.workspace_id, example.id)
        await tx.checks.add(check)
        await tx.commit()
    return check


async def break_connection(world: World) -> None:
    changes = {"settings": world.shop.settings | {"port": 1}}
    await connections.update_connection(world.deps, world.who, world.connection.id, changes)
