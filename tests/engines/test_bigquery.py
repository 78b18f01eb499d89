from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.bigquery import BigQueryProject, BigQueryStandIn, bigquery

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


def test_the_environment_names_a_real_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQ_TEST_BIGQUERY_URL", "bigquery://my-project?location=EU&authentication=application_default")
    found = bigquery()
    assert isinstance(found, BigQueryProject)
    assert found.settings == {"project": "my-project", "location": "EU", "authentication": "application_default"}
    monkeypatch.delenv("DQ_TEST_BIGQUERY_URL")
    assert isinstance(bigquery(), BigQueryStandIn)
