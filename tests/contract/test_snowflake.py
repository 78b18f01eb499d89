from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType
from local.ports import any_free
from tests.contract.engine import Engine, short, upper
from tests.contract.guards import problem
from tests.contract.paging import PagedColumns
from tests.contract.suite import ConnectorContract
from tests.engines.snowflake import TOKENS, USER, SnowflakeStandIn, new_key, snowflake
from tests.engines.warehouse import Warehouse

pytestmark = pytest.mark.engines

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "NUMBER(38, 0)",
    DataType.DECIMAL: "NUMBER(38, 10)",
    DataType.FLOAT: "FLOAT",
    DataType.TEXT: "VARCHAR",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "TIMESTAMP_NTZ",
    DataType.TIMESTAMP_TZ: "TIMESTAMP_TZ",
    DataType.TIME: "TIME",
    DataType.BINARY: "BINARY",
    DataType.JSON: "VARIANT",
}

OTHER_TYPES = {
    "INT": DataType.INTEGER,
    "DECIMAL(12, 2)": DataType.DECIMAL,
    "CHAR(3)": DataType.TEXT,
    "DOUBLE": DataType.FLOAT,
}


ROWS = "TABLE(GENERATOR(ROWCOUNT => 10000000))"


@pytest.fixture(scope="module")
def account() -> Iterator[Warehouse]:
    with snowflake() as account:
        yield account


@pytest.fixture
def server(account: Warehouse) -> SnowflakeStandIn:
    if not isinstance(account, SnowflakeStandIn):
        pytest.skip("no real account tells what is asked of the stand-in here")
    return account


@pytest.fixture(scope="module")
def engine(account: Warehouse) -> Engine:
    account.create_schema("dq contract")
    plain = Engine(
        type="snowflake",
        settings=account.settings,
        write=account.write,
        slow=f"SELECT COUNT(*) AS n FROM {ROWS} a, {ROWS} b",
        types=TYPES,
        other_types=OTHER_TYPES,
        schema="dq contract",
        wrong_password={"password": "wr0ng-secret"},
        unreachable={"port": any_free()},
        fold=upper,
        column_comment="COMMENT ON COLUMN {table}.a IS '{comment}'",
    )
    if not isinstance(account, SnowflakeStandIn):
        return plain
    return replace(
        plain,
        running=account.running,
        kill_sessions=account.end_sessions,
        stand_in="fakesnow 0.12.1, DuckDB inside",
        lacks={
            "dollars": "fakesnow takes them for session variables",
            "table_names": "fakesnow writes names of tables into texts of its own, without doubling quotes",
        },
    )


KEY_PAIR = {"authentication": "key_pair", "user": USER, "password": ""}
ACCESS_TOKEN = "PROGRAMMATIC_ACCESS_TOKEN"
BY_TOKEN = {"user": "", "password": ""}


class TestSnowflake(ConnectorContract, PagedColumns):
    def test_a_key_pair_opens_a_session(self, engine: Engine, server: SnowflakeStandIn) -> None:
        with engine.session(**KEY_PAIR, private_key=server.private_key()) as session:
            assert session.execute("SELECT 1 AS v").rows[0] == (1,)

    def test_an_encrypted_key_opens_with_its_passphrase_alone(self, engine: Engine, server: SnowflakeStandIn) -> None:
        key = KEY_PAIR | {"private_key": server.private_key("its passphrase")}
        with engine.session(**key, private_key_passphrase="its passphrase") as session:
            assert session.execute("SELECT 1 AS v").rows[0] == (1,)
        for wrong in ({}, {"private_key_passphrase": "secret"}):
            with pytest.raises(SourceError) as caught, engine.session(**key, **wrong):
                pass
            assert caught.value.problem is SourceProblem.CREDENTIALS

    def test_somebody_elses_key_is_refused(self, engine: Engine, server: SnowflakeStandIn) -> None:
        with pytest.raises(SourceError) as caught, engine.session(**KEY_PAIR, private_key=new_key()):
            pass
        assert (caught.value.problem, caught.value.code) == (SourceProblem.CREDENTIALS, "390144")

    @pytest.mark.parametrize(("authentication", "kind"), [("oauth", "OAUTH"), ("access_token", ACCESS_TOKEN)])
    def test_a_token_opens_a_session_without_a_user(
        self, engine: Engine, server: SnowflakeStandIn, authentication: str, kind: str
    ) -> None:
        with engine.session(**BY_TOKEN, authentication=authentication, token=TOKENS[kind]) as session:
            assert session.execute("SELECT 1 AS v").rows[0] == (1,)

    @pytest.mark.parametrize("authentication", ["oauth", "access_token"])
    def test_a_wrong_token_is_refused_and_not_repeated(
        self, engine: Engine, server: SnowflakeStandIn, authentication: str
    ) -> None:
        with (
            pytest.raises(SourceError) as caught,
            engine.session(**BY_TOKEN, authentication=authentication, token="wr0ng-secret"),
        ):
            pass
        assert caught.value.problem is SourceProblem.CREDENTIALS
        assert "wr0ng" not in caught.value.message

    def test_an_unknown_database_is_not_found(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught, engine.session(database="nowhere"):
            pass
        assert (caught.value.problem, caught.value.code) == (SourceProblem.NOT_FOUND, "390201")

    def test_a_session_begins_with_its_guards(self, engine: Engine, server: SnowflakeStandIn) -> None:
        with engine.session(short(statement_timeout=timedelta(seconds=0.3), max_rows=10)):
            parameters = server.logins()[-1]["parameters"]
        wanted = {
            "STATEMENT_TIMEOUT_IN_SECONDS": 1,
            "ROWS_PER_RESULTSET": 11,
            "MULTI_STATEMENT_COUNT": 1,
            "QUERY_TAG": "dq-platform",
            "TIMEZONE": "UTC",
            "CLIENT_TELEMETRY_ENABLED": False,
        }
        assert parameters == parameters | wanted

    def test_a_statement_is_tagged_with_its_origin(self, engine: Engine, server: SnowflakeStandIn) -> None:
        with engine.session() as session:
            thread = threading.Thread(target=problem, args=(session, engine.slow, "workspace=w */ job=1"))
            thread.start()
            while not (running := server.look("running")):
                time.sleep(0.02)
            while thread.is_alive():
                session.cancel()
                thread.join(0.05)
        assert running == [f"dq workspace=w  job=1 {engine.slow}"]

    def test_cancelling_leaves_other_sessions_alone(self, engine: Engine, server: SnowflakeStandIn) -> None:
        with engine.session() as one, engine.session() as other:
            threads = [
                threading.Thread(target=problem, args=(session, engine.slow, tag))
                for session, tag in ((one, "number=one"), (other, "number=other"))
            ]
            for thread in threads:
                thread.start()
            while not (server.running("number=one") and server.running("number=other")):
                time.sleep(0.02)
            while threads[0].is_alive():
                one.cancel()
                threads[0].join(0.05)
            assert (server.running("number=one"), server.running("number=other")) == (0, 1)
            while threads[1].is_alive():
                other.cancel()
                threads[1].join(0.05)
