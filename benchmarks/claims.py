"""How long one claim takes, by how much waits: units of one source, of many sources, of many workspaces."""

from __future__ import annotations

import time
from contextlib import closing
from statistics import median

import psycopg2.extensions
from rich.console import Console

from benchmarks.own_store import migrated_store

SHAPES = ((1, 1, 10), (1, 1, 100_000), (1, 1000, 10), (1000, 1, 10))
"""Workspaces, sources of each, queued units of each source."""
CLAIMS = 200
FILL = """
TRUNCATE workspaces CASCADE;
INSERT INTO workspaces SELECT gen_random_uuid(), 'w' || n, '', now() FROM generate_series(1, {workspaces}) n;
INSERT INTO connections (id, workspace_id, display_name, description, type, settings, time_zone, labels, create_time,
                         update_time, version, paused_by, pause_note)
SELECT gen_random_uuid(), w.id, '', '', 'postgresql', '', 'UTC', '{{}}', now(), now(), 1, '', ''
FROM workspaces w, generate_series(1, {sources});
INSERT INTO jobs (id, workspace_id, kind, state, priority, request_hash, created_by, create_time, unit_count,
                  check_count, units_done, units_failed, units_cancelled, cancel_requested, skipped_schemas, origin,
                  error_reason, error_message, passed, warning, error, fatal, inconclusive, execution_error,
                  missed_run_count)
SELECT gen_random_uuid(), id, 'execute_check_batch', 'queued', 2, '', '', now(), 1, 1, 0, 0, 0, false, '[]', '{{}}',
       '', '', 0, 0, 0, 0, 0, 0, 0
FROM workspaces;
INSERT INTO job_units (id, job_id, workspace_id, connection_id, check_ids, state, attempt, due_time, attempts,
                       error_reason, error_message, task_id, rank_time, sessions)
SELECT u.id, u.job_id, u.workspace_id, u.connection_id, '{{}}', 'queued', 0, now(), '[]', '', '', u.id,
       now() - u.n * interval '1 second', 1
FROM (
    SELECT gen_random_uuid() AS id, j.id AS job_id, c.workspace_id, c.id AS connection_id, n
    FROM jobs j JOIN connections c ON c.workspace_id = j.workspace_id, generate_series(1, {units}) n
) u;
ANALYZE
"""
CLAIM = "SELECT count(*) FROM claim_tasks(1, now(), now() + interval '30 seconds', 8, '', '')"
END = "UPDATE job_units SET state = 'succeeded' WHERE state = 'running'"


def run(console: Console) -> None:
    """Print the median of one claim for each shape of the queue; what is claimed ends at once."""
    with migrated_store() as url, closing(psycopg2.connect(url)) as link, link.cursor() as cursor:
        link.autocommit = True
        for workspaces, sources, units in SHAPES:
            cursor.execute(FILL.format(workspaces=workspaces, sources=sources, units=units))
            taken = 1000 * _claim(cursor, min(CLAIMS, workspaces * sources * units))
            waits = f"{workspaces:,} workspaces, {sources:,} sources of each, {units:,} units of each"
            console.print(f"{waits}: {taken:.2f} ms")


def _claim(cursor: psycopg2.extensions.cursor, times: int) -> float:
    """Seconds of one claim, the median of many."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        cursor.execute(CLAIM)
        took.append(time.perf_counter() - began)
        assert cursor.fetchone() == (1,)
        cursor.execute(END)
    return median(took)
