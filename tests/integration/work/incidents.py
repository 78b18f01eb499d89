"""Results as a run would record them, and what becomes of incidents."""

from __future__ import annotations

from collections.abc import Sequence

from dq_platform.app import incident_settings, incidents
from dq_platform.app.record import record
from dq_platform.ids import new_id
from dq_platform.models.check import Check
from dq_platform.models.incident import Incident, IncidentEventKind
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from tests.integration.work.world import ALL, World


async def events(world: World, incident: Incident) -> list[IncidentEventKind]:
    page = await incidents.list_events(world.deps, world.who, incident.id, ALL)
    return [event.kind for event in page.items]


def result(world: World, check: Check, outcome: Outcome, group: str = "", category: str = "nulls") -> Result:
    now = world.clock.now()
    return Result(
        id=new_id(),
        workspace_id=world.who.workspace_id,
        check_id=check.id,
        job_id=new_id(),
        target=check.target,
        check_type=check.check_type,
        category=category,
        dimension="Completeness",
        mode=check.mode,
        time_scale=check.time_scale,
        data_group=group,
        time_period=now,
        executed_at=now,
        outcome=outcome,
    )


async def recorded(world: World, *results: Result) -> Sequence[Incident]:
    async with world.deps.uow() as tx:
        await record(tx, world.who.workspace_id, results, world.clock.now())
        await tx.commit()
    return await world.incidents()


async def handled(world: World, **changes: object) -> None:
    await incident_settings.update_settings(world.deps, world.who, world.connection.id, changes)
