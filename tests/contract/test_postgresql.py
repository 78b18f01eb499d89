from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType, TableKind
from local.ports import any_free
from tests.contract.catalogue import columns_of
from tests.contract.engine import Engine
from tests.contract.paging import PagedColumns
from tests.contract.problems import ProblemContract
from tests.contract.suite import ConnectorContract
from tests.engines.postgres import PostgresServer

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "NUMERIC(38, 10)",
    DataType.FLOAT: "DOUBLE PRECISION",
    DataType.TEXT: "TEXT",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "TIMESTAMP",
    DataType.TIMESTAMP_TZ: "TIMESTAMPTZ",
    DataType.TIME: "TIME",
    DataType.BINARY: "BYTEA",
    DataType.JSON: "JSONB",
    DataType.UUID: "UUID",
}

OTHER_TYPES = {
    "VARCHAR(20)": DataType.TEXT,
    "CHAR(3)": DataType.TEXT,
    "contract.mood": DataType.TEXT,
    "contract.positive": DataType.INTEGER,
    "SMALLINT": DataType.INTEGER,
    "REAL": DataType.FLOAT,
    "INTEGER[]": DataType.OTHER,
    "INTERVAL": DataType.OTHER,
}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="module")
def engine(server: PostgresServer) -> Engine:
    params = server.params

    def write(statements: Sequence[str]) -> None:
        with closing(server.connect()) as link, link, link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def count(condition: str) -> int:
        with closing(server.connect()) as link, link, link.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT {condition}) AS x")
            return cursor.fetchall()[0][0]

    def running(text: str) -> int:
        return count(
            f"1 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%{text}%'"
        )

    def kill_sessions() -> None:
        count("pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'dq-platform'")

    write(
        [
            "CREATE SCHEMA contract",
            "CREATE TYPE contract.mood AS ENUM ('well', 'ill')",
            "CREATE DOMAIN contract.positive AS INTEGER CHECK (VALUE > 0)",
        ]
    )
    return Engine(
        type="postgresql",
        settings={
            "host": params.host,
            "port": params.port,
            "user": params.user,
            "password": params.password,
            "database": "postgres",
        },
        write=write,
        slow="SELECT pg_sleep(120)",
        types=TYPES,
        other_types=OTHER_TYPES,
        schema="contract",
        wrong_password={"password": "wr0ng-secret"},
        unreachable={"port": any_free()},
        running=running,
        kill_sessions=kill_sessions,
        column_comment="COMMENT ON COLUMN {table}.a IS '{comment}'",
    )


class TestPostgreSQL(PagedColumns, ProblemContract, ConnectorContract):
    driver = "psycopg2"

    def forbidden(self, engine: Engine) -> None:
        engine.write(["CREATE ROLE stranger LOGIN PASSWORD 's'", "CREATE TABLE contract.closed (v int)"])
        with engine.session(user="stranger", password="s") as session:
            session.execute("SELECT v FROM contract.closed")

    def exhausted(self, engine: Engine) -> None:
        engine.write(["CREATE ROLE lonely LOGIN PASSWORD 's' CONNECTION LIMIT 1"])
        with engine.session(user="lonely", password="s"), engine.session(user="lonely", password="s"):
            pass

    def test_a_function_that_writes_is_refused(self, engine: Engine) -> None:
        engine.write(["CREATE SEQUENCE contract.numbers"])
        with engine.session() as session, pytest.raises(SourceError) as caught:
            session.execute("SELECT nextval('contract.numbers')")
        assert caught.value.problem is SourceProblem.PERMISSION
        assert caught.value.code == "25006"

    def test_a_statement_cannot_loosen_the_guards_of_the_next(self, engine: Engine) -> None:
        engine.write(["CREATE SEQUENCE contract.guarded"])
        loosened = [
            "set_config('default_transaction_read_only', 'off', false)",
            "set_config('transaction_read_only', 'off', false)",
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

    def test_settings_hold_for_the_transaction_and_leave_no_trace_on_the_server(
        self, engine: Engine, server: PostgresServer
    ) -> None:
        names = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone"
        shown = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)
        server_has = []
        with engine.session() as session, closing(server.connect()) as plain:
            inside = session.execute(shown).rows
            for link in (session._connection, plain):
                with link.cursor() as cursor:
                    cursor.execute(shown)
                    server_has.extend(cursor.fetchall())
        assert list(inside) == [("1min", "30s", "1min", "UTC")]
        assert server_has[0] == server_has[1]
        assert server_has[0][:3] == ("0", "0", "0")

    def test_the_processs_own_password_and_options_do_not_serve(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "passwords"
        file.write_text(f"*:*:*:*:{engine.settings['password']}\n")
        file.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(file))
        settings = {name: value for name, value in engine.settings.items() if name != "password"}
        without = replace(engine, settings=settings)
        with pytest.raises(SourceError) as by_file, without.session():
            pass
        monkeypatch.setenv("PGPASSWORD", str(engine.settings["password"]))
        with pytest.raises(SourceError) as by_variable, without.session():
            pass
        assert {by_file.value.problem, by_variable.value.problem} == {SourceProblem.CREDENTIALS}
        monkeypatch.setenv("PGOPTIONS", "-c search_path=pg_catalog")
        assert engine.value("current_setting('search_path')") == '"$user", public'

    def test_the_row_limit_leaves_the_plan_parallel(self, engine: Engine) -> None:
        engine.write(
            [
                "CREATE TABLE contract.large AS SELECT n, n % 7 AS v FROM generate_series(1, 400000) AS n",
                "ANALYZE contract.large",
            ]
        )
        with engine.session() as session:
            explained = session._select("EXPLAIN " + session._limited("SELECT sum(n), avg(v) FROM contract.large"))
        assert any("Parallel Seq Scan" in line for (line,) in explained.rows)

    def test_an_unknown_database_is_not_found(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught, engine.session(database="nowhere"):
            pass
        assert caught.value.problem is SourceProblem.NOT_FOUND

    def test_a_forbidden_table_is_a_question_of_permission(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER})
        engine.write(["CREATE ROLE reader LOGIN PASSWORD 'read'", "GRANT USAGE ON SCHEMA contract TO reader"])
        with engine.session(user="reader", password="read") as session, pytest.raises(SourceError) as caught:
            session.execute(f"SELECT v FROM {table}")
        assert caught.value.problem is SourceProblem.PERMISSION
        assert caught.value.code == "42501"

    def test_a_bad_statement_is_told_by_its_sqlstate(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught:
            engine.select("SELECT no_such_column")
        assert caught.value.code == "42703"
        assert caught.value.message == "PostgreSQL cannot execute the statement. It says: column … does not exist"

    def test_materialised_views_partitions_and_foreign_kinds_are_listed(self, engine: Engine) -> None:
        engine.write(
            [
                "CREATE MATERIALIZED VIEW contract.kept AS SELECT 1 AS a",
                "CREATE TABLE contract.parts (d date) PARTITION BY RANGE (d)",
            ]
        )
        with engine.session() as session:
            kinds = {t.table_name: t.kind for t in session.get_tables("contract")}
        assert kinds["kept"] is TableKind.MATERIALIZED_VIEW
        assert kinds["parts"] is TableKind.TABLE
        assert [c.name for c in columns_of(engine, "kept")] == ["a"]

    def test_estimates_come_from_the_statistics(self, engine: Engine) -> None:
        engine.named_table("guessed", {"low": DataType.INTEGER, "high": DataType.INTEGER})
        engine.write(
            [
                "INSERT INTO contract.guessed SELECT n % 5, n FROM generate_series(1, 5000) AS n",
                "ANALYZE contract.guessed",
            ]
        )
        with engine.session() as session:
            [table] = [t for t in session.get_tables("contract") if t.table_name == "guessed"]
        assert table.estimated_rows == 5000
        assert [c.estimated_distinct for c in columns_of(engine, "guessed")] == [5, 5000]

    def test_a_tables_size_counts_its_indexes_and_long_values(self, engine: Engine, server: PostgresServer) -> None:
        engine.write(
            [
                "CREATE TABLE contract.sized (n int, v text)",
                "INSERT INTO contract.sized SELECT n, repeat(md5(n::text), 300) FROM generate_series(1, 2000) AS n",
                "ALTER TABLE contract.sized ALTER v SET STORAGE EXTERNAL",
                "UPDATE contract.sized SET v = v || 'x'",
                "CREATE INDEX sized_n ON contract.sized (n)",
                "CREATE TABLE contract.unsized (n int)",
                "CREATE TABLE contract.size_parts (n int) PARTITION BY RANGE (n)",
                "ANALYZE contract.sized",
            ]
        )
        with closing(server.connect()) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute("VACUUM contract.sized")
        with engine.session() as session:
            sizes = {table.table_name: table.size_bytes for table in session.get_tables("contract")}
            [(real,)] = session.execute("SELECT pg_total_relation_size('contract.sized')").rows
        assert sizes["sized"] == pytest.approx(real, rel=0.05)
        assert sizes["unsized"] is None
        assert sizes["size_parts"] is None

    def test_a_date_that_python_cannot_hold_is_bad_sql(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught:
            engine.select("SELECT DATE '0044-03-15 BC'")
        assert caught.value.problem is SourceProblem.BAD_SQL

    def test_the_session_names_the_application(self, engine: Engine) -> None:
        named = replace(engine, settings={**engine.settings, "application_name": "my-checks"})
        assert named.value("current_setting('application_name')") == "my-checks"
