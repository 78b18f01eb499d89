"""What is measured on a sample is what the rows of that sample say, by every check type that takes one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from pathlib import Path

import duckdb
import psycopg2
import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.validation import CheckDraft, validate_check
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import Sources
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import Measurement, measure
from dq_platform.execution.plan import plan
from dq_platform.execution.reading import EMPTY_SAMPLE
from dq_platform.execution.results import RunFacts, results
from dq_platform.execution.sample_plan import SampleRequest, plan_samples
from dq_platform.execution.sampling import take
from dq_platform.execution.statement import StatementKind
from dq_platform.models.check import Check, GroupBy, Target
from dq_platform.models.metadata import Estimates, TableSettings, TableSnapshot
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.integration.execution import check_tables
from tests.integration.execution.check_cases import CHECK_CASES
from tests.integration.execution.conftest import OPTIONS
from tests.integration.execution.shop import NOW, Shop, connection_of, snapshot_of
from tests.integration.execution.test_every_check_type import KnownTable, OtherTable

SAMPLES = {
    "drawn_rows": TableSample(SampleMethod.ROW, 30),
    "drawn_blocks": TableSample(SampleMethod.BLOCK, 60),
}
"""By the name of the table that holds just the rows of the sample."""
ROWS, BLOCKS = SAMPLES.values()
SHARED = [name for name in check_tables.COLUMNS if name not in (check_tables.RETYPED, check_tables.ONLY_IN_GOOD)]
HONEST = [name for name in CHECK_CASES if not CHECK_REGISTRY.get(name).sample_refusal]
FEW_VALUES = Estimates(3_000_000, dict.fromkeys(SHARED, 9))
"""With such sizes all is counted by value that can be."""


def fill(dialect: PostgreSQLDialect | DuckDBDialect, schema: str, times: int) -> Sequence[str]:
    """`many` has good and bad rows, so many times each, and 20 with a mark; the drawn ones what a run at NOW reads."""
    columns = ", ".join(map(dialect.ident, SHARED))
    mixed = " UNION ALL ".join(
        f"SELECT {columns}, CASE WHEN n < {marks} THEN 1 END AS mark"
        f" FROM {schema}.{table}, generate_series(1, {times}) s(n)"
        for table, marks in ((check_tables.GOOD, 3), (check_tables.BAD, 1))
    )
    many, seed = f"{schema}.many", int(NOW.timestamp())
    drawn = [f"SELECT * FROM {dialect.sampled(many, sample, seed)}" for sample in SAMPLES.values()]
    return [
        f"CREATE TABLE {many} AS {mixed}",
        *(f"CREATE TABLE {schema}.{name} AS {select}" for name, select in zip(SAMPLES, drawn, strict=True)),
    ]


@pytest.fixture(scope="module")
def sampled_postgres(postgres: Shop) -> Shop:
    settings = {**postgres.connection.settings, "dbname": postgres.connection.settings["database"]}
    settings.pop("database")
    with closing(psycopg2.connect(**settings)) as link, link, link.cursor() as cursor:
        for statement in fill(PostgreSQLDialect(), "public", 600):
            cursor.execute(statement)
    return postgres


@pytest.fixture(scope="module")
def sampled_duck(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    path: Path = tmp_path_factory.mktemp("sampled") / "shop.duckdb"
    dialect = DuckDBDialect()
    with closing(duckdb.connect(str(path))) as link:
        for statement in (*check_tables.statements("duckdb", "main", dialect), *fill(dialect, "main", 1000)):
            link.execute(statement)
    return Shop(connection_of("duckdb", {"database": str(path)}), "main")


class Bench:
    """Runs checks at NOW."""

    def __init__(self, shop: Shop, session: SourceSession) -> None:
        self.shop, self.session = shop, session
        self._snapshots: dict[str, TableSnapshot] = {}

    async def snapshot(self, table: str) -> TableSnapshot:
        if table not in self._snapshots:
            self._snapshots[table] = await snapshot_of(self.session, self.shop, table)
        return self._snapshots[table]

    async def check(self, name: str, table: str = "many", **changes: object) -> Check:
        """As a client would create it."""
        case, source = CHECK_CASES[name], self.shop.connection
        snapshot = await self.snapshot(table)
        good = KnownTable(source.type, await self.snapshot(check_tables.GOOD))
        draft = CheckDraft(
            Target(source.id, self.shop.schema, table, case.column),
            name,
            sensor_params=case.params,
            thresholds={Severity.ERROR: case.threshold},
            **changes,  # type: ignore[arg-type]
        )
        known = {OtherTable(source.id, self.shop.schema, check_tables.GOOD): good}
        valid = validate_check(draft, snapshot, source.type, known)
        fields = {field: getattr(valid, field) for field in valid.__slots__}
        return Check(id=name, workspace_id="w", create_time=NOW, update_time=NOW, **fields)

    async def context(self, table: str, **changes: object) -> PlanContext:
        return PlanContext(self.session.dialect, await self.snapshot(table), "UTC", NOW, **changes)  # type: ignore[arg-type]

    async def measure(self, checks: Sequence[Check], **changes: object) -> Measurement:
        context = await self.context(checks[0].target.table_name, **changes)
        found = await measure(self.session, plan(checks, context))
        assert found.failures == {}
        return found

    async def values(self, checks: Sequence[Check], **changes: object) -> dict[tuple[str, str], float | None]:
        """By check and group."""
        found = await self.measure(checks, **changes)
        return {
            (one.check_id, one.data_group): None if one.value is None else float(one.value)
            for readings in found.readings.values()
            for one in readings
        }


@pytest.fixture(scope="module", params=["sampled_postgres", "sampled_duck"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    shop: Shop = request.getfixturevalue(request.param)
    async with AsyncExitStack() as stack:
        sources = await stack.enter_async_context(Sources(OPTIONS))
        yield Bench(shop, await stack.enter_async_context(sources.session(shop.connection)))


@pytest.mark.parametrize(("drawn", "sizes"), [("drawn_rows", FEW_VALUES), ("drawn_blocks", Estimates())])
async def test_every_check_type_says_of_a_sample_what_its_rows_say(bench: Bench, drawn: str, sizes: Estimates) -> None:
    of_sample = [await bench.check(name, table_sample=SAMPLES[drawn]) for name in HONEST]
    of_its_rows = [await bench.check(name, drawn) for name in HONEST]
    found = await bench.measure(of_sample, learned=sizes)
    [[count]] = (await bench.session.execute(f"SELECT COUNT(*) FROM {bench.shop.schema}.{drawn}")).rows
    [[total]] = (await bench.session.execute(f"SELECT COUNT(*) FROM {bench.shop.schema}.many")).rows
    assert 0 < count < total
    assert {one.rows for readings in found.readings.values() for one in readings} == {count}
    assert await bench.values(of_sample, learned=sizes) == pytest.approx(await bench.values(of_its_rows), rel=1e-12)


async def test_what_is_measured_by_value_is_some_of_it(bench: Bench) -> None:
    checks = [await bench.check(name, table_sample=ROWS) for name in HONEST]
    planned = plan(checks, await bench.context("many", learned=FEW_VALUES))
    assert {one.kind for one in planned.statements} == set(StatementKind)


async def test_groups_are_those_of_the_sample_with_their_own_rows(bench: Bench) -> None:
    by_country = {"group_by": (GroupBy(column="country"),), "filter": "num <> 3"}
    names = ["nulls_percent", "mean_in_range", "foreign_key_match_percent", "median_in_range"]
    names = [name for name in names if name in HONEST]
    of_sample = [await bench.check(name, table_sample=ROWS, **by_country) for name in names]
    of_its_rows = [await bench.check(name, "drawn_rows", **by_country) for name in names]
    assert await bench.values(of_sample) == pytest.approx(await bench.values(of_its_rows), rel=1e-12)
    counted = f"SELECT country, COUNT(*) FROM {bench.shop.schema}.drawn_rows WHERE num <> 3 GROUP BY country"
    rows = {f'["{country}"]': count for country, count in (await bench.session.execute(counted)).rows}
    found = await bench.measure(of_sample)
    assert {one.data_group: one.rows for one in found.readings[names[0]]} == rows
    assert len(rows) == 3


async def test_a_sample_teaches_nothing_of_the_table(bench: Bench) -> None:
    whole = await bench.check("invalid_email_format_percent")
    assert (await bench.measure([whole])).learned != Estimates()
    assert (await bench.measure([replace(whole, table_sample=ROWS)])).learned == Estimates()
    few = {"learned": FEW_VALUES}
    assert (await bench.measure([replace(whole, table_sample=ROWS)], **few)).learned == Estimates()


async def test_error_samples_are_the_bad_rows_of_the_same_sample(bench: Bench) -> None:
    condition = {"sql_condition": "mark IS NULL"}
    check = replace(
        await bench.check("sql_condition_passed_percent_on_table", table_sample=ROWS), sensor_params=condition
    )
    context = await bench.context("many")
    planned = plan([check], context)
    measured = await measure(bench.session, planned)
    [result] = results([check], planned, measured, RunFacts("j", NOW))
    assert result.value is not None
    assert result.sample_rows is not None
    marked = round((100 - float(result.value)) / 100 * result.sample_rows)
    settings = TableSettings("c", bench.shop.schema, "many", id_columns=("num", "email"))
    failing = replace(result, outcome=Outcome.ERROR)
    taken = await take(bench.session, plan_samples(SampleRequest([check], [failing], context, settings)))
    [samples] = taken.samples
    assert samples.error_reason == ""
    assert len(samples.rows) == marked
    assert 0 < marked < 20


async def test_a_sample_without_rows_is_inconclusive(bench: Bench) -> None:
    """The table is empty, so that every sample of it is."""
    names = [name for name in HONEST if CHECK_CASES[name].column != check_tables.ONLY_IN_GOOD]
    checks = [await bench.check(name, check_tables.EMPTY, table_sample=ROWS) for name in names]
    planned = plan(checks, await bench.context(check_tables.EMPTY))
    found = results(checks, planned, await measure(bench.session, planned), RunFacts("j", NOW))
    assert {(one.outcome, one.error_reason, one.value, one.sample_rows) for one in found} == {
        (Outcome.INCONCLUSIVE, EMPTY_SAMPLE, None, 0)
    }
    assert found[0].message == (
        "No row of the sample takes part: choose a greater percent, or leave table_sample out."
        " Measured on 0 rows, a row sample of 30 %."
    )
