"""10,000 schedules that are due in the same second: until their jobs are stored and the queue has been told of them.

Against as many rows of jobs and units that one client inserts by hand, and that nobody is told of. Then the same
schedules, their moments spread over some seconds as jitter does, fired as cron fires them: how late each one starts.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from cryptography.fernet import Fernet
from psycopg2.extras import execute_values
from rich.console import Console

from benchmarks.statements import counted
from benchmarks.timing import Cost
from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.app import tick
from dq_platform.app.deps import Deps
from dq_platform.compose import parts
from dq_platform.ids import new_id
from dq_platform.models.job import Priority
from dq_platform.ports import Queue
from dq_platform.settings import WorkerSettings
from local.ports import any_free
from local.postgres import EmbeddedPostgres, PostgresConfig
from local.redis import EmbeddedRedis, RedisConfig
from telemetry.parts import Telemetry
from workers.cron import FIRE_EVERY, Chore, repeat

SCHEDULES = 10_000
TABLES = 1_000
ROUNDS = 2
SPREAD = 30
"""Seconds over which the moments lie in the second part: twice as dense as over a minute."""
CLIENT, DATABASE = "dq-bench", "schedules"
STORED = f"""
INSERT INTO workspaces VALUES ('{(WORKSPACE := new_id())}', 'bench', '', now());
INSERT INTO connections (id, workspace_id, display_name, description, type, settings, time_zone, labels, create_time,
                         update_time, version, allow_unknown_size, paused_by, pause_note)
VALUES ('{(CONNECTION := new_id())}', '{WORKSPACE}', 'shop', '', 'postgresql', '', 'UTC', '{{}}', now(), now(), 1,
        false, '', '');
INSERT INTO checks (id, workspace_id, connection_id, schema_name, table_name, column_name, check_type, mode, time_scale,
                    display_name, description, sensor_params, thresholds, filter, partition_column, group_by, labels,
                    enabled, error_samples, create_time, update_time, version)
SELECT gen_random_uuid(), '{WORKSPACE}', '{CONNECTION}', 'shop', 't' || n, '', 'row_count', 'monitoring', 'daily',
       '', '', '{{}}', '{{}}', '', '', '[]', jsonb_build_object('owner', 'o' || n), true, true, now(), now(), 1
FROM generate_series(1, {TABLES}) n;
INSERT INTO schedules (id, workspace_id, display_name, description, cron, time_zone, selector, paused, create_time,
                       update_time, next_run_time, version, jitter, overlap, last_run_outcome, last_run_note,
                       missed_run_count)
SELECT gen_random_uuid(), '{WORKSPACE}', 's' || n, '', n % 60 || ' ' || n % 24 || ' * * *', 'Europe/Berlin',
       CASE n % 4
           WHEN 0 THEN jsonb_build_object('check_ids', jsonb_build_array(c.id))
           WHEN 1 THEN jsonb_build_object('connection_id', c.connection_id, 'table_pattern', 'shop.' || c.table_name)
           WHEN 2 THEN jsonb_build_object('labels', c.labels)
           ELSE jsonb_build_object('table_pattern', '*.' || c.table_name, 'check_type', 'row_count')
       END,
       false, now(), now(), now() + interval '1 day', 1, interval '0', 'skip', '', '', 0
FROM generate_series(1, {SCHEDULES}) n
JOIN (SELECT *, row_number() OVER () AS number FROM checks) c ON c.number = 1 + n % {TABLES};
ANALYZE
"""
BY_HAND = {
    "jobs": """
        INSERT INTO jobs (id, workspace_id, kind, state, priority, schedule_id, request_hash, created_by, create_time,
                          due_time, unit_count, check_count, units_done, units_failed, units_cancelled,
                          cancel_requested, error_reason, error_message, passed, warning, error, fatal, inconclusive,
                          execution_error, missed_run_count, skipped_schemas, origin) VALUES %s""",
    "job_units": """
        INSERT INTO job_units (id, job_id, workspace_id, connection_id, check_ids, state, attempt, due_time,
                               error_reason, error_message, attempts, task_id, rank_time, sessions) VALUES %s""",
}


@dataclass(frozen=True, slots=True)
class TimedQueue:
    """Tells the real queue, and remembers when it had, and of how many tasks."""

    queue: Queue
    told: list[tuple[datetime, int]] = field(default_factory=list)

    def placing(self, job_id: str) -> AbstractContextManager[Mapping[str, str]]:
        return self.queue.placing(job_id)

    async def wake(self, tasks: int, priority: Priority) -> None:
        await self.queue.wake(tasks, priority)
        self.told.append((datetime.now(UTC), tasks))


def run(console: Console) -> None:
    """Print how long they take, the statements of one, and how late they start if their moments are spread."""
    with stores(console) as (postgres, settings):
        for statement in STORED.split(";\n"):
            _execute(postgres, statement)
        costs = [asyncio.run(_all_at_once(postgres, settings)) for _ in range(ROUNDS)]
        hand = median(_by_hand(postgres) for _ in range(ROUNDS))
        with counted(postgres) as statements:
            asyncio.run(_all_at_once(postgres, settings))
        late = sorted(asyncio.run(_spread(postgres, settings)))
    ours = median(cost.wall for cost in costs)
    console.print(f"{SCHEDULES:,} schedules due at once, until all their jobs are stored and told: {ours:.2f} s")
    console.print(f"  CPU of cron: {median(cost.cpu for cost in costs):.2f} s")
    console.print(f"  against as many jobs and units inserted by hand: {ours / hand:.1f}")
    console.print(f"  statements to our store for each schedule: {statements[CLIENT] / SCHEDULES:.3f}")
    console.print(f"{len(late):,} moments spread over {SPREAD} s, cron looks every {FIRE_EVERY.total_seconds():g} s:")
    console.print(f"  told late by {median(late):.2f} s (median), {quantiles(late, n=100)[-1]:.2f} s (99 %),", end=" ")
    console.print(f"{late[-1]:.2f} s (longest)")


@contextmanager
def stores(console: Console) -> Iterator[tuple[EmbeddedPostgres, WorkerSettings]]:
    """A migrated database and a queue that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="dq-bench-") as folder:
        root = Path(folder)
        root.chmod(0o711)
        kept = PostgresConfig(root / "postgres", any_free(), "for a benchmark", root / "postgres.log", durable=False)
        queue = RedisConfig(root / "redis", any_free(), root / "redis.log", durable=False)
        with console.status("Starting the stores …"), EmbeddedPostgres(kept) as postgres, EmbeddedRedis(queue) as redis:
            postgres.create_database(DATABASE)
            url = postgres.url(DATABASE)
            upgrade(url)
            environment = {
                "DATABASE_URL": url,
                "REDIS_URL": redis.url,
                "ENCRYPTION_KEY": Fernet.generate_key().decode(),
            }
            yield postgres, WorkerSettings.model_validate(environment)


async def _all_at_once(postgres: EmbeddedPostgres, settings: WorkerSettings) -> Cost:
    """What all of them cost in this process."""
    async with parts(settings, CLIENT, Telemetry()) as made:
        await tick.fire_due(made.deps)
        _due(postgres, "now() - interval '1 second'")
        began, used = time.perf_counter(), time.process_time()
        fired = await tick.fire_due(made.deps)
        cost = Cost(time.perf_counter() - began, time.process_time() - used)
    _require(fired)
    return cost


async def _spread(postgres: EmbeddedPostgres, settings: WorkerSettings) -> list[float]:
    """By how many seconds each was told after its moment."""
    async with parts(settings, CLIENT, Telemetry()) as made:
        queue = TimedQueue(made.deps.queue)
        deps: Deps = replace(made.deps, queue=queue)
        _due(postgres, f"now() + interval '2 seconds' + random() * interval '{SPREAD} seconds'")
        stop = asyncio.Event()
        chore = Chore("fire", FIRE_EVERY, lambda: tick.fire_due(deps))
        firing = asyncio.create_task(repeat(chore, stop, made.telemetry.metrics.cron))
        await asyncio.sleep(SPREAD + 4)
        stop.set()
        await firing
    _require(sum(tasks for _, tasks in queue.told))
    told = [at for at, _ in queue.told]
    return [(told[bisect_left(told, made)] - due).total_seconds() for due, made in _moments(postgres)]


def _moments(postgres: EmbeddedPostgres) -> Sequence[tuple[datetime, datetime]]:
    """The moment of each job, and when it was made: the queue was told of it next."""
    with closing(postgres.connect(DATABASE)) as link, link.cursor() as cursor:
        cursor.execute("SELECT due_time, create_time FROM jobs")
        return cursor.fetchall()


def _by_hand(postgres: EmbeddedPostgres) -> float:
    """Seconds that as many rows take, in as many statements as there are thousands of them."""
    _execute(postgres, "TRUNCATE jobs CASCADE")
    now = datetime.now(UTC)
    ids = [new_id() for _ in range(SCHEDULES)]
    counts = (1, 1, 0, 0, 0, False, "", "", *[0] * 7, "[]", "{}")
    kind = ("execute_check_batch", "queued", 2)
    jobs = [(id_, WORKSPACE, *kind, new_id(), "", "", now, now, *counts) for id_ in ids]
    more = ("queued", 0, now, "", "", "[]")
    units = [(new_id(), id_, WORKSPACE, CONNECTION, f"{{{new_id()}}}", *more, new_id(), now, 1) for id_ in ids]
    with closing(postgres.connect(DATABASE)) as link, link, link.cursor() as cursor:
        began = time.perf_counter()
        execute_values(cursor, BY_HAND["jobs"], jobs, page_size=1000)
        execute_values(cursor, BY_HAND["job_units"], units, page_size=1000)
        link.commit()
        return time.perf_counter() - began


def _due(postgres: EmbeddedPostgres, moment: str) -> None:
    """Plan all schedules for a moment, as if they had never run."""
    _execute(postgres, "TRUNCATE jobs CASCADE")
    _execute(postgres, f"UPDATE schedules SET next_run_time = {moment}, missed_run_count = 0, first_missed_time = NULL")
    _execute(postgres, "VACUUM ANALYZE schedules")


def _execute(postgres: EmbeddedPostgres, statement: str) -> None:
    with closing(postgres.connect(DATABASE)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)


def _require(count: int) -> None:
    if count != SCHEDULES:
        message = f"{count} of {SCHEDULES} schedules fired"
        raise RuntimeError(message)
