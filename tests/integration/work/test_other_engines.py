"""Checks on engines that something stands in for, through the use cases: created, tested, synchronised, run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from dq_platform.app import checks, connections
from dq_platform.app.checks import NewCheck
from dq_platform.app.connections import ConnectionDraft
from dq_platform.checks.validation import CheckDraft
from dq_platform.models.check import Severity, Target
from dq_platform.models.outcome import Outcome
from tests.engines.databricks import Databricks
from tests.engines.h2 import oracle_on_h2
from tests.engines.spark import SparkServer
from tests.integration.work.world import World


@dataclass(frozen=True)
class Source:
    """Where a table `PARCELS` of four rows is: two without a note, and one weight below zero."""

    type: str
    settings: Mapping[str, object]
    schema: str
    table: str


FOUND = {
    "row_count": (4, Outcome.PASSED),
    "nulls_count": (2, Outcome.ERROR),
    "negative_values": (1, Outcome.ERROR),
    "sum_in_range": (Decimal("3.25"), Outcome.PASSED),
    "distinct_count": (2, Outcome.PASSED),
}
ROWS = "(1, 1.5, 'A'), (2, -2.25, 'B'), (3, 4, NULL), (4, NULL, NULL)"


@pytest.fixture
def oracle() -> Iterator[Source]:
    with oracle_on_h2() as (_, h2):
        columns = "id NUMBER(10) NOT NULL PRIMARY KEY, weight NUMBER(10, 2), note VARCHAR2(20)"
        h2.write(["CREATE SCHEMA depot", f"CREATE TABLE depot.parcels ({columns})"])
        h2.write([f"INSERT INTO depot.parcels VALUES {ROWS}"])
        settings = {"host": "db.example.org", "service_name": "depot", "user": "u", "password": "p"}
        yield Source("oracle", settings, "DEPOT", "PARCELS")


@pytest.fixture
def databricks(spark_server: SparkServer, tmp_path: Path) -> Iterator[Source]:
    workspace = Databricks(spark_server.port, tmp_path)
    with workspace.serve():
        columns = "ID INT, WEIGHT DECIMAL(10, 2), NOTE STRING"
        workspace.write(["CREATE SCHEMA depot", f"CREATE TABLE depot.parcels ({columns})"])
        workspace.write([f"INSERT INTO depot.parcels VALUES {ROWS}"])
        yield Source("databricks", workspace.settings, "depot", "parcels")


async def checked(world: World, source: Source) -> dict[str, tuple[object, object]]:
    """Value and severity by check type, of a run through a connection of its own."""
    made = await connections.create_connection(
        world.deps, world.who, ConnectionDraft("depot", source.type, source.settings)
    )
    assert (await connections.test_connection(world.deps, world.who, made.id)).version
    wanted = {
        ("row_count", ""): {"min_count": 4},
        ("nulls_count", "NOTE"): {"max_count": 1},
        ("negative_values", "WEIGHT"): {"max_count": 0},
        ("sum_in_range", "WEIGHT"): {"from": 3.25, "to": 3.25},
        ("distinct_count", "NOTE"): {"min_count": 2},
    }
    for (check_type, column), threshold in wanted.items():
        target = Target(made.id, source.schema, source.table, column)
        draft = CheckDraft(target, check_type, thresholds={Severity.ERROR: threshold})
        check = await checks.create_check(world.deps, world.who, NewCheck(draft))
        await world.run(check)
    await world.work()
    found = await world.results(connection_id=made.id)
    return {one.check_type: (one.value, one.outcome) for one in found}


async def test_a_table_in_oracle_is_checked(world: World, oracle: Source) -> None:
    assert await checked(world, oracle) == FOUND


@pytest.mark.engines
@pytest.mark.timeout(300)
async def test_a_table_in_databricks_is_checked(world: World, databricks: Source) -> None:
    assert await checked(world, databricks) == FOUND
