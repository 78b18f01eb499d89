"""Thirty checks of one table: our plan, against the same thirty numbers by one hand-written SELECT, and by thirty."""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import psycopg2.extensions
from rich.console import Console

from benchmarks.thirty import CHECKS, HAND_WRITTEN, LIMITS, ROWS, TABLE
from benchmarks.timing import cpu_of_family, interleaved
from dq_platform.checks.validation import CheckDraft, validate_check
from dq_platform.connectors.sources import Sources
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import Measurement, measure
from dq_platform.execution.plan import plan
from dq_platform.models.check import Check, Target
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import TableInfo, TableSnapshot
from dq_platform.models.outcome import Severity
from local.ports import LOOPBACK, any_free
from local.postgres import SUPERUSER, EmbeddedPostgres, PostgresConfig

ROUNDS = 3
AGE_SLACK = 60 / 86_400
"""A minute, in days."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run(console: Console) -> None:
    """Print medians and ratios."""
    with tempfile.TemporaryDirectory(prefix="dq-bench-") as folder:
        config = PostgresConfig(Path(folder) / "pg", any_free(), "bench", Path(folder) / "pg.log", durable=False)
        with EmbeddedPostgres(config) as postgres:
            with console.status(f"Making {ROWS:,} rows …"), closing(psycopg2.connect(postgres.url())) as link:
                link.autocommit = True
                link.cursor().execute(TABLE)
            asyncio.run(_compare(postgres, console))


async def _compare(postgres: EmbeddedPostgres, console: Console) -> None:
    connection = _connection(postgres)
    async with Sources() as sources, sources.session(connection) as session:
        columns = tuple(await session.get_columns("public", "sales"))
        snapshot = TableSnapshot(connection.id, TableInfo("public", "sales"), columns, NOW)
        checks = [_check(draft, snapshot) for draft in _drafts(connection.id)]
        context = PlanContext(session.dialect, snapshot, "UTC", NOW)
        together, single = plan(checks, context), [plan([check], context) for check in checks]
        loop = asyncio.get_running_loop()

        def of(plans: Sequence[object]) -> Callable[[], object]:
            async def all_of_them() -> None:
                for one in plans:
                    measured = await measure(session, one)  # type: ignore[arg-type]
                    assert not measured.failures, measured.failures

            return lambda: asyncio.run_coroutine_threadsafe(all_of_them(), loop).result()

        with closing(psycopg2.connect(postgres.url())) as link:
            ours, hand = await measure(session, together), _by_hand(link)
            _require_equal(checks, ours, hand)
            work = {"hand": lambda: _by_hand(link), "ours": of([together]), "thirty": of(single)}
            costs = await asyncio.to_thread(interleaved, work, lambda: cpu_of_family(os.getpid()), ROUNDS)
        console.print(
            f"{len(checks)} checks, {ROWS:,} rows, PostgreSQL: statements {len(together.statements)} (ours) "
            f"against 1 (by hand) and {len(single)} (one for each check)"
        )
        for name in ("ours", "thirty"):
            wall, cpu = costs[name].wall / costs["hand"].wall, costs[name].cpu / costs["hand"].cpu
            console.print(f"  {name:<7} / by hand: wall {wall:.2f}  CPU {cpu:.2f}")


def _by_hand(link: psycopg2.extensions.connection) -> Sequence[object]:
    with link.cursor() as cursor:
        cursor.execute(HAND_WRITTEN)
        (row,) = cursor.fetchall()
        return tuple(row)


def _require_equal(checks: Sequence[Check], ours: Measurement, hand: Sequence[object]) -> None:
    """Raises AssertionError unless both found the same numbers; ages differ by the time between the two."""
    for check, theirs in zip(checks, hand, strict=True):
        (reading,) = ours.readings[check.id]
        slack = AGE_SLACK if check.check_type == "data_freshness" else 0.0
        same = math.isclose(float(reading.value), float(theirs), rel_tol=1e-9, abs_tol=slack)  # type: ignore[arg-type]
        assert same, f"{check.id}: {reading.value} is ours, {theirs} by hand"


def _connection(postgres: EmbeddedPostgres) -> Connection:
    settings = {
        "host": LOOPBACK,
        "port": postgres.config.port,
        "database": "postgres",
        "user": SUPERUSER,
        "password": postgres.config.password,
        "ssl_mode": "disable",
    }
    return Connection("bench", "bench", "bench", "postgresql", settings, NOW, NOW)


def _drafts(connection_id: str) -> list[CheckDraft]:
    return [
        CheckDraft(
            Target(connection_id, "public", "sales", column),
            check_type,
            sensor_params=params,
            thresholds={Severity.ERROR: LIMITS[check_type]} if check_type in LIMITS else {},
        )
        for column, check_type, params in CHECKS
    ]


def _check(draft: CheckDraft, snapshot: TableSnapshot) -> Check:
    valid = validate_check(draft, snapshot, "postgresql")
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
