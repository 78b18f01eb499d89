from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from databricks import sql as driver

from dq_platform.connectors.databricks import DatabricksConnector
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import ColumnInfo, DataType, TableKind
from local.ports import LOOPBACK, any_free
from tests.contract.engine import Engine, short
from tests.contract.suite import ConnectorContract
from tests.engines.databricks import CLIENT, CLUSTER, UNITY, WAREHOUSE, Databricks
from tests.engines.spark import SparkServer

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "DECIMAL(38, 10)",
    DataType.FLOAT: "DOUBLE",
    DataType.TEXT: "STRING",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "TIMESTAMP_NTZ",
    DataType.TIMESTAMP_TZ: "TIMESTAMP",
    DataType.BINARY: "BINARY",
}

OTHER_TYPES = {
    "TINYINT": DataType.INTEGER,
    "INT": DataType.INTEGER,
    "FLOAT": DataType.FLOAT,
    "DECIMAL(10, 2)": DataType.DECIMAL,
    "VARCHAR(10)": DataType.TEXT,
    "CHAR(3)": DataType.TEXT,
    "ARRAY<INT>": DataType.OTHER,
    "MAP<STRING, INT>": DataType.OTHER,
    "STRUCT<a: DECIMAL(10, 2)>": DataType.OTHER,
}


ANY_COLUMN_NAME = "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
NOWHERE = "/sql/1.0/warehouses/nowhere"
PRINCIPAL = {"authentication": "oauth-m2m", "token": "", "client_id": CLIENT[0], "client_secret": CLIENT[1]}

COLUMN_NAMES = "(table_schema, table_name, column_name, ordinal_position, is_nullable, full_data_type, comment)"
INFORMATION_SCHEMA = {
    "schemata": "SELECT * FROM VALUES ('it\\'s'), ('information_schema'), ('default') AS s(databaseName)",
    "tables": """
        SELECT * FROM VALUES
        ('it\\'s', 'totals', 'MATERIALIZED_VIEW', NULL), ('it\\'s', 'orders', 'MANAGED', 'it\\'s ours'),
        ('it\\'s', 'a view', 'VIEW', NULL), ('default', 'orders', 'EXTERNAL', NULL)
        AS t(table_schema, table_name, table_type, comment)""",
    "columns": f"""
        SELECT * FROM VALUES
        ('it\\'s', 'a view', 'total', 0, 'YES', 'double', NULL),
        ('it\\'s', 'orders', 'price', 2, 'YES', 'decimal(12,2)', NULL),
        ('it\\'s', 'orders', 'tags', 3, 'YES', 'array<string>', NULL),
        ('it\\'s', 'orders', 'Id', 0, 'NO', 'bigint', 'the key'),
        ('it\\'s', 'orders', 'at', 1, 'YES', 'timestamp_ntz', NULL),
        ('default', 'orders', 'other', 0, 'YES', 'int', NULL)
        AS t{COLUMN_NAMES}""",
    "table_constraints": """
        SELECT * FROM VALUES ('it\\'s', 'orders_pk', 'it\\'s', 'orders', 'PRIMARY KEY'),
        ('it\\'s', 'orders_fk', 'it\\'s', 'orders', 'FOREIGN KEY')
        AS t(constraint_schema, constraint_name, table_schema, table_name, constraint_type)""",
    "key_column_usage": """
        SELECT * FROM VALUES ('it\\'s', 'orders_pk', 'it\\'s', 'orders', 'Id'),
        ('it\\'s', 'orders_fk', 'it\\'s', 'orders', 'price')
        AS t(constraint_schema, constraint_name, table_schema, table_name, column_name)""",
}


@pytest.fixture(scope="module")
def workspace(spark_server: SparkServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databricks]:
    workspace = Databricks(spark_server.port, tmp_path_factory.mktemp("databricks"))
    with workspace.serve():
        yield workspace


EVERY: dict[str, Any] = {
    "type": "databricks",
    "slow": "SELECT COUNT(*) AS n FROM range(10000000) a CROSS JOIN range(10000000) b WHERE a.id * b.id % 7 = 3",
    "types": TYPES,
    "other_types": OTHER_TYPES,
    "wrong_password": {"token": "wr0ng-secret"},
    "unreachable": {"host": LOOPBACK, "port": any_free()},
    "column_comment": "ALTER TABLE {table} ALTER COLUMN a COMMENT '{comment}'",
    "fold_table": str.lower,
    "forbidden_in_tables": " ./",
}


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    url = os.environ.get("DQ_TEST_DATABRICKS_URL")
    if url:
        yield from on_workspace(url)
    else:
        yield on_spark(request.getfixturevalue("workspace"))


def on_workspace(url: str) -> Iterator[Engine]:
    """A schema of its own on a real workspace, whose tables take columns of any name."""
    place = urlsplit(url)
    settings = {
        "host": str(place.hostname),
        "http_path": parse_qs(place.query)["http_path"][0],
        "catalog": place.path.strip("/"),
        "token": str(place.password),
    }
    names = {"server_hostname": settings["host"], "access_token": settings["token"], "enable_telemetry": False}
    with closing(driver.connect(**names, http_path=settings["http_path"], catalog=settings["catalog"])) as link:

        def write(statements: Sequence[str]) -> None:
            with closing(link.cursor()) as cursor:
                for statement in statements:
                    plain = statement.startswith("CREATE TABLE ") and " AS " not in statement
                    cursor.execute(f"{statement} {ANY_COLUMN_NAME}" if plain else statement)

        write(["DROP SCHEMA IF EXISTS dq_contract CASCADE", "CREATE SCHEMA dq_contract"])
        yield Engine(settings=settings, write=write, schema="dq_contract", **EVERY)


def on_spark(workspace: Databricks) -> Engine:
    workspace.write(["CREATE SCHEMA contract"])
    return Engine(
        settings=workspace.settings,
        write=workspace.write,
        schema="contract",
        running=workspace.running,
        kill_sessions=workspace.kill_sessions,
        stand_in="Apache Spark 4.3",
        lacks={
            "keys": "Spark's own catalog keeps no keys and does not tell what is NOT NULL",
            "table_names": "Spark's own catalog takes letters, digits and _ alone",
            "drop_column": "Spark's own tables keep their columns",
        },
        **EVERY,
    )


class TestDatabricks(ConnectorContract):
    def test_a_comment_in_a_comment_hides_no_second_statement(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,)])
        tricks = [
            f"WITH x AS (SELECT 1) /* /* */ ' */ INSERT INTO {table} SELECT 2 /* ' */",
            f"WITH x AS (SELECT 1) -- \\\n ' \n INSERT INTO {table} SELECT 2 -- '",
            f"WITH x AS (SELECT r'\\' AS v) INSERT INTO {table} SELECT 2 -- '",
        ]
        with engine.session() as session:
            for trick in tricks:
                with pytest.raises(SourceError) as caught:
                    session.execute(trick)
                assert caught.value.problem is SourceProblem.PERMISSION
        assert engine.value("COUNT(*)", table) == 1

    def test_texts_quoted_in_sparks_ways_are_no_statements(self, engine: Engine) -> None:
        texts = [r"r'\d;'", '"it\'s; DELETE"', r"'it\'s; DELETE'", "'a' 'b'"]
        assert engine.select(f"SELECT {', '.join(texts)}").rows[0] == (r"\d;", "it's; DELETE", "it's; DELETE", "ab")

    def test_a_cluster_has_no_statement_timeout_so_that_ours_ends_a_slow_statement(self, engine: Engine) -> None:
        guards = short(statement_timeout=timedelta(seconds=0.5))
        with engine.session(guards, http_path=CLUSTER) as session:
            with pytest.raises(SourceError) as caught:
                session.execute(engine.slow, tag="on-the-cluster")
            assert caught.value.problem is SourceProblem.TIMEOUT
            assert engine.running is not None
            assert engine.running("on-the-cluster") == 0

    @pytest.mark.parametrize("path", [WAREHOUSE, CLUSTER])
    def test_a_session_is_in_utc_and_strict(self, engine: Engine, path: str) -> None:
        with engine.session(http_path=path) as session:
            assert session.execute("SELECT current_timezone()").rows[0] == ("UTC",)
            with pytest.raises(SourceError):
                session.execute("SELECT CAST('x' AS INT)")

    def test_more_columns_than_the_limit_of_rows_are_read_table_by_table(
        self, engine: Engine, workspace: Databricks
    ) -> None:
        columns = ", ".join(f"c{number} INT" for number in range(30))
        workspace.write(["CREATE SCHEMA wide", *(f"CREATE TABLE wide.t{n} ({columns})" for n in (1, 2))])
        with engine.session(short(max_rows=40)) as session:
            assert session.get_all_columns("wide") == {name: session.get_columns("wide", name) for name in ("t1", "t2")}

    def test_nothing_is_reported_to_the_maker_of_the_driver(self, engine: Engine, workspace: Databricks) -> None:
        engine.value("1")
        assert set(workspace.paths) <= {WAREHOUSE, CLUSTER, "/oidc/v1/token", NOWHERE}

    def test_a_session_keeps_nothing_of_its_statements(self, engine: Engine) -> None:
        with engine.session() as session:
            assert isinstance(session, DatabricksConnector)
            for sql in ("SELECT 1 AS v", "SELECT no_such_column"):
                with suppress(SourceError):
                    session.execute(sql)
            assert session._open()._cursors == []

    def test_answers_may_take_longer_than_connecting(self, engine: Engine) -> None:
        with engine.session(short(connect_timeout=timedelta(seconds=3))) as session:
            assert isinstance(session, DatabricksConnector)
            transport = session._open().session.backend._transport
            assert transport._THttpClient__timeout == 300.0


# The driver leaves sockets to the garbage collector when the server's certificate is not to be trusted.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestLogin:
    def test_a_service_principal_logs_in(self, engine: Engine, workspace: Databricks) -> None:
        before = workspace.paths.count("/oidc/v1/token")
        with engine.session(**PRINCIPAL) as session:
            assert session.execute("SELECT 1 AS v").rows[0] == (1,)
            session.execute("SELECT 1 AS v")
        assert workspace.paths.count("/oidc/v1/token") == before + 1

    def test_a_wrong_secret_is_refused_and_not_repeated(self, engine: Engine) -> None:
        wrong = PRINCIPAL | {"client_secret": "wr0ng-secret"}
        with pytest.raises(SourceError) as caught, engine.session(**wrong):
            pass
        assert caught.value.problem is SourceProblem.CREDENTIALS
        assert "wr0ng-secret" not in caught.value.message

    @pytest.mark.parametrize("changes", [{}, PRINCIPAL])
    def test_a_server_that_nobody_vouches_for_gets_no_secret(
        self, engine: Engine, workspace: Databricks, changes: dict[str, str]
    ) -> None:
        before = list(workspace.paths)
        with pytest.raises(SourceError) as caught, engine.session(ssl_root_cert="", **changes):
            pass
        assert caught.value.problem is SourceProblem.UNREACHABLE
        assert workspace.paths == before

    @pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
    def test_verification_can_be_switched_off(self, engine: Engine) -> None:
        for changes in ({}, PRINCIPAL):
            with engine.session(ssl_root_cert="", ssl_mode="require", **changes) as session:
                assert session.execute("SELECT 1 AS v").rows[0] == (1,)

    def test_a_stopped_warehouse_is_waited_for_if_the_settings_say_so(
        self, engine: Engine, workspace: Databricks
    ) -> None:
        workspace.starting = 1
        with pytest.raises(SourceError) as caught, engine.session(short(connect_timeout=timedelta(seconds=2))):
            pass
        assert caught.value.problem is SourceProblem.UNREACHABLE
        workspace.starting = 1
        with engine.session(short(connect_timeout=timedelta(seconds=2)), start_wait_seconds=60) as session:
            assert session.execute("SELECT 1 AS v").rows[0] == (1,)

    def test_a_warehouse_that_is_not_there_is_not_found(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught, engine.session(http_path=NOWHERE):
            pass
        assert (caught.value.problem, caught.value.code) == (SourceProblem.NOT_FOUND, "404")


class TestUnityCatalog:
    """The queries for an information_schema, run by Spark over tables that hold what Databricks documents."""

    @pytest.fixture
    def unity(self, engine: Engine, workspace: Databricks) -> Iterator[Engine]:
        workspace.unity = INFORMATION_SCHEMA
        yield replace(engine, settings={**engine.settings, "catalog": UNITY})
        workspace.unity = {}

    def test_schemas_are_listed_without_the_engines_own(self, unity: Engine) -> None:
        with unity.session() as session:
            assert session.get_schemas() == ["default", "it's"]

    def test_tables_have_kinds_and_comments(self, unity: Engine) -> None:
        with unity.session() as session:
            tables = session.get_tables("It's")
        assert [(table.table_name, table.kind, table.comment) for table in tables] == [
            ("a view", TableKind.VIEW, ""),
            ("orders", TableKind.TABLE, "it's ours"),
            ("totals", TableKind.MATERIALIZED_VIEW, ""),
        ]
        assert {table.schema_name for table in tables} == {"It's"}

    def test_columns_have_types_keys_and_comments(self, unity: Engine) -> None:
        with unity.session() as session:
            columns = session.get_columns("it's", "Orders")
            assert session.get_columns("it's", "no_such_table") == []
            whole = session.get_all_columns("It's")
            assert whole == {
                "a view": session.get_columns("it's", "a view"),
                "orders": columns,
            }
        assert columns == [
            ColumnInfo("Id", 1, "bigint", DataType.INTEGER, nullable=False, primary_key=True, comment="the key"),
            ColumnInfo("at", 2, "timestamp_ntz", DataType.TIMESTAMP),
            ColumnInfo("price", 3, "decimal(12,2)", DataType.DECIMAL),
            ColumnInfo("tags", 4, "array<string>", DataType.OTHER),
        ]
        with unity.session(short(max_rows=5)) as session:  # which is a page that ends within a table
            assert session.get_all_columns("It's") == whole
