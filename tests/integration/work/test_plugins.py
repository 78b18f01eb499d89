"""A user's own package at work: tests/plugins/shop_plugin, which docs/extending.md shows."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from arq.connections import ArqRedis

from dq_platform.adapters.arq_queue import ArqQueue
from dq_platform.app import checks, connections, jobs, metadata, stored_samples
from dq_platform.app.checks import NewCheck
from dq_platform.app.connections import ConnectionDraft
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.validation import CheckDraft
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Invalid, SourceError, SourceProblem, Unsupported
from dq_platform.models.check import Check, GroupBy, Mode, Target
from dq_platform.models.job import JobState
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from dq_platform.plugins import load_plugins
from services.check import mapping_catalogue
from tests.integration.work.conftest import ENCRYPTION_KEY
from tests.integration.work.processes import process
from tests.integration.work.world import World

PLUGINS = Path(__file__).parents[2] / "plugins"
REFERENCE = "shop_plugin:register"


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package, loaded for one test."""
    monkeypatch.syspath_prepend(str(PLUGINS))
    for registry in (CHECK_REGISTRY, RULE_REGISTRY, SENSOR_REGISTRY, ConnectorFactory):
        monkeypatch.setattr(registry, "_registered", {})
    load_plugins((REFERENCE,))


@pytest.fixture
async def sqlite(world: World, plugin: None, tmp_path: Path) -> World:
    """The world, connected to a SQLite file with an order a day before today, of 10, 20 … 100."""
    path, today = tmp_path / "shop.sqlite", datetime.now(UTC).date()
    with closing(sqlite3.connect(path)) as link, link:
        link.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, amount NUMERIC, country TEXT, placed_on DATE)")
        rows = [(n, n * 10, "DE" if n % 2 else "FR", (today - timedelta(n)).isoformat()) for n in range(1, 11)]
        link.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    draft = ConnectionDraft("till", "sqlite", {"database": str(path)})
    return replace(world, connection=await connections.create_connection(world.deps, world.who, draft))


async def make(world: World, check_type: str, column: str = "", **fields: Any) -> Check:
    draft = CheckDraft(Target(world.connection.id, "main", "orders", column), check_type, **fields)
    return await checks.create_check(world.deps, world.who, NewCheck(draft))


async def run(world: World, check: Check) -> list[Result]:
    job = await world.run(check)
    await world.work()
    return sorted(await world.results(job_id=job.id), key=lambda result: (result.time_period, result.data_group))


async def test_a_sensor_of_a_plugin_has_error_samples_on_an_engine_of_a_plugin(sqlite: World) -> None:
    assert SENSOR_REGISTRY.get("shop_above_count").judges_rows
    thresholds = {Severity.ERROR: {"threshold": 0}}
    check = await make(sqlite, "shop_expensive_orders", "amount", sensor_params={"limit": 80}, thresholds=thresholds)
    [result] = await run(sqlite, check)
    samples = await stored_samples.get_samples(sqlite.deps, sqlite.who, result.id)
    assert [column.name for column in samples.columns] == ["id", "amount"]
    assert sorted(tuple(value.text for value in row) for row in samples.rows) == [("10", "100"), ("9", "90")]


async def test_the_engine_shows_what_it_has(sqlite: World) -> None:
    mine = sqlite.connection.id
    assert (await connections.test_connection(sqlite.deps, sqlite.who, mine)).version == sqlite3.sqlite_version
    assert await metadata.list_schemas(sqlite.deps, sqlite.who, mine) == ["main"]
    assert [table.table_name for table in await metadata.list_tables(sqlite.deps, sqlite.who, mine, "main")] == [
        "orders"
    ]
    columns = await metadata.list_columns(sqlite.deps, sqlite.who, mine, "main", "orders")
    assert [column.data_type for column in columns] == ["integer", "decimal", "text", "date"]


@pytest.mark.parametrize(("limit", "outcome"), [(100, Outcome.PASSED), (80, Outcome.WARNING), (60, Outcome.ERROR)])
async def test_its_check_type_with_its_sensor_and_plain_rule_is_graded(
    sqlite: World, limit: float, outcome: Outcome
) -> None:
    thresholds = {Severity.WARNING: {}, Severity.ERROR: {}}
    check = await make(sqlite, "shop_expensive_orders", "amount", sensor_params={"limit": limit}, thresholds=thresholds)
    [result] = await run(sqlite, check)
    assert (result.outcome, result.value) == (outcome, (100 - limit) / 10)
    assert (result.category, result.dimension) == ("shop", "Reasonableness")
    if outcome is Outcome.ERROR:
        assert result.message == "Value 4 exceeds threshold 2.0"
        assert [incident.highest_severity for incident in await sqlite.incidents()] == [Severity.ERROR]


async def test_its_rule_that_tells_bounds_is_graded(sqlite: World) -> None:
    [result] = await run(
        sqlite, await make(sqlite, "shop_round_price", "amount", thresholds={Severity.FATAL: {"step": 30}})
    )
    assert (result.outcome, result.value, result.expected_value) == (Outcome.FATAL, 100, 90)


async def test_the_products_own_check_types_run_on_its_engine(sqlite: World) -> None:
    expected = {"row_count": ("", 10), "mean_in_range": ("amount", 55), "nulls_count": ("country", 0)}
    limits = {"mean_in_range": {"from": 50, "to": 60}}
    for name, (column, value) in expected.items():
        thresholds = {Severity.ERROR: limits.get(name, {})}
        [result] = await run(sqlite, await make(sqlite, name, column, thresholds=thresholds))
        assert (name, result.outcome, result.value) == (name, Outcome.PASSED, value)


async def test_partitions_and_groups_work_on_its_engine(sqlite: World) -> None:
    by_day = await make(sqlite, "row_count", mode=Mode.PARTITIONED, partition_column="placed_on")
    assert [result.value for result in await run(sqlite, by_day)] == [1] * 7
    by_country = await make(sqlite, "row_count", group_by=(GroupBy(column="country"),))
    assert [result.value for result in await run(sqlite, by_country)] == [5, 5]


async def test_what_its_engine_lacks_is_refused_when_a_check_is_created(sqlite: World) -> None:
    with pytest.raises(Unsupported, match=r"sqlite cannot run the sensor .* it lacks regex"):
        await make(sqlite, "text_not_matching_regex_found", "country", sensor_params={"regex": "x"})


async def test_parameters_of_its_sensor_and_rule_are_validated(sqlite: World) -> None:
    with pytest.raises(Invalid) as caught:
        await make(sqlite, "shop_expensive_orders", "amount", thresholds={Severity.ERROR: {"treshold": 1}})
    assert {(violation.field, violation.reason) for violation in caught.value.violations} == {
        ("check.sensor_params.limit", "MISSING_PARAMETER"),
        ("check.thresholds.error.treshold", "UNKNOWN_PARAMETER"),
    }


async def test_a_file_that_is_not_there_is_told(sqlite: World) -> None:
    draft = ConnectionDraft("gone", "sqlite", {"database": "/nowhere/shop.sqlite"})
    gone = await connections.create_connection(sqlite.deps, sqlite.who, draft)
    with pytest.raises(SourceError) as caught:
        await connections.test_connection(sqlite.deps, sqlite.who, gone.id)
    assert caught.value.problem is SourceProblem.NOT_FOUND


def test_the_catalogue_shows_it_like_the_products_own(plugin: None) -> None:
    shown = mapping_catalogue.check_type(CHECK_REGISTRY.get("shop_expensive_orders"))
    assert shown.description == "Number of values above limit. Fails when the value exceeds `threshold`."
    assert [parameter.name for parameter in (*shown.sensor_parameters, *shown.rule_parameters)] == [
        "limit",
        "threshold",
    ]
    assert "sqlite" in shown.connection_types
    assert (
        "sqlite"
        not in mapping_catalogue.check_type(CHECK_REGISTRY.get("text_not_matching_regex_found")).connection_types
    )
    assert mapping_catalogue.rule(RULE_REGISTRY.get("shop_at_most")).parameters[0].default_value.number_value == 0


def environment(**more: str) -> dict[str, str]:
    nobody = {"DATABASE_URL": "postgresql://127.0.0.1:1/dq", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return {**os.environ, **nobody, "ENCRYPTION_KEY": ENCRYPTION_KEY, "PYTHONPATH": str(PLUGINS), **more}


@pytest.mark.parametrize(
    "module", ["services.check", "services.connection", "services.results", "workers", "workers.cron"]
)
def test_a_broken_plug_in_stops_the_start_of_every_process(module: str) -> None:
    done = subprocess.run(
        (sys.executable, "-m", module),
        env=environment(DQ_PLUGINS=f"{REFERENCE}, not_there"),
        capture_output=True,
        text=True,
        check=False,
    )
    fault = "ModuleNotFoundError: No module named 'not_there'"
    assert done.stderr == f"The plug-in 'not_there' (named in DQ_PLUGINS) cannot be used: {fault}\n"
    assert (done.returncode, done.stdout) == (2, "")


async def test_a_worker_runs_checks_of_an_installed_plug_in(
    sqlite: World, store_url: str, redis_url: str, redis: ArqRedis, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    info = site / "shop_plugin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[dq_platform.plugins]\nshop = {REFERENCE}\n")
    told = sqlite.using(ArqQueue(redis))
    job = await told.run(await make(told, "shop_expensive_orders", "amount", sensor_params={"limit": 60}))
    stores = {"DATABASE_URL": store_url, "REDIS_URL": redis_url, "PYTHONPATH": f"{PLUGINS}{os.pathsep}{site}"}
    with process("workers", environment(**stores), tmp_path / "ready"):
        async with asyncio.timeout(60):
            async for seen in jobs.watch_job(told.deps, told.who, job.id):
                job = seen
    [result] = await told.results(job_id=job.id)
    assert (job.state, result.outcome, result.value) == (JobState.SUCCEEDED, Outcome.ERROR, 4)
