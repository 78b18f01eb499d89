"""What the connector asks of Oracle's driver, and what it makes of the answers; a script stands for the server."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import oracledb
import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.oracle import OracleConnector
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import SourceError, SourceProblem
from tests.contract.engine import short
from tests.engines.oracle import Column, OracleDouble, failure

SETTINGS = {"host": "db.example.org", "service_name": "shop", "user": "checker", "password": "its (password)"}


@dataclass
class Script:
    """Answers every statement with the same rows, or fails."""

    columns: list[Column] = field(default_factory=lambda: [Column("V")])
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    failure: Exception | None = None
    limits: list[int] = field(default_factory=list)
    cancelled: int = 0

    def describe(self, sql: str) -> list[Column]:
        if "SYS_EXTRACT_UTC" in sql:
            zoned = oracledb.DB_TYPE_TIMESTAMP_TZ
            return [
                Column(one.name, oracledb.DB_TYPE_TIMESTAMP if one.type_code is zoned else one.type_code)
                for one in self.columns
            ]
        return self.columns

    def execute(self, sql: str, parameters: Mapping[str, str], milliseconds: int) -> list[tuple[Any, ...]]:
        self.limits.append(milliseconds)
        if self.failure is not None:
            raise self.failure
        return list(self.rows)

    def cancel(self) -> None:
        self.cancelled += 1


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def double(script: Script, monkeypatch: pytest.MonkeyPatch) -> OracleDouble:
    double = OracleDouble(script)
    monkeypatch.setattr(oracledb, "connect", double.connect)
    return double


@pytest.fixture
def session(double: OracleDouble) -> Iterator[OracleConnector]:
    connector = connected(short(max_rows=10))
    yield connector
    connector.close()


def connected(guards: Guards) -> OracleConnector:
    connector = OracleConnector(validate_settings(OracleConnector, SETTINGS), guards)
    connector.connect()
    return connector


def refused(session: OracleConnector, sql: str = "SELECT v FROM t") -> SourceError:
    with pytest.raises(SourceError) as caught:
        session.execute(sql)
    return caught.value


def test_a_session_is_in_utc_and_writes_numbers_and_dates_in_one_way(
    double: OracleDouble, session: OracleConnector
) -> None:
    [asked] = double.connects
    assert asked.items() >= SETTINGS.items()
    assert (asked["tcp_connect_timeout"], asked["program"]) == (10.0, "dq-platform")
    [settings] = double.statements
    assert settings.startswith("ALTER SESSION SET TIME_ZONE = 'UTC' NLS_NUMERIC_CHARACTERS = '.,'")


def test_each_statement_has_a_read_only_transaction_that_is_rolled_back(
    double: OracleDouble, session: OracleConnector
) -> None:
    session.execute("SELECT v FROM t")
    assert double.statements[1:] == ["SET TRANSACTION READ ONLY", "SELECT v FROM t", "ROLLBACK"]


def test_a_failed_statement_is_rolled_back_too(double: OracleDouble, session: OracleConnector, script: Script) -> None:
    script.failure = failure("ORA-00904", '"V": invalid identifier')
    assert refused(session).problem is SourceProblem.BAD_SQL
    assert double.statements[-1] == "ROLLBACK"


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE t",
        "BEGIN NULL; END;",
        "SELECT 1 FROM dual; DROP TABLE t",
        "WITH FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END; SELECT f FROM dual",
        "SELECT v FROM t FOR UPDATE",
    ],
)
def test_only_a_query_is_sent(double: OracleDouble, session: OracleConnector, sql: str) -> None:
    assert refused(session, sql).problem is SourceProblem.PERMISSION
    assert len(double.statements) == 1


def test_texts_quoted_in_oracles_own_way_and_hints_are_no_statements(session: OracleConnector, script: Script) -> None:
    script.rows = [(Decimal(1),)]
    assert session.execute("SELECT /*+ FULL(t) ' */ q'[it's; DELETE]', Nq'!'a!' FROM t").rows == [(1,)]


def test_the_tag_is_the_sessions_action_not_a_comment(double: OracleDouble, session: OracleConnector) -> None:
    session.execute("SELECT v FROM t", tag="workspace=w-1, job=" + "7" * 80)
    [connection] = double.connections
    assert connection.action == connection.client_identifier
    assert connection.action.startswith("dq workspace=w-1, job=777")
    assert len(connection.action) == 64
    assert connection.module == "dq-platform"
    session.execute("SELECT v FROM t")
    assert connection.action == ""


def test_what_is_left_of_the_timeout_limits_each_call(double: OracleDouble, script: Script) -> None:
    session = connected(short())
    session.execute("SELECT v FROM t")
    assert 59_000 < script.limits[0] <= 60_000
    session._ends = 0.0
    session._hurry()
    assert double.connections[0].call_timeout == 1


def test_cancel_reaches_the_server_only_while_a_statement_runs(session: OracleConnector, script: Script) -> None:
    session.cancel()
    assert script.cancelled == 0
    with session._statement():
        session.cancel()
    assert script.cancelled == 1


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("ORA-01013", SourceProblem.CANCELLED),
        ("DPY-4024", SourceProblem.TIMEOUT),
        ("DPY-4011", SourceProblem.UNREACHABLE),
        ("ORA-03113", SourceProblem.UNREACHABLE),
        ("ORA-01031", SourceProblem.PERMISSION),
        ("ORA-01456", SourceProblem.PERMISSION),
        ("ORA-00942", SourceProblem.NOT_FOUND),
        ("ORA-01555", SourceProblem.RESOURCE),
        ("ORA-01652", SourceProblem.RESOURCE),
        ("ORA-00933", SourceProblem.BAD_SQL),
    ],
)
def test_an_error_names_its_problem_and_its_code(
    session: OracleConnector, script: Script, code: str, problem: SourceProblem
) -> None:
    script.failure = failure(code, "told about 'secret'\nHelp: https://docs.oracle.com/error-help/")
    error = refused(session)
    assert (error.problem, error.code) == (problem, code)
    assert "secret" not in error.message
    assert "https" not in error.message


@pytest.mark.parametrize(
    ("raised", "problem"),
    [
        (socket.gaierror(-2, "Name or service not known"), SourceProblem.UNREACHABLE),
        (failure("DPY-6005", "cannot connect to db.example.org"), SourceProblem.UNREACHABLE),
        (failure("DPY-6001", 'Service "shop" is not registered'), SourceProblem.NOT_FOUND),
        (failure("DPY-6008", "certificate is of another host"), SourceProblem.CREDENTIALS),
        (failure("ORA-01017", "invalid credential"), SourceProblem.CREDENTIALS),
        (failure("ORA-28000", "the account is locked"), SourceProblem.CREDENTIALS),
    ],
)
def test_a_session_that_does_not_come_about_is_told_without_names(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, problem: SourceProblem
) -> None:
    def connect(**_: object) -> None:
        raise raised

    monkeypatch.setattr(oracledb, "connect", connect)
    with pytest.raises(SourceError) as caught:
        connected(short())
    assert caught.value.problem is problem
    assert not [word for word in ("db.example.org", "shop", "checker") if word in caught.value.message]


def test_whole_numbers_are_int_and_others_keep_their_digits(session: OracleConnector, script: Script) -> None:
    script.columns = [Column("COUNT", scale=-127), Column("PRICE", scale=2), Column("SUM", scale=-127)]
    script.rows = [(Decimal(12), Decimal("3.00"), Decimal("0.5")), (None, None, None)]
    [row, nothing] = session.execute("SELECT v FROM t").rows
    assert [(type(value), value) for value in row] == [(int, 12), (Decimal, Decimal(3)), (Decimal, Decimal("0.5"))]
    assert nothing == (None, None, None)


def test_a_date_is_a_date_unless_a_value_of_its_column_has_a_time_of_day(
    session: OracleConnector, script: Script
) -> None:
    script.columns = [Column(name, oracledb.DB_TYPE_DATE) for name in ("DAY", "MOMENT")]
    script.rows = [(datetime(2024, 7, 1), datetime(2024, 7, 1)), (None, datetime(2024, 7, 1, 12))]  # noqa: DTZ001
    rows = session.execute("SELECT v FROM t").rows
    assert rows == [(date(2024, 7, 1), datetime(2024, 7, 1)), (None, datetime(2024, 7, 1, 12))]  # noqa: DTZ001


def test_timestamps_with_a_zone_are_fetched_in_utc(
    double: OracleDouble, session: OracleConnector, script: Script
) -> None:
    script.columns = [Column("A"), Column('B"c', oracledb.DB_TYPE_TIMESTAMP_TZ)]
    answer = session.execute("SELECT a, b FROM t ORDER BY a")
    assert double.statements[-2] == (
        "WITH dq (c0, c1) AS (\nSELECT a, b FROM t ORDER BY a\n) "
        'SELECT c0 AS "A", SYS_EXTRACT_UTC(c1) AS "B""c" FROM dq'
    )
    assert answer.columns == ("A", 'B"c')


def test_no_more_rows_are_fetched_than_the_limit_needs(
    session: OracleConnector, script: Script, double: OracleDouble
) -> None:
    script.rows = [(Decimal(n),) for n in range(10)]
    assert len(session.execute("SELECT v FROM t").rows) == 10
    script.rows = [(Decimal(n),) for n in range(1000)]
    assert refused(session).problem is SourceProblem.TOO_MANY_ROWS


def test_a_version_that_the_dictionary_hides_is_the_drivers(session: OracleConnector) -> None:
    assert session.version().version == "23.4.0.24.5"
