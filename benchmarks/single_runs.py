"""1,000 runs of one check each, a job for each: how many two workers end in a second.

Against empty jobs, which two bare workers of arq take from the same Redis. Both kinds wait until all are queued.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import cycle, islice
from statistics import median
from typing import Any

import psycopg2.extensions
from rich.console import Console

from benchmarks.empty_jobs import READY, enqueue, waiting
from benchmarks.memory import peak, resident
from benchmarks.platform import connect, platform
from benchmarks.timing import cpu_of_family
from cli.api import Api
from local.stack import DATABASE, Stack

WORKERS = ("worker-1", "worker-2")
SETTINGS = {"DQ_SOURCE_SESSIONS": "16"}
"""As many as the workers have places: what is measured is not the source's limit."""
TABLES = 20
RUNS = 1000
EMPTY = 4000
ROUNDS = 3
POSTING = 8
LOOK = 0.02
UNFINISHED = "SELECT count(*) FROM jobs WHERE state NOT IN ('succeeded', 'failed', 'cancelled')"
FAILED = "SELECT count(*) FROM jobs WHERE state <> 'succeeded'"


def run(console: Console) -> None:
    """Print jobs in a second, against empty ones, and what the workers used."""
    with platform(console, len(WORKERS), SETTINGS) as (stack, api), _bare_workers(stack) as bare:
        ids = _checks(stack, api)
        with closing(stack.postgres.connect(DATABASE)) as link, link.cursor() as cursor:
            link.autocommit = True
            workers = [stack.pid_of(name) for name in WORKERS]
            idle = max(map(resident, workers))
            _ours(api, ids, workers, cursor, len(ids))
            ours, cpu, empty = [], [], []
            for _ in range(ROUNDS):
                used = sum(map(cpu_of_family, workers))
                ours.append(RUNS / _ours(api, ids, workers, cursor))
                cpu.append((sum(map(cpu_of_family, workers)) - used) / RUNS)
                empty.append(EMPTY / _empty(stack, bare))
            cursor.execute(FAILED)
            assert cursor.fetchone() == (0,)
            most = max(map(peak, workers)) - idle
    console.print(
        f"{RUNS:,} single runs, two workers: {median(ours):.0f} /s; empty jobs of arq: {median(empty):.0f} /s"
    )
    console.print(f"  jobs, against empty jobs: {median(ours) / median(empty):.2f}")
    console.print(f"  CPU of the workers: {1000 * median(cpu):.1f} ms for each job")
    console.print(f"  memory of a worker: {idle:.0f} MB idle, at most {most:.0f} MB more")


def _checks(stack: Stack, api: Api) -> list[str]:
    stack.postgres.create_database("single")
    with closing(stack.postgres.connect("single")) as link, link, link.cursor() as cursor:
        for number in range(TABLES):
            cursor.execute(f"CREATE TABLE t{number} AS SELECT n AS id FROM generate_series(1, 100) AS n")
    connection = connect(api, stack, "single")
    targets = (
        {"connection_id": connection["id"], "schema_name": "public", "table_name": f"t{n}"} for n in range(TABLES)
    )
    return [api.post("/checks", {"target": target, "check_type": "row_count"})["id"] for target in targets]


def _ours(
    api: Api, ids: Sequence[str], workers: Sequence[int], cursor: psycopg2.extensions.cursor, runs: int = RUNS
) -> float:
    """Seconds until all jobs have ended, from the moment at which all are queued."""

    def unfinished() -> int:
        cursor.execute(UNFINISHED)
        [(count,)] = cursor.fetchall()
        return int(count)

    with _stopped(workers), ThreadPoolExecutor(POSTING) as pool:
        list(pool.map(lambda check_id: api.post(f"/checks/{check_id}/run"), islice(cycle(ids), runs)))
    return _until_none(unfinished)


def _empty(stack: Stack, workers: Sequence[int]) -> float:
    with _stopped(workers):
        asyncio.run(enqueue(stack.redis_url, EMPTY))
    return _until_none(lambda: asyncio.run(waiting(stack.redis_url)))


def _until_none(count: Callable[[], int]) -> float:
    began = time.perf_counter()
    while count():
        time.sleep(LOOK)
    return time.perf_counter() - began


@contextmanager
def _stopped(pids: Sequence[int]) -> Iterator[None]:
    """Within the block the processes do nothing."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def _bare_workers(stack: Stack) -> Iterator[list[int]]:
    """As many workers of arq as ours, ready, with one task that does nothing."""
    command = (sys.executable, "-m", "benchmarks.empty_jobs", stack.redis_url)
    workers: list[subprocess.Popen[Any]] = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in WORKERS
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline().strip() == READY
        yield [worker.pid for worker in workers]
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
