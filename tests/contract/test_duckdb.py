from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from dq_platform.connectors.file_places import FilePlaces
from dq_platform.errors import Invalid, SourceError, SourceProblem
from dq_platform.models.metadata import DataType, TableKind
from tests.contract.engine import Engine, short
from tests.contract.problems import ProblemContract
from tests.contract.suite import ConnectorContract

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "DECIMAL(38, 10)",
    DataType.FLOAT: "DOUBLE",
    DataType.TEXT: "VARCHAR",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "TIMESTAMP",
    DataType.TIMESTAMP_TZ: "TIMESTAMPTZ",
    DataType.TIME: "TIME",
    DataType.BINARY: "BLOB",
    DataType.JSON: "JSON",
    DataType.UUID: "UUID",
}

OTHER_TYPES = {
    "TINYINT": DataType.INTEGER,
    "UHUGEINT": DataType.INTEGER,
    "REAL": DataType.FLOAT,
    "ENUM('a', 'b')": DataType.TEXT,
    "TIMESTAMP_NS": DataType.TIMESTAMP,
    "INTEGER[]": DataType.OTHER,
    "STRUCT(a INTEGER)": DataType.OTHER,
    "INTERVAL": DataType.OTHER,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path = tmp_path_factory.mktemp("duckdb") / "it's a shop.duckdb"

    def write(statements: Sequence[str]) -> None:
        with closing(duckdb.connect(str(path))) as link:
            for statement in statements:
                link.execute(statement)

    write(["CREATE SCHEMA contract"])
    return Engine(
        type="duckdb",
        settings={"database": str(path)},
        write=write,
        slow="SELECT COUNT(*) AS n FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3",
        types=TYPES,
        other_types=OTHER_TYPES,
        schema="contract",
        unreachable={"database": str(path.with_name("nowhere.duckdb"))},
        column_comment="COMMENT ON COLUMN {table}.a IS '{comment}'",
    )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two CSV files of orders, a Parquet and a JSON file, and one that no connection names."""
    with closing(duckdb.connect()) as link:
        for number in (1, 2):
            link.execute(f"COPY (SELECT {number} AS id, 'it''s' AS note) TO '{tmp_path}/orders_{number}.csv'")
        link.execute(f"COPY (SELECT 1 AS id, TIMESTAMPTZ '2024-07-01 00:00:00+02' AS at) TO '{tmp_path}/e.parquet'")
        link.execute(f"COPY (SELECT 3 AS id) TO '{tmp_path}/c.json'")
        link.execute(f"COPY (SELECT 'secret' AS word) TO '{tmp_path}/secret.csv'")
    return tmp_path


def over(files: Path, text: str) -> Engine:
    return Engine("duckdb", {"files": text.format(d=files)}, lambda _: None, "", TYPES, "main")


@contextmanager
def held_open(engine: Engine, how: str) -> Iterator[None]:
    """While open, another process has the engine's file open."""
    code = f"import duckdb, sys; a = duckdb.connect(sys.argv[1], {how}); print(1, flush=True); sys.stdin.read()"
    argv = (sys.executable, "-c", code, str(engine.settings["database"]))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            yield
        finally:
            other.communicate()


NAMED = "orders={d}/orders_*.csv; events={d}/e.parquet; customers={d}/c.json"


class TestDuckDB(ProblemContract, ConnectorContract):
    driver = "duckdb"

    def unreachable(self, engine: Engine) -> None:
        with engine.session() as session:
            session.close()
            session.execute("SELECT 1")

    def forbidden(self, engine: Engine) -> None:
        engine.select("SELECT * FROM read_text('/etc/hostname')")

    def exhausted(self, engine: Engine) -> None:
        with engine.session(memory_limit_mb=64, threads=1) as session:
            session.execute("SELECT length(string_agg(repeat('x', 1000), '')) FROM range(1000000)")

    def test_a_schema_may_have_any_name(self, engine: Engine) -> None:
        name = engine.dialect.ident("it's a shop")  # also what DuckDB calls the file
        engine.write([f"CREATE SCHEMA {name}.{name}", f"CREATE TABLE {name}.{name}.t AS SELECT 1 AS a"])
        with engine.session() as session:
            assert "it's a shop" in session.get_schemas()
        assert engine.value("a", engine.dialect.table("it's a shop", "t")) == 1

    def test_values_of_an_enum_are_compared_as_texts(self, engine: Engine) -> None:
        engine.write(
            [
                "CREATE TYPE contract.mood AS ENUM ('well', 'ill')",
                "CREATE TABLE contract.moods (m contract.mood)",
                "INSERT INTO contract.moods VALUES ('well'), ('ill'), ('ill'), (NULL)",
            ]
        )
        dialect = engine.dialect
        assert engine.value(f"COUNT(DISTINCT {dialect.exact('m')})", "contract.moods") == 2
        assert engine.value(dialect.count_if(dialect.equals_text("m", dialect.literal("ill"))), "contract.moods") == 2

    def test_two_sessions_read_a_file_at_once(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,)])
        with engine.session() as one, engine.session() as other:
            assert one.execute(f"SELECT v FROM {table}").rows == other.execute(f"SELECT v FROM {table}").rows

    def test_a_file_that_another_process_writes_is_busy(self, engine: Engine) -> None:
        with held_open(engine, "read_only=False"), pytest.raises(SourceError) as caught, engine.session():
            pass
        assert caught.value.problem is SourceProblem.RESOURCE
        assert caught.value.may_heal

    def test_a_file_that_another_process_reads_can_be_read(self, engine: Engine) -> None:
        with held_open(engine, "read_only=True"):
            assert engine.value("1") == 1

    def test_a_file_that_is_no_database_is_not_found(self, engine: Engine, files: Path) -> None:
        with pytest.raises(SourceError) as caught, engine.session(database=str(files / "secret.csv")):
            pass
        assert caught.value.problem is SourceProblem.NOT_FOUND


class TestFiles:
    def test_named_files_are_tables(self, files: Path) -> None:
        engine = over(files, NAMED)
        with engine.session() as session:
            tables = session.get_tables("main")
            columns = session.get_columns("main", "events")
        assert [(t.table_name, t.kind) for t in tables] == [
            ("customers", TableKind.FILE),
            ("events", TableKind.FILE),
            ("orders", TableKind.FILE),
        ]
        assert [(c.name, c.data_type) for c in columns] == [("id", DataType.INTEGER), ("at", DataType.TIMESTAMP_TZ)]
        assert engine.value("SUM(id)", engine.dialect.table("main", "orders")) == 3
        assert engine.value("id", "customers") == 3

    def test_files_stand_beside_the_tables_of_a_database(self, engine: Engine, files: Path) -> None:
        with engine.session(files=f"orders={files}/orders_*.csv") as session:
            assert session.execute("SELECT COUNT(*) FROM main.orders").rows[0] == (2,)
            assert [c.name for c in session.get_columns("main", "orders")] == ["id", "note"]

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT * FROM read_csv('{d}/secret.csv')",
            "SELECT * FROM '{d}/secret.csv'",
            "SELECT * FROM read_text('/etc/passwd')",
            "SELECT * FROM read_blob('/proc/self/environ')",
            "SELECT * FROM glob('{d}/*')",
            "SELECT * FROM 'https://example.org/x.csv'",
            "SELECT * FROM query('SELECT * FROM read_csv(''{d}/secret.csv'')')",
            "COPY (SELECT 1) TO '{d}/written.csv'",
            "ATTACH '{d}/other.duckdb'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SET lock_configuration = false",
            "CREATE TABLE memory.main.t AS SELECT 1",
            "PRAGMA database_list; SELECT 1",
        ],
    )
    def test_custom_sql_reaches_no_other_file(self, files: Path, sql: str) -> None:
        with over(files, NAMED).session() as session, pytest.raises(SourceError) as caught:
            session.execute(sql.format(d=files))
        assert caught.value.problem in (SourceProblem.PERMISSION, SourceProblem.NOT_FOUND, SourceProblem.BAD_SQL)
        assert "secret" not in caught.value.message
        assert sorted(path.name for path in files.iterdir()) == [
            "c.json",
            "e.parquet",
            "orders_1.csv",
            "orders_2.csv",
            "secret.csv",
        ]

    def test_python_variables_are_no_tables(self, files: Path) -> None:
        relation = duckdb.values([1])  # noqa: F841
        with over(files, NAMED).session() as session, pytest.raises(SourceError) as caught:
            session.execute("SELECT * FROM relation")
        assert caught.value.problem is SourceProblem.NOT_FOUND

    def test_files_that_do_not_exist_are_named_without_their_path(self, files: Path) -> None:
        with pytest.raises(SourceError) as caught, over(files, "gone={d}/gone_*.csv").session():
            pass
        assert caught.value.problem is SourceProblem.NOT_FOUND
        assert "'gone'" in caught.value.message
        assert str(files) not in caught.value.message

    def test_a_name_that_the_database_has_is_refused(self, engine: Engine, files: Path) -> None:
        engine.write(["CREATE TABLE main.taken AS SELECT 1 AS a"])
        with pytest.raises(SourceError, match="'taken' is a table"), engine.session(files=f"taken={files}/c.json"):
            pass

    def test_a_session_is_stale_when_files_come_or_change(self, files: Path) -> None:
        with over(files, NAMED).session() as session:
            assert not session.is_stale()
            (files / "orders_3.csv").write_text("id,note\n5,new\n")
            assert session.is_stale()

    def test_a_statement_may_use_more_memory_than_it_is_given(self, files: Path) -> None:
        sql = (
            "SELECT COUNT(*) FROM (SELECT DISTINCT hash(range), repeat('x', 20) || range::VARCHAR FROM range(2000000))"
        )
        engine = over(files, NAMED)
        with engine.session(short(), memory_limit_mb=100, threads=2) as session:
            assert session.execute(sql).rows[0] == (2000000,)

    @pytest.mark.parametrize(
        ("path", "extension", "settings"),
        [
            ("s3://shop/*.parquet", "httpfs", {"s3_access_key_id": "k", "s3_secret_access_key": "hidden"}),
            ("gs://shop/a.csv", "httpfs", {}),
            ("az://shop/a.csv", "azure", {"azure_connection_string": "hidden"}),
        ],
    )
    def test_an_extension_that_is_not_installed_is_named_and_not_fetched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, extension: str, settings: dict[str, str]
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        engine = over(tmp_path, f"a={path}")
        with pytest.raises(SourceError, match=f"INSTALL {extension}") as caught, engine.session(**settings):
            pass
        assert caught.value.problem is SourceProblem.DRIVER_MISSING
        assert "hidden" not in caught.value.message
        assert not list(tmp_path.rglob("*.duckdb_extension"))

    def test_files_tell_their_size_and_the_time_of_the_newest(self, files: Path) -> None:
        os.utime(files / "orders_1.csv", (0, 1_700_000_000))
        os.utime(files / "orders_2.csv", (0, 1_600_000_000))
        with over(files, NAMED).session() as session:
            [orders] = [table for table in session.get_tables("main") if table.table_name == "orders"]
        assert orders.size_bytes == sum((files / f"orders_{n}.csv").stat().st_size for n in (1, 2))
        assert orders.last_change_time == datetime.fromtimestamp(1_700_000_000, UTC)

    @pytest.mark.parametrize(
        "settings",
        [
            {"files": "t={d}/secret.csv"},
            {"files": "t={d}/*.csv"},
            {"files": "t={d}/open/link.csv"},
            {"files": "t={d}/open/*/secret.csv"},
            {"files": "t={d}/open/*/../../secret.csv"},
            {"files": "t={d}/open/../secret.csv"},
            {"files": "t={d}/open/keys/a.csv"},
            {"database": "{d}/shop.duckdb"},
            {"database": "{d}/open/link.duckdb"},
        ],
    )
    def test_no_file_is_read_but_those_below_the_directories_allowed(
        self, files: Path, settings: dict[str, str]
    ) -> None:
        allowed = files / "open"
        (allowed / "keys").mkdir(parents=True)
        (allowed / "keys" / "a.csv").write_text("word\nsecret\n")
        (allowed / "own.csv").write_text("id\n7\n")
        (allowed / "link.csv").symlink_to(files / "secret.csv")
        (allowed / "folder").symlink_to(files)
        duckdb.connect(str(files / "shop.duckdb")).close()
        (allowed / "link.duckdb").symlink_to(files / "shop.duckdb")
        guards = short(files=FilePlaces((allowed,), (allowed / "keys",)))
        given = {name: text.format(d=files) for name, text in settings.items()}
        engine = Engine("duckdb", given, lambda _: None, "", TYPES, "main")
        with pytest.raises(SourceError, match="DQ_FILE_DIRECTORIES") as caught, engine.session(guards):
            pass
        assert caught.value.problem is SourceProblem.PERMISSION
        with over(files, "t={d}/open/own.csv").session(guards) as session:
            assert session.execute("SELECT id FROM t").rows == [(7,)]

    def test_neither_database_nor_files_is_refused(self) -> None:
        with pytest.raises(Invalid, match="database or files is required"), over(Path("/"), "").session():
            pass
