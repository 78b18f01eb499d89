"""What a year of results costs: storing more of them, asking for them, keeping them.

`python -m benchmarks results` makes 500,000 results of 2,000 checks, with `DQ_BENCH_RESULTS=10000000` as many as that.
They are made in the database, by SQL, into the tables and indexes that it has; what is measured goes through our
repositories.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, event, select, text
from sqlalchemy.util import greenlet_spawn

from benchmarks.own_store import migrated_store
from benchmarks.result_questions import NOW, YEAR, Past, Question, questions
from benchmarks.timing import cpu_of_family
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import PoolConfig, dispose, make_engine
from dq_platform.adapters.sql.ids import group_key
from dq_platform.adapters.sql.maintenance import SqlMaintenance
from dq_platform.adapters.sql.rollups import ROLLUPS
from dq_platform.adapters.sql.session import transaction
from dq_platform.adapters.sql.tables import RESULT_COLUMNS, check_results
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app.record import record
from dq_platform.ids import new_id
from dq_platform.models.check import Check, Mode, Target, TimeScale
from dq_platform.models.connection import Connection
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from dq_platform.models.workspace import Workspace

DEFAULT_SIZE = 500_000
CHECKS, PER_TABLE, TYPES, COLUMNS = 2000, 20, 8, 10
DAY = timedelta(days=1)
CALLS = 200
R = check_results.c
STORED, BATCH, WRITERS = 80_000, 500, 2


GENERATE = f"""
INSERT INTO check_results ({", ".join(RESULT_COLUMNS)})
SELECT uuidv7(made.at - clock_timestamp()), c.workspace_id, c.id, made.job, c.connection_id,
    c.schema_name, c.table_name, c.column_name, c.check_type, c.display_name, c.description, c.mode, c.time_scale,
    :group_key, '', date_trunc('day', made.at), made.at, made.outcome, made.value, NULL, '<= 5 %',
    NULL, NULL, NULL, 5, NULL, NULL,
    CASE WHEN made.outcome = 4 THEN 'There are no rows to measure.' ELSE '' END, '', made.value / 7, NULL, 0.25, 5000,
    NULL, NULL, NULL
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS round (number)
CROSS JOIN LATERAL (SELECT gen_random_uuid() AS job, round.number AS number) AS run
CROSS JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM checks) AS c
CROSS JOIN LATERAL (
    SELECT CAST(:start AS timestamptz) + run.number * CAST(:every AS interval) + c.number * INTERVAL '20 ms' AS at,
        run.job,
        hashint8(run.number * 2003 + c.number) AS draw
) AS drawn
CROSS JOIN LATERAL (
    SELECT drawn.at, drawn.job, abs(drawn.draw % 1000) / 10.0 AS value, CASE
        WHEN abs(drawn.draw % 100) < 94 THEN 0 WHEN abs(drawn.draw % 100) < 96 THEN 1
        WHEN abs(drawn.draw % 100) < 98 THEN 2 WHEN abs(drawn.draw % 100) < 99 THEN 3 ELSE 4 END AS outcome
) AS made
"""  # made of names of ours
LATEST = f"""
INSERT INTO check_latest ({", ".join(RESULT_COLUMNS)})
SELECT DISTINCT ON (check_id, group_key) {", ".join(RESULT_COLUMNS)} FROM check_results
WHERE executed_at > :since ORDER BY check_id, group_key, executed_at DESC
"""  # made of names of ours
SIZES = text("""
SELECT (SELECT count(*) FROM check_results) AS results,
    (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'check_results'::regclass) AS raw,
    (SELECT sum(pg_table_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'check_results'::regclass) AS rows,
    pg_total_relation_size('check_results_daily') AS daily,
    pg_total_relation_size('table_results_daily') + pg_total_relation_size('table_results_monthly') AS of_tables
""")
RELATION = re.compile(r" on (check_latest|check_results_daily|table_results_daily|table_results_monthly) ")
PARTITION = re.compile(r" on (check_results_(?:default|\d{4}_\d{2})) ")
# A partition or relation with many rows that is read from its beginning to its end.
READ_WHOLE = re.compile(r"Seq Scan on (?:check_results|table_results_daily)[^(]*\([^)]* rows=\d{5,}")


def run(console: Console) -> None:
    """Print rates, times and sizes."""
    size = int(os.environ.get("DQ_BENCH_RESULTS", str(DEFAULT_SIZE)))
    with migrated_store() as url:
        asyncio.run(_measure(url, size, console))


async def _measure(url: str, size: int, console: Console) -> None:
    engine = make_engine(url, PoolConfig(statement_timeout=timedelta(hours=1)))
    uow = SqlUow(engine, FernetCipher(Fernet.generate_key().decode()))
    past = await _workspace(uow)
    started = time.perf_counter()
    await _fill(engine, size)
    console.print(f"{size:,} results of {CHECKS:,} checks over a year, made in {time.perf_counter() - started:.0f} s")
    await _show_sizes(engine, console)
    table = Table("question", "p50 ms", "p99 ms", "PostgreSQL's CPU, ms", "relations read")
    for question in questions(past):
        await _time(engine, uow, question, table)
    console.print(table)
    for failing in (0, 20):
        await _store(uow, past, failing, console)
    console.print(f"load average {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
    await dispose(engine)


async def _workspace(uow: SqlUow) -> Past:
    """Checks of twenty a table; their category and dimension are where the statement that makes results looks."""
    workspace, connection = new_id(), new_id()
    checks = []
    async with uow() as tx:
        await tx.workspaces.add(Workspace(workspace, "bench", "bench", NOW))
        await tx.connections.add(Connection(connection, workspace, "bench", "postgresql", {}, NOW, NOW))
        for number in range(CHECKS):
            kind, column = number % TYPES, f"column_{number % COLUMNS}"
            target = Target(connection, "public", f"table_{number // PER_TABLE}", column)
            check = Check(
                *(new_id(), workspace, target, f"type_{kind}", Mode.MONITORING, TimeScale.DAILY, NOW, NOW),
                display_name=f"category_{kind // 2}",
                description=f"dimension_{kind // 3}",
            )
            await tx.checks.add(check)
            checks.append(check)
        await tx.commit()
    return Past(workspace, checks)


async def _fill(engine: Engine, size: int) -> None:
    """Rounds of one result of each check, spread over the year; then what is kept of them beside the results."""
    rounds, start = max(1, size // CHECKS), NOW - YEAR
    for month in range(13):
        await SqlMaintenance(engine).ensure_partitions(start + month * timedelta(days=30))
    every = YEAR / rounds
    fixed = {"start": start, "every": every, "group_key": group_key("")}
    step = max(1, rounds // 50)
    for first in range(0, rounds, step):
        last = min(first + step, rounds) - 1
        made = R.executed_at >= start + first * every, R.executed_at < start + (last + 1) * every
        async with transaction(engine) as session:
            await session.execute(text(GENERATE), fixed | {"first": first, "last": last})
            for rollup in ROLLUPS:
                await session.execute(rollup.add(select(check_results).where(*made).subquery("made")))
    async with transaction(engine) as session:
        await session.execute(text(LATEST), {"since": NOW - 2 * every - DAY})
    async with transaction(engine) as session:
        await session.execute_alone(text("VACUUM ANALYZE"), {})


async def _time(engine: Engine, uow: SqlUow, question: Question, table: Table) -> None:
    rng = random.Random(question.name)

    async def once() -> float:
        async with uow() as tx:
            started = time.perf_counter()
            await question.ask(tx.results, rng)
            return 1000 * (time.perf_counter() - started)

    read = await _relations(engine, once)
    for _ in range(10):
        await once()
    before = cpu_of_family(os.getpid()) - time.process_time()
    times = sorted([await once() for _ in range(CALLS)])
    used = 1000 * (cpu_of_family(os.getpid()) - time.process_time() - before) / CALLS
    table.add_row(question.name, f"{times[CALLS // 2]:.1f}", f"{times[CALLS * 99 // 100]:.1f}", f"{used:.1f}", read)


async def _relations(engine: Engine, once: Callable[[], Awaitable[float]]) -> str:
    """What the plan reads, in short. Raises AssertionError if it reads all of what has many rows."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    await once()
    event.remove(engine, "before_cursor_execute", note)

    def explained() -> str:
        with engine.connect() as connection:
            return "\n".join(connection.exec_driver_sql(f"EXPLAIN {sent[-1][0]}", sent[-1][1]).scalars())

    plan = await greenlet_spawn(explained)
    if READ_WHOLE.search(plan):
        raise AssertionError(plan)
    partitions = set(PARTITION.findall(plan))
    return ", ".join(
        [*sorted(set(RELATION.findall(plan))), *([f"results of {len(partitions)} months"] if partitions else [])]
    )


async def _store(uow: SqlUow, past: Past, failing: int, console: Console) -> None:
    """Two writers at once; of every hundred tables so many have failing checks, one in four: incidents are kept too."""
    share = CHECKS // WRITERS
    clock = iter(range(1, 10**9))

    async def write(mine: Sequence[Check]) -> None:
        for start in [place for _ in range(STORED // CHECKS) for place in range(0, share, BATCH)]:
            moment = NOW + next(clock) * timedelta(milliseconds=1)
            some = [_result(check, moment, failing) for check in mine[start : start + BATCH]]
            async with uow() as tx:
                await record(tx, past.workspace, some, moment)
                await tx.commit()

    used, server = time.process_time(), cpu_of_family(os.getpid()) - time.process_time()
    started = time.perf_counter()
    await asyncio.gather(*(write(past.checks[part * share : (part + 1) * share]) for part in range(WRITERS)))
    wall = time.perf_counter() - started
    used, server = time.process_time() - used, cpu_of_family(os.getpid()) - time.process_time() - server
    console.print(
        f"stored {STORED:,} results, {failing / 4:g} % failing, {BATCH} at once, {WRITERS} writers: "
        f"{STORED / wall:,.0f} a second; CPU for each: "
        f"Python {1e6 * used / STORED:.0f} µs, PostgreSQL {1e6 * server / STORED:.0f} µs"
    )


def _result(check: Check, moment: datetime, failing: int) -> Result:
    table, kind = int(check.target.table_name.rpartition("_")[2]), int(check.check_type[-1])
    return Result(
        id=new_id(),
        workspace_id=check.workspace_id,
        check_id=check.id,
        job_id=check.id,
        target=check.target,
        check_type=check.check_type,
        category=check.display_name,
        dimension=check.description,
        mode=check.mode,
        time_scale=check.time_scale,
        data_group="",
        time_period=moment.replace(hour=0, minute=0, second=0, microsecond=0),
        executed_at=moment,
        outcome=Outcome.ERROR if table % 100 < failing and kind < TYPES // 4 else Outcome.PASSED,
        value=moment.microsecond / 1000,
    )


async def _show_sizes(engine: Engine, console: Console) -> None:
    async with transaction(engine) as session:
        row = (await session.execute(SIZES)).one()
    console.print(
        f"bytes for each result: {row.raw / row.results:.0f}, of these {row.rows / row.results:.0f} the rows and the "
        f"rest indexes; {row.daily / row.results:.0f} more in check_results_daily, "
        f"{row.of_tables / row.results:.1f} in the sums of tables"
    )
