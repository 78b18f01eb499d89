"""BigQuery for tests: the real client talks to a stand-in, in which DuckDB answers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dq_platform.connectors.base import Guards
from dq_platform.connectors.bigquery import BigQueryConnector
from dq_platform.connectors.settings import validate_settings
from dq_platform.models.connection import SettingValue
from tests.engines.warehouse import RealWarehouse, StandIn, Warehouse

PROJECT = "dq-project"


def bigquery() -> Warehouse:
    """The project that DQ_TEST_BIGQUERY_URL names, else the stand-in."""
    url = os.environ.get("DQ_TEST_BIGQUERY_URL")
    return BigQueryProject(url) if url else BigQueryStandIn()


class _BigQuery(Warehouse):
    quote = "`"

    def write(self, statements: Sequence[str]) -> None:
        connector = BigQueryConnector(validate_settings(BigQueryConnector, self.settings), Guards())
        connector.connect()
        with closing(connector):
            for statement in statements:
                connector._run(statement)


class BigQueryProject(_BigQuery, RealWarehouse):
    """A real project: bigquery://PROJECT?location=EU&authentication=application_default, and other settings by name."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._parts = urlsplit(url)

    @property
    def settings(self) -> Mapping[str, SettingValue]:
        return {"project": self._parts.netloc} | dict(parse_qsl(self._parts.query))


class BigQueryStandIn(_BigQuery, StandIn):
    """It asks nobody for credentials."""

    script, pins = "bigquery_server", "bqemulator"

    @property
    def settings(self) -> Mapping[str, SettingValue]:
        return {"project": PROJECT, "api_endpoint": self.url, "authentication": "anonymous"}

    def running(self, text: str) -> int:
        """How many jobs run whose query contains the text."""
        return sum(job["running"] and text in job["query"]["query"] for job in self.jobs())

    def jobs(self) -> list[Mapping[str, Any]]:
        """The configuration of all jobs that there were, and whether each is `running`."""
        return self.look("jobs")
