from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dq_platform.connectors import bigquery as connector
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType
from local.ports import LOOPBACK, any_free
from tests.contract.engine import Engine, short
from tests.contract.guards import problem
from tests.contract.paging import PagedColumns
from tests.contract.suite import ConnectorContract
from tests.engines.bigquery import PROJECT, BigQueryStandIn, bigquery
from tests.engines.warehouse import Warehouse

pytestmark = pytest.mark.engines

TYPES = {
    DataType.BOOLEAN: "BOOL",
    DataType.INTEGER: "INT64",
    DataType.DECIMAL: "BIGNUMERIC",
    DataType.FLOAT: "FLOAT64",
    DataType.TEXT: "STRING",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "DATETIME",
    DataType.TIMESTAMP_TZ: "TIMESTAMP",
    DataType.TIME: "TIME",
    DataType.BINARY: "BYTES",
}

OTHER_TYPES = {
    "NUMERIC": DataType.DECIMAL,
    "STRING(20)": DataType.TEXT,
    "ARRAY<INT64>": DataType.OTHER,
    "STRUCT<a INT64, b STRING>": DataType.OTHER,
}

ANONYMOUS = {"authentication": "anonymous", "service_account_json": ""}
FORBIDDEN = '!"$()*,./;?@[\\]^`{}~'


# The contract doubles the apostrophe of its comment.
COMMENT = """ALTER TABLE {table} ALTER COLUMN a SET OPTIONS (description = REPLACE("{comment}", "''", "'"))"""
NUMBERS = "UNNEST(GENERATE_ARRAY(1, 1000000))"


@pytest.fixture(scope="module")
def project() -> Iterator[Warehouse]:
    with bigquery() as project:
        yield project


@pytest.fixture
def server(project: Warehouse) -> BigQueryStandIn:
    if not isinstance(project, BigQueryStandIn):
        pytest.skip("no real project tells what is asked of the stand-in here")
    return project


@pytest.fixture(scope="module")
def engine(project: Warehouse) -> Engine:
    project.create_schema("dq_contract")
    plain = Engine(
        type="bigquery",
        settings=project.settings,
        write=project.write,
        slow=f"SELECT COUNT(*) AS n FROM {NUMBERS} AS a, {NUMBERS} AS b WHERE MOD(a * b, 7) = 3",
        types=TYPES,
        other_types=OTHER_TYPES,
        schema="dq_contract",
        unreachable=ANONYMOUS | {"api_endpoint": f"http://{LOOPBACK}:{any_free()}"},
        column_comment=COMMENT,
        forbidden=FORBIDDEN,
        forbidden_in_tables=FORBIDDEN + "'%",
        key_suffix=" NOT ENFORCED",
        unique_columns=True,
    )
    if not isinstance(project, BigQueryStandIn):
        return plain
    return replace(
        plain,
        running=project.running,
        stand_in="bqemulator 1.4.0, DuckDB inside",
        lacks={
            "comments": "bqemulator forgets descriptions",
            "drop_column": "bqemulator's API keeps the column in the table's schema",
            "keys": "bqemulator knows no NOT ENFORCED",
            "table_names": "bqemulator allows letters, digits and underscores only",
            "wide_decimals": "bqemulator's BIGNUMERIC has fewer",
        },
    )


def key(private_key: str) -> str:
    """The text of a service account's key."""
    google = {"type": "service_account", "token_uri": "https://oauth2.googleapis.com/token"}
    return json.dumps(google | {"client_email": "checker@project.iam.gserviceaccount.com", "private_key": private_key})


def configuration(server: BigQueryStandIn, text: str) -> Mapping[str, Any]:
    """That of the one job whose query contains the text."""
    [job] = [job for job in server.jobs() if text in job["query"]["query"]]
    return job


class TestBigQuery(ConnectorContract, PagedColumns):
    def test_a_job_has_its_guards_and_labels(self, engine: Engine, server: BigQueryStandIn) -> None:
        with engine.session(short(statement_timeout=timedelta(seconds=7)), maximum_bytes_billed=20_000_000) as session:
            session.execute("SELECT 'guarded' AS v", tag="workspace=W1 job=J-2")
        job = configuration(server, "'guarded'")
        assert (job["jobTimeoutMs"], job["query"]["maximumBytesBilled"]) == ("7000", "20000000")
        assert job["query"]["useLegacySql"] is False
        assert job["labels"] == {"application": "dq-platform", "dq_workspace": "w1", "dq_job": "j-2"}
        assert job["query"]["query"].startswith("/* dq workspace=W1 job=J-2 */")

    def test_a_job_that_outlives_its_deadline_is_given_up_and_cancelled(
        self, engine: Engine, server: BigQueryStandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connector, "_GRACE", timedelta(seconds=-59))  # it has 60 seconds, of which we wait one
        with engine.session() as session:
            assert problem(session, engine.slow, "outlives").problem is SourceProblem.TIMEOUT
        assert server.running("outlives") == 0

    def test_datasets_of_another_project_have_its_name_in_front(self, engine: Engine, server: BigQueryStandIn) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,)])
        with engine.session(project="payer", data_project=PROJECT) as session:
            assert f"{PROJECT}.dq_contract" in session.get_schemas()
            name = table.rpartition(".")[2].strip("`")
            assert name in [one.table_name for one in session.get_tables(f"{PROJECT}.dq_contract")]
            assert [one.name for one in session.get_columns(f"{PROJECT}.dq_contract", name)] == ["v"]
            full = engine.dialect.table(f"{PROJECT}.dq_contract", name)
            assert list(session.execute(f"SELECT v FROM {full}").rows) == [(1,)]

    def test_rows_bytes_and_the_last_change_are_told(self, engine: Engine) -> None:
        engine.named_table("counted", {"v": DataType.INTEGER}, [(1,), (2,), (3,)])
        with engine.session() as session:
            [found] = [table for table in session.get_tables(engine.schema) if table.table_name == "counted"]
        assert found.estimated_rows == 3
        assert found.size_bytes is not None
        assert found.last_change_time is not None
        assert abs(datetime.now(UTC) - found.last_change_time) < timedelta(hours=1)

    def test_a_key_that_google_does_not_accept_is_a_question_of_credentials(self, engine: Engine) -> None:
        settings = {"api_endpoint": "", "authentication": "service_account", "service_account_json": key("secret")}
        with pytest.raises(SourceError) as caught, engine.session(**settings):
            pass
        assert caught.value.problem is SourceProblem.CREDENTIALS
        assert "secret" not in caught.value.message

    def test_workers_without_an_identity_have_no_default_credentials(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
        with (
            pytest.raises(SourceError) as caught,
            engine.session(authentication="application_default", api_endpoint=""),
        ):
            pass
        assert caught.value.problem is SourceProblem.CREDENTIALS
        assert "nowhere" not in caught.value.message
