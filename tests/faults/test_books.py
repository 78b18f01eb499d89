"""The short run that every change has to pass; `make faults` plays longer ones."""

from __future__ import annotations

import pytest

from tests.faults.books import discrepancies
from tests.faults.drill import Drilled, drill
from tests.faults.timeline import EARLY, timeline

SEED = 7
SECONDS = 9.0
ONE_RESULT = "id = (SELECT id FROM check_results WHERE outcome = 2 LIMIT 1)"
DOUBLE = """
CREATE TEMP TABLE twin ON COMMIT DROP AS SELECT * FROM check_results LIMIT 1;
UPDATE twin SET id = gen_random_uuid();
INSERT INTO check_results SELECT * FROM twin"""
SPOILS = (
    ("a job has not ended", "UPDATE jobs SET state = 'running'"),
    ("a unit has not ended", "UPDATE job_units SET lease_until = now()"),
    ("a job's counts are", "UPDATE jobs SET units_done = units_done - 1"),
    ("a job's state is", "UPDATE jobs SET state = 'failed' WHERE state = 'succeeded'"),
    ("a check of a unit", f"DELETE FROM check_results WHERE {ONE_RESULT}"),
    ("a check of a unit", DOUBLE),
    ("a result was not requested", f"UPDATE check_results SET job_id = gen_random_uuid() WHERE {ONE_RESULT}"),
    ("a job's outcomes are", "UPDATE jobs SET passed = passed + 1"),
    ("an incident has not", "UPDATE incidents SET failure_count = failure_count + 1"),
    ("an incident was not", "DELETE FROM incident_events WHERE kind = 'opened'"),
    ("the latest result is", "DELETE FROM check_latest"),
    ("a day's sums are", "UPDATE check_results_daily SET passed = passed + 1"),
    ("sums of table_results_daily", "DELETE FROM table_results_daily"),
    ("sums of table_results_monthly", "UPDATE table_results_monthly SET error = error + 1"),
    ("jobs are not those", "UPDATE jobs SET request_id = request_id || '!'"),
    ("a schedule's moments are", "UPDATE jobs SET missed_run_count = missed_run_count + 1"),
    ("a schedule fired at", "UPDATE jobs SET due_time = due_time + interval '1 s'"),
)
"""How each rule of the books can be broken, and how it tells."""


@pytest.mark.timeout(180)
async def test_whatever_dies_the_books_are_right() -> None:
    async with drill(SEED, SECONDS, lambda _: None) as drilled:
        report = drilled.report
        assert not report.wrong, str(report)
        assert report.totals["results"] > report.totals["execution errors"]
        assert report.totals["units done at a later attempt"] > 0
        assert [told for told, sql in SPOILS if not _told(drilled, told, sql)] == []


def _told(drilled: Drilled, told: str, sql: str) -> bool:
    """Whether books that are spoiled so are found to be wrong."""
    try:
        with drilled.link.cursor() as cursor:
            cursor.execute(sql)
        return any(line.startswith(told) for line in discrepancies(drilled.link, drilled.requested))
    finally:
        drilled.link.rollback()


def test_a_seed_names_its_faults_and_a_short_run_has_all_kinds_that_matter() -> None:
    assert timeline(3, 60) == timeline(3, 60) != timeline(4, 60)
    assert set(EARLY) <= {fault.kind for fault in timeline(SEED, SECONDS)}
