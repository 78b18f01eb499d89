from __future__ import annotations

import importlib
import ssl
import struct

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.redshift import RedshiftConnector
from dq_platform.errors import SourceError, SourceProblem


@pytest.fixture
def connector() -> RedshiftConnector:
    made = RedshiftConnector({"host": "h", "database": "d", "authentication": "password"}, Guards())
    made._driver = importlib.import_module("redshift_connector")
    return made


def test_an_error_of_the_server_is_told_by_its_sqlstate(connector: RedshiftConnector) -> None:
    said = {"S": "ERROR", "C": "42601", "M": 'syntax error at or near "secret"'}
    error = connector._translate(connector._driver.ProgrammingError(said))
    assert (error.problem, error.code) == (SourceProblem.BAD_SQL, "42601")
    assert error.message == "Redshift cannot execute the statement. It says: syntax error at or near …"
    over = connector._translate(connector._driver.ProgrammingError({"C": "57014", "M": "cancelled on user's request"}))
    assert over.problem is SourceProblem.TIMEOUT


@pytest.mark.parametrize("error", [struct.error("unpack"), ConnectionResetError(), TimeoutError("timed out")])
def test_a_connection_that_breaks_is_unreachable(connector: RedshiftConnector, error: Exception) -> None:
    assert isinstance(error, connector._driver_errors())
    assert connector._translate(error).problem is SourceProblem.UNREACHABLE


def test_a_certificate_that_is_not_trusted_is_told_as_such(connector: RedshiftConnector) -> None:
    inner = ssl.SSLCertVerificationError("Hostname mismatch for 'secret.example.org'")
    error = connector._translate(connector._driver.InterfaceError("communication error", inner))
    assert error.problem is SourceProblem.UNREACHABLE
    assert "certificate" in error.message
    assert "secret" not in error.message


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch, connector: RedshiftConnector) -> None:
    def import_module(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", import_module)
    with pytest.raises(SourceError, match=r"pip install 'dq-platform\[redshift\]'"):
        connector.connect()


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1 /* /* */ ' */; DROP TABLE t --'", "SELECT $$'$$; DROP TABLE t --'", "SELECT $a$'$a$; DROP TABLE t --'"],
)
def test_what_hides_a_second_statement_is_not_sent(connector: RedshiftConnector, sql: str) -> None:
    with pytest.raises(SourceError) as caught:
        connector.execute(sql)
    assert caught.value.problem is SourceProblem.PERMISSION
