"""What must be true of the store when everything that was requested has ended, whatever happened meanwhile.

`moments` holds when each schedule was due. That each unit has a job, and each incident key one unresolved incident, the
store's constraints see to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg2.extensions import connection

SHOWN = 5
RESULT_ORDER = "executed_at DESC, time_period DESC, id DESC"
COUNTS = ("passed", "warning", "error", "fatal", "inconclusive", "execution_error")
KEY = "workspace_id, connection_id, schema_name, table_name, dimension, category"
OUTCOMES = ", ".join(f"count(*) FILTER (WHERE outcome = {n}) AS n{n}" for n in range(len(COUNTS)))
NUMBERED = ", ".join(f"f.n{n}" for n in range(len(COUNTS)))
SUMMED = ", ".join(f"d.{name}" for name in COUNTS)

RULES: Mapping[str, str] = {
    "a job has not ended": """
        SELECT id, state, units_done, unit_count FROM jobs
        WHERE state NOT IN ('succeeded', 'failed', 'cancelled') OR end_time IS NULL""",
    "a unit has not ended, or has a lease": """
        SELECT id, job_id, state, attempt, lease_until FROM job_units
        WHERE state NOT IN ('succeeded', 'failed', 'cancelled') OR end_time IS NULL OR lease_until IS NOT NULL""",
    "a job's counts are not those of its units": """
        SELECT j.id, j.unit_count, j.units_done, j.units_failed, j.units_cancelled, u.* FROM jobs j JOIN LATERAL (
            SELECT count(*) AS units, count(end_time) AS done, count(*) FILTER (WHERE state = 'failed') AS failed,
                count(*) FILTER (WHERE state = 'cancelled') AS cancelled, sum(cardinality(check_ids)) AS checks
            FROM job_units WHERE job_id = j.id) u ON true
        WHERE (j.unit_count, j.units_done, j.units_failed, j.units_cancelled, j.check_count)
            IS DISTINCT FROM (u.units, u.done, u.failed, u.cancelled, u.checks)""",
    "a job's state is not what its units say": """
        SELECT id, state, units_failed, units_cancelled, cancel_requested FROM jobs
        WHERE state <> CASE WHEN units_failed > 0 THEN 'failed'
            WHEN cancel_requested AND units_cancelled > 0 THEN 'cancelled' ELSE 'succeeded' END""",
    "a check of a unit that was done has not exactly one result, or one of a cancelled unit has any": """
        WITH requested AS (SELECT u.job_id, c.check_id, u.state FROM job_units u, unnest(u.check_ids) AS c (check_id))
        SELECT q.job_id, q.check_id, q.state, count(r.id) FROM requested q
            LEFT JOIN check_results r ON r.job_id = q.job_id AND r.check_id = q.check_id
        GROUP BY 1, 2, 3 HAVING count(r.id) <> CASE q.state WHEN 'cancelled' THEN 0 ELSE 1 END""",
    "a result was not requested": """
        SELECT r.id, r.job_id, r.check_id FROM check_results r
        WHERE NOT EXISTS (SELECT FROM job_units u WHERE u.job_id = r.job_id AND r.check_id = ANY (u.check_ids))""",
    "a job's outcomes are not those of its results": f"""
        SELECT j.id, {", ".join(f"j.{name}" for name in COUNTS)}, r.* FROM jobs j JOIN LATERAL (
            SELECT {OUTCOMES}
            FROM check_results WHERE job_id = j.id) r ON true
        WHERE ({", ".join(f"j.{name}" for name in COUNTS)})
            IS DISTINCT FROM ({", ".join(f"r.n{n}" for n in range(len(COUNTS)))})""",
    "an incident has not counted every failure once": f"""
        WITH failed AS (SELECT {KEY}, count(*) AS failures FROM check_results
                WHERE outcome BETWEEN 1 AND 3 GROUP BY {KEY}),
            counted AS (SELECT {KEY}, sum(failure_count) AS counted FROM incidents GROUP BY {KEY})
        SELECT table_name, dimension, category, failures, counted FROM failed FULL JOIN counted USING ({KEY})
        WHERE failures IS DISTINCT FROM counted""",
    "an incident was not opened exactly once": """
        SELECT i.id, count(e.id) FROM incidents i
            LEFT JOIN incident_events e ON e.incident_id = i.id AND e.kind = 'opened'
        GROUP BY i.id HAVING count(e.id) <> 1""",
    "a schedule's moments are not each in one job": """
        WITH due AS (SELECT schedule_id, count(*) AS due FROM moments GROUP BY schedule_id),
            fired AS (SELECT schedule_id, sum(1 + missed_run_count) AS fired FROM jobs
                WHERE schedule_id IS NOT NULL GROUP BY schedule_id)
        SELECT schedule_id, due, fired FROM due FULL JOIN fired USING (schedule_id)
        WHERE due IS DISTINCT FROM fired""",
    "a schedule fired at a moment of its own": """
        SELECT id, schedule_id, due_time FROM jobs j WHERE schedule_id IS NOT NULL AND NOT EXISTS
            (SELECT FROM moments m WHERE m.schedule_id = j.schedule_id AND m.due_time = j.due_time)""",
    "the latest result is not the newest": f"""
        WITH newest AS (SELECT DISTINCT ON (check_id, group_key) check_id, group_key, id, outcome FROM check_results
            ORDER BY check_id, group_key, {RESULT_ORDER})
        SELECT n.check_id, n.id, l.id FROM newest n FULL JOIN check_latest l USING (check_id, group_key)
        WHERE (n.id, n.outcome) IS DISTINCT FROM (l.id, l.outcome)""",
    "a day's sums are not those of its results": f"""
        WITH found AS (SELECT check_id, group_key, (executed_at AT TIME ZONE 'UTC')::date AS day, {OUTCOMES},
                sum(value) AS total FROM check_results GROUP BY 1, 2, 3)
        SELECT check_id, f.*, d.* FROM found f FULL JOIN check_results_daily d USING (check_id, group_key, day)
        WHERE ({NUMBERED}, f.total) IS DISTINCT FROM ({SUMMED}, d.total)""",
    **{
        f"sums of {relation} are not those of its results": f"""
        WITH found AS (SELECT connection_id, table_name, check_type, {OUTCOMES},
                date_trunc('{start}', executed_at AT TIME ZONE 'UTC')::date AS {start}
                FROM check_results GROUP BY connection_id, table_name, check_type, {start})
        SELECT table_name, check_type, {start}, f.*, d.* FROM found f
            FULL JOIN {relation} d USING (connection_id, table_name, check_type, {start})
        WHERE ({NUMBERED}) IS DISTINCT FROM ({SUMMED})"""
        for relation, start in (("table_results_daily", "day"), ("table_results_monthly", "month"))
    },
}

MOMENTS = "CREATE TABLE moments (schedule_id uuid, due_time timestamptz, PRIMARY KEY (schedule_id, due_time))"

TOTALS: Mapping[str, str] = {
    "jobs": "SELECT count(*) FROM jobs",
    "jobs of schedules": "SELECT count(*) FROM jobs WHERE schedule_id IS NOT NULL",
    "moments of schedules": "SELECT count(*) FROM moments",
    "jobs failed": "SELECT count(*) FROM jobs WHERE state = 'failed'",
    "jobs cancelled": "SELECT count(*) FROM jobs WHERE state = 'cancelled'",
    "units": "SELECT count(*) FROM job_units",
    "units done at a later attempt": "SELECT count(*) FROM job_units WHERE attempt > 1",
    "most attempts": "SELECT max(attempt) FROM job_units",
    "results": "SELECT count(*) FROM check_results",
    "failures": "SELECT count(*) FROM check_results WHERE outcome BETWEEN 1 AND 3",
    "execution errors": "SELECT count(*) FROM check_results WHERE outcome = 5",
    "of these after lost attempts": "SELECT count(*) FROM check_results WHERE error_reason = 'INTERNAL'",
    "incidents": "SELECT count(*) FROM incidents",
}


def discrepancies(link: connection, requested: Mapping[str, str]) -> list[str]:
    """Each rule that the books break, with the first rows that show it; empty if they are right.

    `requested` are the jobs that were acknowledged, by request id.
    """
    found = [_told(name, rows) for name, sql in RULES.items() if (rows := _rows(link, sql))]
    stored = {str(request_id): str(job_id) for request_id, job_id in _rows(link, REQUESTS)}
    if stored != requested:
        found.append(_told("jobs are not those that were requested", sorted(stored.items() ^ requested.items())))
    return found


def totals(link: connection) -> dict[str, int]:
    """How much the books hold."""
    return {name: int(_rows(link, sql)[0][0] or 0) for name, sql in TOTALS.items()}


def open_jobs(link: connection) -> int:
    """How many jobs have not ended, and schedules have not fired."""
    link.rollback()  # or it would look at the same moment again
    return int(_rows(link, OPEN)[0][0])


REQUESTS = "SELECT request_id, id FROM jobs WHERE request_id IS NOT NULL"
OPEN = """
SELECT (SELECT count(*) FROM jobs WHERE state IN ('queued', 'running'))
    + (SELECT count(*) FROM schedules WHERE next_run_time <= now() OR first_missed_time IS NOT NULL)"""


def _rows(link: connection, sql: str) -> list[tuple[str, ...]]:
    with link.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _told(name: str, rows: Sequence[object]) -> str:
    return "\n    ".join([f"{name} ({len(rows)}):", *map(str, rows[:SHOWN])])
