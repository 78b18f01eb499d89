"""Storing results: one INSERT … SELECT from arrays, which makes them the latest and sums them too, or COPY and more.

Both lock the checks, write the same rows to the same tables and commit. COPY is what asyncpg has for it, binary; after
it the latest results and each relation of sums take a statement.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from cryptography.fernet import Fernet
from rich.console import Console
from sqlalchemy import ARRAY, bindparam, func, select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.compiler import SQLCompiler

from benchmarks.own_store import migrated_store
from benchmarks.timing import Cost, cpu_of_family, interleaved
from dq_platform.adapters.fernet import FernetCipher
from dq_platform.adapters.sql.engine import make_engine
from dq_platform.adapters.sql.result_rows import result_to_record
from dq_platform.adapters.sql.rollups import ROLLUPS
from dq_platform.adapters.sql.tables import ID, RESULT_COLUMNS, TIME, check_results
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.ids import new_id
from dq_platform.models.check import Check, Mode, Target, TimeScale
from dq_platform.models.connection import Connection
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from dq_platform.models.workspace import Workspace

NOW = datetime.now(UTC)
R = check_results.c
SIZES = (5, 80, 500)
ROUNDS = 7
TIMES = 20
LOCK = "SELECT id FROM checks WHERE id = ANY($1::uuid[]) ORDER BY id FOR KEY SHARE"
COLUMNS = ", ".join(RESULT_COLUMNS)
CHANGED = ", ".join(f"{name} = excluded.{name}" for name in RESULT_COLUMNS if name not in ("check_id", "group_key"))
LATEST = f"""
INSERT INTO check_latest AS old ({COLUMNS})
SELECT DISTINCT ON (check_id, group_key) {COLUMNS} FROM check_results
WHERE id = ANY($1::uuid[]) AND executed_at = $2
ORDER BY check_id, group_key, executed_at DESC, time_period DESC, id DESC
ON CONFLICT (check_id, group_key) DO UPDATE SET {CHANGED}
WHERE (old.executed_at, old.time_period, old.id) < (excluded.executed_at, excluded.time_period, excluded.id)
"""  # made of names of ours


def run(console: Console) -> None:
    """Print what COPY costs against INSERT, by the number of results that are stored at once."""
    with migrated_store() as url:
        asyncio.run(_compare(url, console))


async def _compare(url: str, console: Console) -> None:
    engine = AsyncEngine(make_engine(url))
    uow = SqlUow(engine.sync_engine, FernetCipher(Fernet.generate_key().decode()))
    checks = await _checks(uow, max(SIZES))
    loop, moments = asyncio.get_running_loop(), count(1)

    def made(size: int) -> list[Result]:
        moment = NOW + timedelta(milliseconds=next(moments))
        return [_result(check, moment) for check in checks[:size]]

    def work(store: Callable[[list[Result]], Coroutine[Any, Any, None]], size: int) -> Callable[[], None]:
        async def often() -> None:
            for _ in range(TIMES):
                await store(made(size))

        return lambda: asyncio.run_coroutine_threadsafe(often(), loop).result()

    for size in SIZES:
        ways = {
            "insert": work(lambda some: _insert(uow, some), size),
            "copy": work(lambda some: _copy(engine, some), size),
        }
        costs = await asyncio.to_thread(interleaved, ways, lambda: cpu_of_family(os.getpid()), ROUNDS)
        _show(console, size, costs["insert"], costs["copy"])
    await engine.dispose()


def _show(console: Console, size: int, insert: Cost, copy: Cost) -> None:
    one, other = 1000 * insert.wall / TIMES, 1000 * copy.wall / TIMES
    console.print(f"{size:>4} results: INSERT {one:.1f} ms, COPY {other:.1f} ms")
    console.print(f"  COPY / INSERT: wall {copy.wall / insert.wall:.2f}, CPU {copy.cpu / insert.cpu:.2f}")


async def _insert(uow: SqlUow, results: Sequence[Result]) -> None:
    async with uow() as tx:
        await tx.results.add(results)
        await tx.commit()


async def _copy(engine: AsyncEngine, results: Sequence[Result]) -> None:
    async with engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        async with raw.transaction():
            await raw.fetch(LOCK, sorted(result.check_id for result in results))
            records = [result_to_record(result) for result in results]
            await raw.copy_records_to_table("check_results", records=records, columns=RESULT_COLUMNS)
            stored = {"ids": [result.id for result in results], "moment": results[0].executed_at}
            await raw.execute(LATEST, *stored.values())
            for sums in _sums():
                given = sums.construct_params(stored)
                await raw.execute(str(sums), *(given[name] for name in sums.positiontup or ()))


@cache
def _sums() -> Sequence[SQLCompiler]:
    """What adds results to the sums that were stored just now."""
    these = R.id == func.any(bindparam("ids", type_=ARRAY(ID))), R.executed_at == bindparam("moment", type_=TIME)
    made = select(check_results).where(*these).subquery("made")
    dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
    return [rollup.add(made).compile(dialect=dialect) for rollup in ROLLUPS]


async def _checks(uow: SqlUow, number: int) -> list[Check]:
    workspace, connection = new_id(), new_id()
    async with uow() as tx:
        await tx.workspaces.add(Workspace(workspace, "bench", "bench", NOW))
        await tx.connections.add(Connection(connection, workspace, "bench", "postgresql", {}, NOW, NOW))
        target = Target(connection, "public", "orders", "amount")
        checks = [
            Check(new_id(), workspace, target, "nulls_count", Mode.MONITORING, TimeScale.DAILY, NOW, NOW)
            for _ in range(number)
        ]
        for check in checks:
            await tx.checks.add(check)
        await tx.commit()
    return checks


def _result(check: Check, moment: datetime) -> Result:
    return Result(
        id=new_id(),
        workspace_id=check.workspace_id,
        check_id=check.id,
        job_id=check.id,
        target=check.target,
        check_type=check.check_type,
        category="completeness",
        dimension="completeness",
        mode=check.mode,
        time_scale=check.time_scale,
        data_group="",
        time_period=NOW.replace(hour=0, minute=0, second=0, microsecond=0),
        executed_at=moment,
        outcome=Outcome.PASSED,
        value=0,
    )
