from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType
from local.ports import any_free
from tests.contract.catalogue import columns_of
from tests.contract.engine import Engine, short
from tests.contract.problems import ProblemContract
from tests.contract.suite import ConnectorContract
from tests.engines.mariadb import MariaDBServer

TYPES = {
    DataType.BOOLEAN: "BOOLEAN",
    DataType.INTEGER: "BIGINT",
    DataType.DECIMAL: "DECIMAL(38, 10)",
    DataType.FLOAT: "DOUBLE",
    DataType.TEXT: "VARCHAR(200)",
    DataType.DATE: "DATE",
    DataType.TIMESTAMP: "DATETIME(6)",
    DataType.TIMESTAMP_TZ: "TIMESTAMP(6) NULL",
    DataType.TIME: "TIME",
    DataType.BINARY: "VARBINARY(20)",
}

OTHER_TYPES = {
    "TINYINT": DataType.INTEGER,
    "TINYINT UNSIGNED": DataType.INTEGER,
    "YEAR": DataType.INTEGER,
    "FLOAT": DataType.FLOAT,
    "CHAR(3)": DataType.TEXT,
    "LONGTEXT": DataType.TEXT,
    "ENUM('a', 'b')": DataType.TEXT,
    "BLOB": DataType.BINARY,
    "UUID": DataType.UUID,
    "POINT": DataType.OTHER,
}


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDBServer]:
    with MariaDBServer() as server:
        yield server


@pytest.fixture(scope="module")
def engine(server: MariaDBServer) -> Engine:
    params = server.params

    def write(statements: Sequence[str]) -> None:
        with closing(server.connect()) as link, link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def select(sql: str) -> list[tuple[int]]:
        with closing(server.connect()) as link, link.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def running(text: str) -> int:
        sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND info LIKE"
        return select(f"{sql} '%{text}%'")[0][0]

    def kill_sessions() -> None:
        sessions = select("SELECT id FROM information_schema.processlist WHERE user = 'checker'")
        write([f"KILL {number}" for (number,) in sessions])

    server.create_database("contract")
    # Literals and comparisons must not depend on the server's own modes.
    write(
        [
            "SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
            "SET GLOBAL time_zone = '+05:00'",
            "CREATE USER checker@'%' IDENTIFIED BY 'its \"password\"'",
            "GRANT ALL ON *.* TO checker@'%'",
        ]
    )

    def write_plainly(statements: Sequence[str]) -> None:
        write(["SET SESSION sql_mode = 'STRICT_TRANS_TABLES', time_zone = '+00:00'", *statements])

    return Engine(
        type="mysql",
        settings={"host": params.host, "port": params.port, "user": "checker", "password": 'its "password"'},
        write=write_plainly,
        slow="SELECT COUNT(*) AS n FROM " + ", ".join(f"information_schema.collations AS c{n}" for n in range(6)),
        types=TYPES,
        other_types=OTHER_TYPES,
        schema="contract",
        wrong_password={"password": "wr0ng-secret"},
        unreachable={"port": any_free()},
        running=running,
        kill_sessions=kill_sessions,
        converts_anything=True,
        column_comment="ALTER TABLE {table} MODIFY a BIGINT COMMENT '{comment}'",
    )


class TestMySQL(ProblemContract, ConnectorContract):
    driver = "pymysql"

    def forbidden(self, engine: Engine) -> None:
        engine.write(["CREATE USER stranger@'%' IDENTIFIED BY 's'", "CREATE TABLE contract.closed (v INT)"])
        with engine.session(user="stranger", password="s") as session:
            session.execute("SELECT v FROM contract.closed")

    def exhausted(self, engine: Engine) -> None:
        engine.write(["CREATE USER lonely@'%' IDENTIFIED BY 's' WITH MAX_USER_CONNECTIONS 1"])
        with engine.session(user="lonely", password="s"), engine.session(user="lonely", password="s"):
            pass

    def test_a_database_is_a_schema(self, engine: Engine) -> None:
        with engine.session(database="contract") as session:
            assert session.execute("SELECT DATABASE()").rows[0] == ("contract",)

    def test_an_unknown_database_is_not_found(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught, engine.session(database="nowhere"):
            pass
        assert caught.value.problem is SourceProblem.NOT_FOUND
        assert caught.value.code == "1049"

    def test_a_forbidden_table_is_a_question_of_permission(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER})
        engine.write(["CREATE USER reader@'%' IDENTIFIED BY 'read'"])
        with engine.session(user="reader", password="read") as session, pytest.raises(SourceError) as caught:
            session.execute(f"SELECT v FROM {table}")
        assert caught.value.problem is SourceProblem.PERMISSION

    def test_an_index_estimates_the_distinct_values(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER, "w": DataType.INTEGER}, [(n % 5, n) for n in range(500)])
        engine.write([f"CREATE INDEX low ON {table} (v)", f"ANALYZE TABLE {table}"])
        name = table.split(".")[1].strip("`")
        estimates = [c.estimated_distinct for c in columns_of(engine, name)]
        assert estimates[0] is not None
        assert 2 <= estimates[0] <= 50
        assert estimates[1] is None

    def test_a_table_tells_its_size_and_when_it_changed_in_utc(self, engine: Engine) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        name = engine.named_table("sized", {"v": DataType.INTEGER}, [(n,) for n in range(100)])
        engine.write([f"ANALYZE TABLE contract.{name}"])
        with engine.session() as session:
            [table] = [table for table in session.get_tables("contract") if table.table_name == name]
        assert table.size_bytes is not None
        assert table.size_bytes >= 100 * 8
        assert table.last_change_time is not None
        assert before <= table.last_change_time <= datetime.now(UTC)

    def test_the_catalogue_of_many_tables_takes_few_statements(self, engine: Engine, server: MariaDBServer) -> None:
        for number in range(20):
            engine.named_table(f"many_{number}", {"v": DataType.INTEGER, "w": DataType.TEXT})

        def statements() -> int:
            with closing(server.connect()) as link, link.cursor() as cursor:
                cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_select'")
                return int(cursor.fetchall()[0][1])

        with engine.session() as session:
            before = statements()
            tables = session.get_tables("contract")
            columns = session.get_all_columns("contract")
            assert statements() - before == 2
        assert {table.table_name for table in tables} == columns.keys()
        assert len(tables) >= 20

    def test_names_that_differ_in_their_case_alone_are_kept_apart(self, engine: Engine) -> None:
        for name, columns in (("Twins", {"a": DataType.INTEGER}), ("twins", {"b": DataType.INTEGER})):
            engine.named_table(name, columns)
        with engine.session(short(max_rows=100)) as session:
            found = session.get_all_columns("contract")
        assert ([c.name for c in found["Twins"]], [c.name for c in found["twins"]]) == (["a"], ["b"])

    def test_a_column_in_another_character_set_is_compared_exactly(self, engine: Engine) -> None:
        engine.write(
            [
                "CREATE TABLE contract.latin (v VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci)",
                "INSERT INTO contract.latin VALUES ('é'), ('e'), ('É')",
            ]
        )
        dialect = engine.dialect
        equal = dialect.count_if(dialect.equals_text("v", dialect.literal("é")))
        matching = dialect.count_if(dialect.matches("v", dialect.literal("^é$")))
        assert list(engine.select(f"SELECT {equal}, {matching} FROM contract.latin").rows) == [(1, 1)]

    def test_no_file_is_written(self, engine: Engine, tmp_path: Path) -> None:
        tmp_path.chmod(0o777)
        with engine.session() as session:
            for number, form in enumerate(("SELECT 1 {}", "(SELECT 1 {})", "SELECT 1 /*!{}*/", "SELECT 1.5{}")):
                path = tmp_path / f"{number}.txt"
                with pytest.raises(SourceError) as caught:
                    session.execute(form.format(f"INTO OUTFILE '{path}'"))
                assert (caught.value.problem, path.exists()) == (SourceProblem.PERMISSION, False)
