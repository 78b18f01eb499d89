from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType
from local.ports import any_free
from tests.contract.catalogue import columns_of
from tests.contract.engine import Engine
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


class TestMySQL(ConnectorContract):
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
