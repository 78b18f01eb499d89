from __future__ import annotations

import gc
import socket
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue
from dq_platform.models.metadata import DataType, TableKind
from local.ports import LOOPBACK, any_free
from tests.contract.catalogue import columns_of
from tests.contract.engine import GUARDS, Engine
from tests.contract.paging import PagedColumns
from tests.contract.suite import ConnectorContract
from tests.engines.accounts import account
from tests.engines.aws import FakeAws
from tests.engines.redshift import AT_AWS, CLUSTER, WORKGROUP, RedshiftServer

# The driver leaves the socket of a login that failed to the garbage collection.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <s:ResourceWarning"),
    # It asks for TLS in a way that Python would have otherwise.
    pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning"),
]

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "NUMERIC(38, 10)",
    DataType.FLOAT: "DOUBLE PRECISION",
    DataType.TEXT: "VARCHAR(65535)",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "TIMESTAMP",
    DataType.TIMESTAMP_TZ: "TIMESTAMPTZ",
    DataType.TIME: "TIME",
    DataType.BINARY: "VARBYTE",
    DataType.JSON: "SUPER",
}

OTHER_TYPES = {
    "VARCHAR(20)": DataType.TEXT,
    "CHAR(3)": DataType.TEXT,
    "SMALLINT": DataType.INTEGER,
    "NUMERIC(12, 2)": DataType.DECIMAL,
    "REAL": DataType.FLOAT,
    "TIMETZ": DataType.TIME,
    "INTERVAL": DataType.OTHER,
}


SLOW = "SELECT COUNT(*) AS n FROM " + ", ".join(f"pg_attribute AS a{number}" for number in range(5))

ACCOUNT = "DQ_TEST_REDSHIFT_URL"


@pytest.fixture(scope="module")
def server() -> Iterator[RedshiftServer]:
    with RedshiftServer() as server:
        yield server
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


@pytest.fixture(scope="module")
def engine(server: RedshiftServer) -> Engine:
    params = server.params

    def write(statements: Sequence[str]) -> None:
        with closing(server.connect()) as link, link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def count(condition: str) -> int:
        with closing(server.connect()) as link, link.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT {condition}) AS x")
            return cursor.fetchall()[0][0]

    def running(text: str) -> int:
        return count(
            f"1 FROM pg_stat_activity WHERE state = 'active' AND usename = 'checker' AND query LIKE '%{text}%'"
        )

    def kill_sessions() -> None:
        count("pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'dq-platform'")

    write(["CREATE SCHEMA contract", "GRANT USAGE ON SCHEMA contract TO reader"])
    return Engine(
        type="redshift",
        settings={
            "host": params.host,
            "port": params.port,
            "user": params.user,
            "password": params.password,
            "database": "postgres",
            "ssl_mode": "disable",
        },
        write=write,
        slow=SLOW,
        types=TYPES,
        other_types=OTHER_TYPES,
        schema="contract",
        wrong_password={"password": "wr0ng-secret"},
        unreachable={"port": any_free()},
        running=running,
        kill_sessions=kill_sessions,
        column_comment="COMMENT ON COLUMN {table}.a IS '{comment}'",
        stand_in="PostgreSQL 18 behind a proxy",
    )


@pytest.fixture
def trusted(server: RedshiftServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in's authority is among the machine's trusted ones."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))


@pytest.fixture
def aws(server: RedshiftServer, trusted: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """What answers for AWS, whose names of clusters and workgroups lead to the stand-in."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: str, *rest: Any, **named: Any) -> Any:
        return look_up(LOOPBACK if host in AT_AWS else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with FakeAws(server.params) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        yield aws


OWN_KEY = {"authentication": "access_key", "access_key_id": "AKIAOWN", "secret_access_key": "own-secret"}


def by_aws(engine: Engine, **settings: SettingValue) -> Engine:
    """The engine with AWS credentials in place of the password, for an access key by default."""
    own = {} if "authentication" in settings else OWN_KEY
    host = WORKGROUP if "workgroup" in settings else CLUSTER
    common = {"database": "postgres", "region": "eu-central-1", "host": host, "port": engine.settings["port"]}
    return replace(engine, settings=common | own | settings)


def failure(engine: Engine, **changes: SettingValue) -> SourceError:
    with pytest.raises(SourceError) as caught, engine.session(**changes):
        pass
    return caught.value


class TestRedshift(PagedColumns, ConnectorContract):
    def test_a_statement_cannot_loosen_the_guards_of_the_next(self, engine: Engine) -> None:
        engine.write(["CREATE SEQUENCE contract.guarded"])
        loosened = [
            "set_config('default_transaction_read_only', 'off', false)",
            "set_config('statement_timeout', '0', false)",
            "set_config('TimeZone', 'Asia/Tokyo', false)",
        ]
        with engine.session() as session:
            for setting in loosened:
                with suppress(SourceError):
                    session.execute(f"SELECT {setting}")
            with pytest.raises(SourceError) as caught:
                session.execute("SELECT nextval('contract.guarded')")
            shown = session.execute("SELECT current_setting('statement_timeout'), current_setting('TimeZone')")
        assert caught.value.problem is SourceProblem.PERMISSION
        assert list(shown.rows) == [("1min", "UTC")]

    def test_an_unknown_database_is_not_found(self, engine: Engine) -> None:
        assert failure(engine, database="nowhere").problem is SourceProblem.NOT_FOUND

    def test_a_forbidden_table_is_a_question_of_permission(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER})
        with engine.session(user="reader") as session, pytest.raises(SourceError) as caught:
            session.execute(f"SELECT v FROM {table}")
        assert (caught.value.problem, caught.value.code) == (SourceProblem.PERMISSION, "42501")

    def test_a_bad_statement_is_told_by_its_sqlstate(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught:
            engine.select("SELECT no_such_column")
        assert caught.value.code == "42703"
        assert caught.value.message == "Redshift cannot execute the statement. It says: column … does not exist"

    def test_materialised_views_are_listed(self, engine: Engine) -> None:
        engine.write(["CREATE MATERIALIZED VIEW contract.kept AS SELECT 1 AS a"])
        with engine.session() as session:
            kinds = {t.table_name: t.kind for t in session.get_tables("contract")}
        assert kinds["kept"] is TableKind.MATERIALIZED_VIEW
        assert [c.name for c in columns_of(engine, "kept")] == ["a"]

    def test_sizes_are_told_to_whoever_may_see_them(self, engine: Engine) -> None:
        engine.named_table("sized", {"v": DataType.INTEGER})
        engine.write(["INSERT INTO contract.sized SELECT generate_series(1, 5000)", "ANALYZE contract.sized"])
        engine.write(["GRANT SELECT ON contract.sized TO reader"])
        found = []
        for user in ("checker", "reader"):
            with engine.session(user=user) as session:
                [table] = [t for t in session.get_tables("contract") if t.table_name == "sized"]
                found.append((table.estimated_rows, table.size_bytes))
        assert found == [(5000, 1024 * 1024), (None, None)]

    def test_types_are_told_with_their_bounds(self, engine: Engine) -> None:
        engine.write(["CREATE TABLE contract.bounds (a VARCHAR(20), b NUMERIC(12, 2), c INTEGER)"])
        found = [column.engine_type for column in columns_of(engine, "bounds")]
        assert found == ["character varying(20)", "numeric(12,2)", "integer"]

    def test_a_password_goes_to_no_host_whose_certificate_is_not_trusted(self, engine: Engine) -> None:
        for mode in ("verify-ca", "verify-full"):
            error = failure(engine, ssl_mode=mode)
            assert error.problem is SourceProblem.UNREACHABLE
            assert "certificate" in error.message

    @pytest.mark.usefixtures("trusted")
    def test_a_trusted_certificate_counts_for_its_host_only(self, engine: Engine) -> None:
        for mode in ("verify-ca", "verify-full"):
            with engine.session(ssl_mode=mode) as session:
                assert session.execute("SELECT 1 AS v").rows[0] == (1,)
        with engine.session(ssl_mode="verify-ca", host="localhost") as session:
            assert session.execute("SELECT 1 AS v").rows[0] == (1,)
        assert "another host's" in failure(engine, ssl_mode="verify-full", host="localhost").message

    @pytest.mark.usefixtures("trusted")
    def test_a_statement_is_cancelled_under_tls(self, engine: Engine) -> None:
        with_tls = replace(engine, settings={**engine.settings, "ssl_mode": "verify-full"})
        self.test_a_cancelled_statement_ends_on_the_server(with_tls)


class TestAws:
    def test_a_clusters_user_gets_credentials_for_an_access_key(self, engine: Engine, aws: FakeAws) -> None:
        chosen = by_aws(engine, cluster_identifier="shop", user="auditor")
        assert chosen.value("current_user") == "checker"
        wanted = {"ClusterIdentifier": "shop", "DbUser": "auditor", "DbName": "postgres", "AutoCreate": "false"}
        asked = aws.calls[0]
        assert (asked.action, asked.key) == ("GetClusterCredentials", "AKIAOWN")
        assert wanted.items() <= asked.params.items()
        assert len(aws.calls) == 1

    def test_without_a_user_the_identity_is_the_user(self, engine: Engine, aws: FakeAws) -> None:
        assert by_aws(engine, cluster_identifier="shop", session_token="own-token").value("1") == 1
        asked = aws.calls[0]
        assert (asked.action, asked.params["ClusterIdentifier"]) == ("GetClusterCredentialsWithIAM", "shop")

    def test_a_workgroup_is_serverless(self, engine: Engine, aws: FakeAws) -> None:
        assert by_aws(engine, workgroup="shop-work").value("1") == 1
        [asked] = aws.calls
        assert asked.action == "GetCredentials"
        assert asked.params == {"dbName": "postgres", "workgroupName": "shop-work"}

    def test_a_role_is_assumed_first(self, engine: Engine, aws: FakeAws) -> None:
        arn = "arn:aws:iam::123456789012:role/reader"
        assert by_aws(engine, workgroup="shop-work", role_arn=arn, external_id="of-us").value("1") == 1
        assumed, *rest = aws.calls
        assert (assumed.action, assumed.key) == ("AssumeRole", "AKIAOWN")
        assert {"RoleArn": arn, "ExternalId": "of-us"}.items() <= assumed.params.items()
        assert {call.key for call in rest} == {"ASIAROLE"}

    def test_a_profile_and_the_environment_have_their_own_keys(
        self, engine: Engine, aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "credentials"
        file.write_text("[audit]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = profile-secret\n")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "environment-secret")
        assert by_aws(engine, authentication="profile", profile="audit", workgroup="shop-work").value("1") == 1
        assert by_aws(engine, authentication="environment", workgroup="shop-work").value("1") == 1
        assert [call.key for call in aws.calls] == ["AKIAPROFILE", "AKIAENVIRONMENT"]

    def test_credentials_are_not_shared_between_regions(self, engine: Engine, aws: FakeAws) -> None:
        for region in ("eu-central-1", "us-east-1"):
            by_aws(engine, cluster_identifier="shop", region=region).value("1")
        assert [call.action for call in aws.calls].count("GetClusterCredentialsWithIAM") == 2

    @pytest.mark.parametrize(
        ("code", "problem"),
        [
            ("ClusterNotFound", SourceProblem.NOT_FOUND),
            ("AccessDenied", SourceProblem.CREDENTIALS),
            ("InvalidClientTokenId", SourceProblem.CREDENTIALS),
            ("Throttling", SourceProblem.RESOURCE),
        ],
    )
    def test_what_aws_refuses_is_told_without_the_key(
        self, engine: Engine, aws: FakeAws, code: str, problem: SourceProblem
    ) -> None:
        aws.refusal = code
        error = failure(by_aws(engine, cluster_identifier="shop"))
        assert (error.problem, error.code) == (problem, code)
        assert "AKIAOWN" not in error.message

    def test_a_profile_that_is_not_there_is_a_question_of_credentials(
        self, engine: Engine, aws: FakeAws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        error = failure(by_aws(engine, authentication="profile", profile="secret-name", workgroup="shop-work"))
        assert error.problem is SourceProblem.CREDENTIALS
        assert "secret-name" not in error.message

    def test_an_aws_that_cannot_be_reached_is_told(
        self, engine: Engine, trusted: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{any_free()}")
        assert failure(by_aws(engine, workgroup="shop-work")).problem is SourceProblem.UNREACHABLE


class TestAccount(ConnectorContract):
    """The contract on a real cluster or workgroup, in a schema of its own, if the environment names one."""

    __test__ = bool(account(ACCOUNT))

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Iterator[Engine]:
        settings = account(ACCOUNT)
        schema = f"dq_contract_{uuid4().hex[:8]}"
        connector = ConnectorFactory.get("redshift")(
            validate_settings(ConnectorFactory.get("redshift"), settings), GUARDS
        )
        connector.connect()

        def write(statements: Sequence[str]) -> None:
            with connector._connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

        write([f"CREATE SCHEMA {schema}"])
        try:
            yield Engine(
                type="redshift",
                settings=settings,
                write=write,
                slow=SLOW,
                types=TYPES,
                other_types={kind: known for kind, known in OTHER_TYPES.items() if kind != "INTERVAL"},
                schema=schema,
                wrong_password={"password": "wr0ng-secret"} if "password" in settings else {},
                unreachable={"port": any_free()},
                column_comment="COMMENT ON COLUMN {table}.a IS '{comment}'",
            )
        finally:
            write([f"DROP SCHEMA {schema} CASCADE"])
            connector.close()
