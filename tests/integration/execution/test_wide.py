"""Very many checks of one table: below every limit, and one that is wrong takes no other with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from math import log2

import duckdb
import psycopg2
import pytest

from dq_platform.connectors.sources import Sources
from dq_platform.models.metadata import ColumnInfo, DataType
from tests.integration.execution.bench import Bench
from tests.integration.execution.conftest import OPTIONS
from tests.integration.execution.shop import Shop, connection_of, snapshot_of

WIDTH = 400
NAMES = [f"c{number}" for number in range(WIDTH)]
TABLE = f"CREATE TABLE wide ({', '.join(f'{name} INTEGER' for name in NAMES)})"
ROWS = [f"INSERT INTO wide VALUES ({', '.join(str(number + more) for number in range(WIDTH))})" for more in (0, 2)]
# What each check type measures in the column of that number.
KINDS = {
    "nulls_count": lambda _: 0,
    "min_in_range": lambda number: number,
    "max_in_range": lambda number: number + 2,
    "sum_in_range": lambda number: 2 * number + 2,
    "mean_in_range": lambda number: number + 1,
}


@pytest.fixture(scope="session")
def wide_postgres(postgres: Shop) -> Shop:
    with closing(psycopg2.connect(**postgres.connection.settings)) as link, link.cursor() as cursor:
        cursor.execute("; ".join([TABLE, *ROWS]))
        link.commit()
    return replace(postgres, table="wide")


@pytest.fixture(scope="session")
def wide_duck(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    path = tmp_path_factory.mktemp("wide") / "wide.duckdb"
    with closing(duckdb.connect(str(path))) as link:
        link.execute("; ".join([TABLE, *ROWS]))
    return Shop(connection_of("duckdb", {"database": str(path)}), "main", "wide")


@pytest.fixture(params=["wide_postgres", "wide_duck"])
async def wide(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    shop: Shop = request.getfixturevalue(request.param)
    async with Sources(OPTIONS) as sources, sources.session(shop.connection) as session:
        yield Bench(shop, session)


def many(bench, columns):
    return [bench.check(f"{kind}:{name}", kind, name) for name in NAMES[:columns] for kind in KINDS]


def expected(columns):
    measured = {kind: list(map(value, range(columns))) for kind, value in KINDS.items()}
    return {f"{kind}:{name}": measured[kind][number] for number, name in enumerate(NAMES[:columns]) for kind in KINDS}


def found(done):
    return {check_id: reading.value for check_id, [reading] in done.readings.items()}


def asks(statement):
    return statement.sql.count(" AS dq")


async def test_two_thousand_checks_are_split_below_the_limits_and_all_have_results(wide):
    made = await wide.plan(many(wide, WIDTH))
    most = wide.session.dialect.limits.select_columns
    assert [asks(statement) for statement in made.statements] == [most, len(KINDS) * WIDTH - most]
    done = await wide.measure(*many(wide, WIDTH))
    assert done.failures == {}
    assert found(done) == expected(WIDTH)
    assert wide.statements == 2


async def test_what_the_catalogue_shows_to_be_wrong_costs_no_statement(wide):
    done = await wide.measure(*many(wide, 100), wide.check("gone", column="gone"))
    assert {check_id: error.reason for check_id, error in done.failures.items()} == {"gone": "COLUMN_NOT_FOUND"}
    assert found(done) == expected(100)
    assert wide.statements == 1


@pytest.mark.parametrize("place", [0, 37, 250, 499])
async def test_one_that_is_wrong_among_five_hundred_fails_alone_and_is_found_quickly(wide, place):
    checks = many(wide, 100)
    checks[place] = wide.check("gone", column="gone")
    stale = await snapshot_of(wide.session, wide.shop)
    stale = replace(stale, columns=(*stale.columns, ColumnInfo("gone", WIDTH + 1, "INTEGER", DataType.INTEGER)))
    [statement] = (await wide.plan(checks, snapshot=stale)).statements
    done = await wide.measure(*checks, snapshot=stale)
    assert {check_id: error.reason for check_id, error in done.failures.items()} == {"gone": "SOURCE_BAD_SQL"}
    assert found(done) == {one.id: expected(100)[one.id] for one in checks if one.id != "gone"}
    assert len(found(done)) == 499
    assert wide.statements == done.statements <= 1 + 2 * log2(len(set(statement.measures))) + 1
