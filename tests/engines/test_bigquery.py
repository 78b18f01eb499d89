from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.engines.bigquery import PROJECT, BigQueryProject, BigQueryStandIn, bigquery

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def server() -> Iterator[BigQueryStandIn]:
    with BigQueryStandIn() as running:
        yield running


def test_jobs_are_seen_with_their_configuration(server: BigQueryStandIn) -> None:
    server.create_schema("seen")
    server.write(["CREATE TABLE seen.t AS SELECT 1 AS a"])
    assert server.jobs()[-1]["query"]["query"] == "CREATE TABLE seen.t AS SELECT 1 AS a"
    assert server.running("seen") == 0


def test_cancelling_a_job_that_has_not_arrived_waits_for_no_other_job(server: BigQueryStandIn) -> None:
    numbers = "UNNEST(GENERATE_ARRAY(1, 1000000))"
    query = {"query": f"SELECT COUNT(*) FROM {numbers} AS a, {numbers} AS b WHERE a * b = 3", "useLegacySql": False}
    reference = {"projectId": PROJECT, "jobId": "busy"}
    jobs = f"{server.url}/bigquery/v2/projects/{PROJECT}/jobs"
    httpx.post(jobs, json={"jobReference": reference, "configuration": {"query": query}}).raise_for_status()
    assert server.running("COUNT(*)") == 1
    try:
        unknown = httpx.post(f"{jobs}/has-not-arrived/cancel")
    finally:
        known = httpx.post(f"{jobs}/busy/cancel")
    assert (unknown.status_code, known.status_code) == (404, 200)
    assert unknown.json()["error"]["errors"][0]["reason"] == "notFound"


def test_the_environment_names_a_real_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQ_TEST_BIGQUERY_URL", "bigquery://my-project?location=EU&authentication=application_default")
    found = bigquery()
    assert isinstance(found, BigQueryProject)
    assert found.settings == {"project": "my-project", "location": "EU", "authentication": "application_default"}
    monkeypatch.delenv("DQ_TEST_BIGQUERY_URL")
    assert isinstance(bigquery(), BigQueryStandIn)
