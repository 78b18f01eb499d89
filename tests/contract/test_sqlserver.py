from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue
from dq_platform.models.metadata import DataType
from local.ports import any_free
from tests.contract.engine import Engine
from tests.contract.guards import problem
from tests.contract.paging import PagedColumns
from tests.contract.suite import ConnectorContract
from tests.engines.accounts import account
from tests.engines.sqlserver import SqlServerStandIn, connect

TYPES = {
    DataType.BOOLEAN: "BIT",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "DECIMAL(38, 10)",
    DataType.FLOAT: "FLOAT",
    DataType.TEXT: "NVARCHAR(200)",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "DATETIME2",
    DataType.TIMESTAMP_TZ: "DATETIMEOFFSET",
    DataType.TIME: "TIME",
    DataType.BINARY: "VARBINARY(20)",
    DataType.UUID: "UNIQUEIDENTIFIER",
}

OTHER_TYPES = {
    "TINYINT": DataType.INTEGER,
    "SMALLINT": DataType.INTEGER,
    "INT": DataType.INTEGER,
    "REAL": DataType.FLOAT,
    "MONEY": DataType.DECIMAL,
    "NVARCHAR(MAX)": DataType.TEXT,
    "VARCHAR(10)": DataType.TEXT,
}


@pytest.fixture(scope="module")
def server() -> Iterator[SqlServerStandIn]:
    with SqlServerStandIn() as server:
        yield server


MANY = ", ".join(f"sys.all_columns AS c{number}" for number in range(4))
SLOW = f"SELECT COUNT_BIG(*) AS n FROM {MANY} WHERE c0.column_id * c1.column_id % 7 = c2.column_id"

DESCRIBED = (
    "EXEC sys.sp_addextendedproperty N'MS_Description', N'{comment}', N'SCHEMA', N'{schema}', N'TABLE', N'{table}'"
)

ACCOUNT = "DQ_TEST_MSSQL_DSN"


@contextmanager
def engine_on(settings: Mapping[str, SettingValue], schema: str) -> Iterator[Engine]:
    """The server with a new schema, which nobody else uses."""
    with closing(connect(settings)) as link:

        def write(statements: Sequence[str]) -> None:
            with closing(link.cursor()) as cursor:
                for statement in statements:
                    cursor.execute(statement)

        write([f"CREATE SCHEMA {schema}"])
        commented = DESCRIBED.format(comment="{comment}", schema=schema, table="commented")
        yield Engine(
            type="sqlserver",
            settings=settings,
            write=write,
            slow=SLOW,
            types=TYPES,
            other_types=OTHER_TYPES,
            schema=schema,
            wrong_password={"password": "wr0ng-secret"},
            unreachable={"port": any_free()},
            column_comment=f"{commented}, N'COLUMN', N'a'",
        )


@pytest.fixture(scope="module")
def engine(server: SqlServerStandIn) -> Iterator[Engine]:
    settings = asdict(server.params) | {"database": "master", "ssl_mode": "require"}
    with engine_on(settings, "contract") as engine:
        yield replace(
            engine,
            running=server.running,
            kill_sessions=lambda: server.kill_sessions("dq-platform"),
            stand_in="DuckDB behind the TDS protocol",
        )


def failure(engine: Engine, **changes: SettingValue) -> SourceError:
    with pytest.raises(SourceError) as caught, engine.session(**changes):
        pass
    return caught.value


class TestSQLServer(PagedColumns, ConnectorContract):
    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT v FROM {table} DROP TABLE {table}",
            "SELECT v FROM {table}\nTRUNCATE TABLE {table}",
            "SELECT 1DROP TABLE {table}",
            "SELECT 0xDROP TABLE {table}",
            "SELECT 1eDROP TABLE {table}",
            "SELECT 1 /* /* */ ' */ DROP TABLE {table} --'",
            "SELECT 1 --\r DROP TABLE {table}",
            "SELECT 1 AS [a]]] DROP TABLE {table} --]",
            "SELECT 1 SET ROWCOUNT 0",
            "SELECT 1 WAITFOR DELAY '1:00'",
        ],
    )
    def test_no_second_statement_needs_a_semicolon(self, engine: Engine, statement: str) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,)])
        with engine.session() as session:
            error = problem(session, statement.format(table=table))
            assert error.problem is SourceProblem.PERMISSION
            assert list(session.execute(f"SELECT v FROM {table}").rows) == [(1,)]

    def test_words_of_statements_may_be_names_and_texts(self, engine: Engine) -> None:
        table = engine.table({"set": DataType.TEXT, "use": DataType.INTEGER}, [("drop table", 0x1F)])
        answer = engine.select(f'SELECT [set] AS "create", [use] /* if */ FROM {table} WHERE [use] < 1e3 -- kill\n')
        assert list(answer.rows) == [("drop table", 31)]

    def test_an_unknown_database_is_not_found(self, engine: Engine) -> None:
        error = failure(engine, database="nowhere")
        assert (error.problem, error.code) == (SourceProblem.NOT_FOUND, "4060")

    def test_a_bad_statement_is_told_by_its_number(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught:
            engine.select("SELECT no_such_column")
        assert caught.value.code == "207"
        assert caught.value.message == "SQL Server cannot execute the statement. It says: Invalid column name …."

    @pytest.mark.parametrize("password", ["a}b", "a}}", "a}b{c", "a{b;c=d", "'\"quoted\"'", " {x", "ä ß 😀"])
    def test_a_password_is_taken_as_it_is(
        self, engine: Engine, server: SqlServerStandIn, monkeypatch: pytest.MonkeyPatch, password: str
    ) -> None:
        monkeypatch.setattr(server, "params", replace(server.params, password=password))
        with engine.session(password=password) as session:
            assert session.execute("SELECT 1 AS one").rows[0] == (1,)

    def test_a_password_that_freetds_cannot_take_adds_no_option(self, engine: Engine) -> None:
        error = failure(engine, password="x};DATABASE={nowhere")
        assert error.problem is SourceProblem.DRIVER_MISSING
        assert "PWD" in error.message
        assert "nowhere" not in error.message

    @pytest.mark.parametrize("mode", ["verify-full", "strict"])
    def test_freetds_cannot_verify_certificates(self, engine: Engine, mode: str) -> None:
        error = failure(engine, ssl_mode=mode)
        assert error.problem is SourceProblem.DRIVER_MISSING
        assert "ssl_mode" in error.message

    @pytest.mark.parametrize("mode", ["require", "disable"])
    def test_long_texts_come_back_encrypted_or_not(self, engine: Engine, mode: str) -> None:
        chosen = replace(engine, settings={**engine.settings, "ssl_mode": mode})
        assert chosen.value(engine.dialect.literal("é" * 5000)) == "é" * 5000

    def test_no_password_goes_to_a_server_without_the_encryption_that_is_demanded(
        self, engine: Engine, server: SqlServerStandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "tls", None)
        assert failure(engine).problem is SourceProblem.UNREACHABLE

    @pytest.mark.parametrize("driver", ["No such driver", "/usr/lib/x86_64-linux-gnu/odbc/libtdsodbc.so"])
    def test_a_driver_that_is_not_installed_is_told(self, engine: Engine, driver: str) -> None:
        error = failure(engine, odbc_driver=driver)
        assert error.problem is SourceProblem.DRIVER_MISSING
        assert "tdsodbc" in error.message

    def test_a_session_shows_its_name(self, engine: Engine, server: SqlServerStandIn) -> None:
        with engine.session(application_name="my checks"):
            assert "my checks" in {session.application for session in server.sessions}

    def test_rows_sizes_and_comments_of_tables_are_told(self, engine: Engine) -> None:
        engine.named_table("told", {"a": DataType.INTEGER}, [(1,), (2,)])
        engine.write([DESCRIBED.format(comment="what is told", schema=engine.schema, table="told")])
        with engine.session() as session:
            [table] = [t for t in session.get_tables(engine.schema) if t.table_name == "told"]
        assert (table.estimated_rows, table.size_bytes, table.comment) == (2, 16384, "what is told")

    def test_moments_have_their_zone(self, engine: Engine) -> None:
        moment = datetime(2024, 7, 1, 12, 30, 0, 123456, UTC)
        assert engine.value(engine.dialect.literal(moment)) == moment


class TestAccount(ConnectorContract):
    """The contract on a real server, in a schema of its own that stays, if the environment names one."""

    __test__ = bool(account(ACCOUNT))

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Iterator[Engine]:
        with engine_on(account(ACCOUNT), f"dq_contract_{uuid4().hex[:8]}") as engine:
            yield engine
