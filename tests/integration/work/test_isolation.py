"""What belongs to one workspace does not exist for another, in any use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from dq_platform.app import (
    access,
    baselines,
    catalogue,
    checks,
    connections,
    incidents,
    jobs,
    metadata,
    preview,
    requeue,
    results,
    runs,
    schedules,
)
from dq_platform.app.baselines import Acceptance
from dq_platform.app.checks import NewCheck
from dq_platform.app.deps import Deps
from dq_platform.app.results import TrendRequest
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.errors import Invalid, NotFound
from dq_platform.models.check import CheckSelector
from dq_platform.models.incident import IncidentFilter
from dq_platform.models.metadata import TableSettings
from dq_platform.models.page import PageRequest
from dq_platform.models.result import ResultFilter, SummaryBy
from dq_platform.models.workspace import Principal
from tests.integration.work.world import ALL, World


@dataclass(frozen=True, slots=True)
class Theirs:
    """The ids of what another workspace has, one of each kind."""

    world: World
    workspace: str
    key: str
    connection: str
    check: str
    schedule: str
    job: str
    incident: str


@pytest.fixture
async def theirs(other: World) -> Theirs:
    check = await other.check("nulls_percent", "customers.email")
    schedule = await schedules.create_schedule(other.deps, other.who, ScheduleDraft("x", "0 * * * *"))
    job = await other.run(check)
    await other.work()
    [incident] = await other.incidents()
    who = other.who
    return Theirs(other, who.workspace_id, who.key_id, other.connection.id, check.id, schedule.id, job.id, incident.id)


UseCase = Callable[[Deps, Principal, Theirs], Awaitable[object]]
BY_ID: dict[str, UseCase] = {
    "get_workspace": lambda deps, who, its: access.get_workspace(deps, who, its.workspace),
    "revoke_api_key": lambda deps, who, its: access.revoke_api_key(deps, who, its.key),
    "get_connection": lambda deps, who, its: connections.get_connection(deps, who, its.connection),
    "update_connection": lambda deps, who, its: connections.update_connection(
        deps, who, its.connection, {"display_name": "mine"}
    ),
    "delete_connection": lambda deps, who, its: connections.delete_connection(deps, who, its.connection, force=True),
    "test_connection": lambda deps, who, its: connections.test_connection(deps, who, its.connection),
    "list_schemas": lambda deps, who, its: metadata.list_schemas(deps, who, its.connection),
    "list_tables": lambda deps, who, its: metadata.list_tables(deps, who, its.connection, "public"),
    "list_columns": lambda deps, who, its: metadata.list_columns(deps, who, its.connection, "public", "orders"),
    "known_schemas": lambda deps, who, its: catalogue.known_schemas(deps, who, its.connection),
    "known_tables": lambda deps, who, its: catalogue.known_tables(deps, who, its.connection, "public", PageRequest()),
    "known_columns": lambda deps, who, its: catalogue.known_columns(deps, who, its.connection, "public", "orders"),
    "table_history": lambda deps, who, its: catalogue.table_history(
        deps, who, its.connection, "public", "orders", PageRequest()
    ),
    "get_table_settings": lambda deps, who, its: metadata.get_table_settings(
        deps, who, its.connection, "public", "orders"
    ),
    "update_table_settings": lambda deps, who, its: metadata.update_table_settings(
        deps, who, TableSettings(its.connection, "public", "orders", "id > 1")
    ),
    "sync_metadata": lambda deps, who, its: metadata.sync_metadata(deps, who, its.connection),
    "create_check": lambda deps, who, its: checks.create_check(
        deps, who, NewCheck(its.world.draft("row_count", "orders"))
    ),
    "get_check": lambda deps, who, its: checks.get_check(deps, who, its.check),
    "update_check": lambda deps, who, its: checks.update_check(deps, who, its.check, {"enabled": False}),
    "delete_check": lambda deps, who, its: checks.delete_check(deps, who, its.check),
    "run_check": lambda deps, who, its: runs.run_check(deps, who, its.check),
    "accept_baseline": lambda deps, who, its: baselines.accept_baseline(deps, who, its.check, Acceptance()),
    "list_baselines": lambda deps, who, its: baselines.list_baselines(deps, who, its.check, ALL),
    "preview_check": lambda deps, who, its: preview.preview_check(deps, who, its.check),
    "preview_draft": lambda deps, who, its: preview.preview_draft(
        deps, who, NewCheck(its.world.draft("row_count", "orders"))
    ),
    "get_job": lambda deps, who, its: jobs.get_job(deps, who, its.job),
    "cancel_job": lambda deps, who, its: jobs.cancel_job(deps, who, its.job),
    "list_units": lambda deps, who, its: jobs.list_units(deps, who, its.job, ALL),
    "requeue_job": lambda deps, who, its: requeue.requeue_job(deps, who, its.job),
    "watch_job": lambda deps, who, its: anext(jobs.watch_job(deps, who, its.job)),
    "get_schedule": lambda deps, who, its: schedules.get_schedule(deps, who, its.schedule),
    "update_schedule": lambda deps, who, its: schedules.update_schedule(
        deps, who, its.schedule, {"display_name": "mine"}
    ),
    "delete_schedule": lambda deps, who, its: schedules.delete_schedule(deps, who, its.schedule),
    "pause_schedule": lambda deps, who, its: schedules.pause_schedule(deps, who, its.schedule),
    "resume_schedule": lambda deps, who, its: schedules.resume_schedule(deps, who, its.schedule),
    "run_schedule": lambda deps, who, its: schedules.run_schedule(deps, who, its.schedule),
    "next_runs": lambda deps, who, its: schedules.next_runs(deps, who, its.schedule),
    "get_incident": lambda deps, who, its: incidents.get_incident(deps, who, its.incident),
    "acknowledge": lambda deps, who, its: incidents.acknowledge(deps, who, its.incident),
    "resolve": lambda deps, who, its: incidents.resolve(deps, who, its.incident),
    "mute": lambda deps, who, its: incidents.mute(deps, who, its.incident, deps.clock.now() + timedelta(days=1)),
    "list_events": lambda deps, who, its: incidents.list_events(deps, who, its.incident, ALL),
}


@pytest.mark.parametrize("name", BY_ID)
async def test_what_belongs_to_another_workspace_does_not_exist(world: World, theirs: Theirs, name: str) -> None:
    with pytest.raises(NotFound):
        await BY_ID[name](world.deps, world.who, theirs)
    [incident] = await theirs.world.incidents()
    assert (await checks.get_check(theirs.world.deps, theirs.world.who, theirs.check)).enabled
    assert (incident.id, incident.acknowledge_time, incident.mute_until_time) == (theirs.incident, None, None)


async def test_lists_hold_what_is_ones_own_and_nothing_else(world: World, theirs: Theirs) -> None:
    deps, who = world.deps, world.who
    assert [one.id for one in (await access.list_workspaces(deps, who, ALL)).items] == [who.workspace_id]
    assert [one.id for one in (await access.list_api_keys(deps, who, ALL)).items] == [who.key_id]
    assert [one.id for one in (await connections.list_connections(deps, who, ALL)).items] == [world.connection.id]
    assert (await checks.list_checks(deps, who, CheckSelector(connection_id=theirs.connection), ALL)).items == []
    assert (await jobs.list_jobs(deps, who, ALL)).items == []
    assert (await schedules.list_schedules(deps, who, ALL)).items == []
    assert (await results.list_results(deps, who, ResultFilter(check_id=theirs.check), ALL)).items == []
    assert (await results.list_latest(deps, who, ResultFilter(), ALL)).items == []
    assert await results.summary(deps, who, ResultFilter(), SummaryBy.TABLE) == []
    assert await results.trend(deps, who, TrendRequest(theirs.check)) == []
    assert (await incidents.list_incidents(deps, who, IncidentFilter(), ALL)).items == []


async def test_a_batch_cannot_name_checks_of_another_workspace(world: World, theirs: Theirs) -> None:
    with pytest.raises(Invalid, match="does not exist"):
        await world.batch(CheckSelector(check_ids=(theirs.check,)))
    with pytest.raises(Invalid, match="matches no check"):
        await world.batch(CheckSelector(connection_id=theirs.connection))
