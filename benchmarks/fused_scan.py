"""Thirty checks of one table: our plan, against the same thirty numbers by one hand-written SELECT, and by thirty."""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
from rich.console import Console

from benchmarks.thirty import CHECKS, DUCKDB_HAND_WRITTEN, DUCKDB_TABLE, HAND_WRITTEN, LIMITS, ROWS, TABLE
from benchmarks.timing import cpu_of_family, interleaved
from dq_platform.checks.validation import CheckDraft, validate_check
from dq_platform.connectors.base import Guards
from dq_platform.connectors.file_places import FilePlaces
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import Measurement, Spare, measure
from dq_platform.execution.plan import Plan, plan
from dq_platform.models.check import Check, Target
from dq_platform.models.connection import Connection, SettingValue
from dq_platform.models.metadata import TableSnapshot
from dq_platform.models.outcome import Severity
from local.ports import LOOPBACK, any_free
from local.postgres import SUPERUSER, EmbeddedPostgres, PostgresConfig

ROUNDS = 3
AGE_SLACK = 60 / 86_400
"""A minute, in days."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Table:
    """The table as some engine has it, and what its hand-written SELECT gives."""

    name: str
    connection: Connection
    schema: str
    by_hand: Callable[[], Sequence[object]]


def run(console: Console) -> None:
    """Print medians and ratios for PostgreSQL, DuckDB, and Parquet through DuckDB."""
    with tempfile.TemporaryDirectory(prefix="dq-bench-") as folder:
        for make in (_postgresql, _duckdb, _parquet):
            with ExitStack() as cleanup:
                with console.status(f"Making {ROWS:,} rows …"):
                    table = cleanup.enter_context(make(Path(folder)))
                asyncio.run(_compare(table, console))


@contextmanager
def _postgresql(folder: Path) -> Iterator[Table]:
    config = PostgresConfig(folder / "pg", any_free(), "bench", folder / "pg.log", durable=False)
    with EmbeddedPostgres(config) as postgres, closing(psycopg2.connect(postgres.url())) as link:
        link.autocommit = True
        link.cursor().execute(TABLE)
        settings: dict[str, SettingValue] = {
            "host": LOOPBACK,
            "port": config.port,
            "database": "postgres",
            "user": SUPERUSER,
            "password": config.password,
            "ssl_mode": "disable",
        }

        def by_hand() -> Sequence[object]:
            with link.cursor() as cursor:
                cursor.execute(HAND_WRITTEN)
                [row] = cursor.fetchall()
                return tuple(row)

        yield Table("PostgreSQL", _connection("postgresql", settings), "public", by_hand)


@contextmanager
def _duckdb(folder: Path) -> Iterator[Table]:
    path = folder / "sales.duckdb"
    with duckdb.connect(str(path)) as link:
        link.execute(DUCKDB_TABLE)
    with duckdb.connect(str(path), read_only=True) as link:
        yield _of_duckdb("DuckDB", {"database": str(path)}, link)


@contextmanager
def _parquet(folder: Path) -> Iterator[Table]:
    path = folder / "sales.parquet"
    with duckdb.connect() as link:
        link.execute(DUCKDB_TABLE)
        link.execute(f"COPY sales TO '{path}' (FORMAT parquet)")
    with duckdb.connect() as link:
        link.execute(f"CREATE VIEW sales AS SELECT * FROM '{path}'")
        yield _of_duckdb("Parquet", {"files": f"sales={path}"}, link)


def _of_duckdb(name: str, settings: dict[str, SettingValue], link: duckdb.DuckDBPyConnection) -> Table:
    link.execute("SET TimeZone = 'UTC'")
    limits: dict[str, SettingValue] = {"memory_limit_mb": 4096}
    return Table(
        name, _connection("duckdb", settings | limits), "main", lambda: link.execute(DUCKDB_HAND_WRITTEN).fetchall()[0]
    )


async def _compare(table: Table, console: Console) -> None:
    options = SourceOptions(guards=Guards(files=FilePlaces((Path(tempfile.gettempdir()),))))
    async with Sources(options) as sources, sources.session(table.connection) as session:
        columns = tuple(await session.get_columns(table.schema, "sales"))
        [info] = [one for one in await session.get_tables(table.schema) if one.table_name == "sales"]
        snapshot = TableSnapshot(table.connection.id, info, columns, NOW)
        checks = [_check(draft, snapshot, table.connection.type) for draft in _drafts(table)]
        known = PlanContext(session.dialect, snapshot, "UTC", NOW)
        first = await measure(session, plan(checks, known))
        context = PlanContext(session.dialect, snapshot, "UTC", NOW, learned=first.learned)
        together, single = plan(checks, context), [plan([check], context) for check in checks]
        loop = asyncio.get_running_loop()

        def of(plans: Sequence[Plan], spare: Spare | None = None) -> Callable[[], object]:
            async def all_of_them() -> None:
                for one in plans:
                    measured = await measure(session, one, spare=spare)
                    assert not measured.failures, measured.failures

            return lambda: asyncio.run_coroutine_threadsafe(all_of_them(), loop).result()

        ours, hand = await measure(session, together), await asyncio.to_thread(table.by_hand)
        _require_equal(checks, first, hand)
        _require_equal(checks, ours, hand)
        work = {"hand": table.by_hand, "ours": of([together]), "thirty": of(single)}
        if session.dialect.layout.side_by_side:
            work["at once"] = of([together], lambda: sources.spare(table.connection))
        costs = await asyncio.to_thread(interleaved, work, lambda: cpu_of_family(os.getpid()), ROUNDS)
    console.print(
        f"{len(checks)} checks, {ROWS:,} rows, {table.name}: statements {len(together.statements)} (ours) "
        f"against 1 (by hand) and {len(single)} (one for each check)"
    )
    for name in work.keys() - {"hand"}:
        wall, cpu = costs[name].wall / costs["hand"].wall, costs[name].cpu / costs["hand"].cpu
        console.print(f"  {name:<7} / by hand: wall {wall:.2f}  CPU {cpu:.2f}")


def _require_equal(checks: Sequence[Check], ours: Measurement, hand: Sequence[Any]) -> None:
    """Raises AssertionError unless both found the same numbers; ages differ by the time between the two."""
    for check, theirs in zip(checks, hand, strict=True):
        (reading,) = ours.readings[check.id]
        slack = AGE_SLACK if check.check_type == "data_freshness" else 0.0
        same = math.isclose(float(reading.value), float(theirs), rel_tol=1e-9, abs_tol=slack)  # type: ignore[arg-type]
        assert same, f"{check.id}: {reading.value} is ours, {theirs} by hand"


def _connection(kind: str, settings: dict[str, SettingValue]) -> Connection:
    return Connection("bench", "bench", "bench", kind, settings, NOW, NOW)


def _drafts(table: Table) -> list[CheckDraft]:
    return [
        CheckDraft(
            Target(table.connection.id, table.schema, "sales", column),
            check_type,
            sensor_params=params,
            thresholds={Severity.ERROR: LIMITS[check_type]} if check_type in LIMITS else {},
        )
        for column, check_type, params in CHECKS
    ]


def _check(draft: CheckDraft, snapshot: TableSnapshot, engine: str) -> Check:
    valid = validate_check(draft, snapshot, engine)
    return Check(
        id=f"{draft.check_type} {draft.target.column_name}",
        workspace_id="bench",
        target=valid.target,
        check_type=valid.check_type,
        mode=valid.mode,
        time_scale=valid.time_scale,
        create_time=NOW,
        update_time=NOW,
        sensor_params=valid.sensor_params,
        thresholds=valid.thresholds,
    )
