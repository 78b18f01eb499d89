"""A batch of 1,000 cheap checks on 200 small tables: from the request to the last result stored, one worker.

Against the same numbers by 200 hand-written statements, whose results go nowhere.
"""

from __future__ import annotations

import time
from contextlib import closing
from itertools import product
from statistics import median

from rich.console import Console

from benchmarks.memory import peak, resident
from benchmarks.platform import connect, platform
from benchmarks.statements import counted
from benchmarks.timing import cpu_of_family
from cli.api import Api, Json
from cli.runs import require_success

TABLES = 200
ROUNDS = 5
CHECKS = (
    ("row_count", ""),
    ("nulls_percent", "email"),
    ("duplicate_count", "id"),
    ("negative_values", "amount"),
    ("invalid_email_format_found", "email"),
)
TABLE = """
CREATE TABLE t{number} AS
SELECT n AS id, 'user' || n || '@example.com' AS email, n * 1.5 AS amount FROM generate_series(1, 100) AS n
"""


def run(console: Console) -> None:
    """Print the median time, against the same statements sent by hand one after the other."""
    with platform(console) as (stack, api):
        stack.postgres.create_database("many")
        with closing(stack.postgres.connect("many")) as link, link, link.cursor() as cursor:
            for number in range(TABLES):
                cursor.execute(TABLE.format(number=number))
        connection = connect(api, stack, "many")
        for (check_type, column), number in product(CHECKS, range(TABLES)):
            api.post("/checks", _check(connection, f"t{number}", check_type, column))
        worker, store = stack.pid_of("worker-1"), stack.pid_of("postgres")
        idle = resident(worker)
        first = _batch(api)
        began = cpu_of_family(worker), cpu_of_family(store)
        ours = median(_batch(api) for _ in range(ROUNDS))
        cpu, cpu_there = (
            (cpu_of_family(pid) - then) / ROUNDS for pid, then in zip((worker, store), began, strict=True)
        )
        memory = peak(worker) - idle
        with counted(stack.postgres) as statements:
            _batch(api)
        with closing(stack.postgres.connect("many")) as link, link.cursor() as cursor:
            hand = median(_by_hand(cursor) for _ in range(ROUNDS))
    console.print(f"{TABLES * len(CHECKS):,} checks on {TABLES} tables, one worker: {ours:.2f} s")
    console.print(f"  wall, against {TABLES} statements by hand, one after the other: {ours / hand:.1f}")
    console.print(f"  the first time, when nothing is known of the tables: {first:.2f} s")
    console.print(f"  CPU of the worker: {cpu:.2f} s, {1000 * cpu / TABLES:.1f} ms for each table")
    console.print(f"  CPU of PostgreSQL, store and source: {cpu_there:.2f} s")
    console.print(f"  memory of the worker: {idle:.0f} MB idle, at most {memory:.0f} MB more")
    to_store, to_source = (statements[name] / TABLES for name in ("dq-worker", "dq-platform"))
    console.print(f"  statements for each table: {to_store:.1f} to our store, {to_source:.1f} to the source")


def _check(connection: Json, table: str, check_type: str, column: str) -> Json:
    target = {"connection_id": connection["id"], "schema_name": "public", "table_name": table, "column_name": column}
    return {"target": target, "check_type": check_type}


def _batch(api: Api) -> float:
    began = time.perf_counter()
    requested = api.post("/checks/batch/run", {"selector": {}})
    *_, ended = api.watch(f"/jobs/{requested['id']}/watch")
    took = time.perf_counter() - began
    require_success(ended)
    return took


def _by_hand(cursor: object) -> float:
    began = time.perf_counter()
    for number in range(TABLES):
        cursor.execute(  # type: ignore[attr-defined]
            f"SELECT count(*), count(email), count(id) - count(DISTINCT id), count(*) FILTER (WHERE amount < 0), "
            f"count(*) FILTER (WHERE email !~ '^[^@ ]+@[^@ ]+[.][a-z]+$') FROM t{number}"
        )
        cursor.fetchall()  # type: ignore[attr-defined]
    return time.perf_counter() - began
