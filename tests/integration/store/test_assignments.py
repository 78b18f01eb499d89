from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dq_platform.errors import NotFound
from dq_platform.ids import new_id
from dq_platform.models.assignment import Assignment
from dq_platform.models.check import PeriodWindow
from dq_platform.models.job import JobKind, Unit
from dq_platform.models.metadata import Estimates, TableInfo, TableSettings, TableSnapshot
from tests.integration.store.world import DAY, NOW, World


async def assigned(world: World, *units: Unit) -> Assignment:
    async with world.uow() as tx:
        return await tx.assignments.of(units)


async def test_units_get_their_job_connection_checks_and_what_is_known_of_each_table(world: World) -> None:
    here = world.connection.id
    checks = [await world.check(table=table) for table in ("orders", "orders", "customers", "unknown")]
    job, units = await world.job(2, connection_id=here, window=PeriodWindow(NOW - DAY, NOW))
    shares = (checks[:2], checks[2:])
    units = [replace(one, check_ids=tuple(c.id for c in some)) for one, some in zip(units, shares, strict=True)]
    async with world.uow() as tx:
        for table in ("orders", "customers"):
            await tx.tables.save_snapshots([TableSnapshot(here, TableInfo("shop", table), (), NOW)])
            settings = TableSettings(here, "shop", table, f"{table}_filter", pii_columns=(table,))
            await tx.tables.save_settings(settings)
            await tx.tables.save_estimates(settings, Estimates(len(table), {"a": 1}), datetime.now(UTC))
        await tx.commit()
        places = [("shop", "orders"), ("shop", "customers"), ("shop", "unknown")]
        known = dict(zip(places, await tx.tables.all_known(here, places), strict=True))
    given = await assigned(world, *units)
    assert (given.job, given.connection) == (job, world.connection)
    assert given.checks == {check.id: check for check in checks}
    assert given.known == known
    assert given.known["shop", "orders"].settings.filter == "orders_filter"


async def test_checks_that_are_gone_or_another_workspace_s_are_left_out(world: World, other: World) -> None:
    theirs = await other.check()
    job, [unit] = await world.job(connection_id=world.connection.id)
    given = await assigned(world, replace(unit, check_ids=(theirs.id, new_id())))
    assert (given.job, given.connection, given.checks, given.known) == (job, world.connection, {}, {})


async def test_a_unit_without_checks_gets_its_connection_if_that_is_still_there(world: World) -> None:
    _, [unit] = await world.job(kind=JobKind.SYNC_METADATA, connection_id=world.connection.id)
    synced = replace(unit, check_ids=())
    assert (await assigned(world, synced)).connection == world.connection
    assert (await assigned(world, replace(synced, connection_id=new_id()))).connection is None


async def test_a_job_that_is_gone_is_not_found(world: World) -> None:
    check = await world.check()
    _, [unit] = world.new_job()
    with pytest.raises(NotFound, match="job"):
        await assigned(world, replace(unit, check_ids=(check.id,)))
