from __future__ import annotations

import ssl

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.mysql import MySQLConnector
from dq_platform.errors import SourceError, SourceProblem


def connector(**settings: str) -> MySQLConnector:
    return MySQLConnector({"host": "h", "user": "u", **settings}, Guards())


def test_each_mode_demands_its_share_of_tls() -> None:
    assert connector(ssl_mode="disable")._tls() == {"ssl_disabled": True}
    assert connector(ssl_mode="prefer")._tls() == {"ssl_disabled": False}
    required = connector(ssl_mode="require")._tls()["ssl"]
    assert isinstance(required, ssl.SSLContext)
    assert (required.verify_mode, required.check_hostname) == (ssl.CERT_NONE, False)
    default = connector()._tls()["ssl"]
    assert isinstance(default, ssl.SSLContext)
    assert (default.verify_mode, default.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert connector(unix_socket="/m.sock")._tls() == {"ssl_disabled": False}


@pytest.mark.parametrize("path", ["/no/such/file.pem", __file__])
def test_a_certificate_that_cannot_be_read_is_told_without_its_path(path: str) -> None:
    with pytest.raises(SourceError) as caught:
        connector(ssl_mode="verify-full", ssl_root_cert=path)._tls()
    assert caught.value.problem is SourceProblem.CREDENTIALS
    assert path not in caught.value.message


@pytest.mark.parametrize(
    ("server", "setting"), [("8.4.1", "max_execution_time = 300000"), ("11.4-MariaDB", "max_statement_time = 300.0")]
)
def test_each_product_gets_its_own_timeout(server: str, setting: str) -> None:
    assert setting in connector()._session_settings(server)[0]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 /*!INTO OUTFILE '/tmp/x'*/",
        "SELECT 1 /*M!INTO OUTFILE '/tmp/x'*/",
        "SELECT 1 /*+ ' */ INTO OUTFILE '/tmp/x' -- '",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "SELECT 1e5into OUTFILE '/tmp/x'",
        "SELECT 1.5INTO @x",
        "(SELECT 1 INTO DUMPFILE '/tmp/x')",
        "SELECT 1 -- a\x00 INTO @x",
        "SELECT 1 #\r INTO @x\n",
        "SELECT 1 --' ' INTO OUTFILE '/tmp/x'",
        "SELECT `a\\` INTO @x -- `",
        "SELECT 1; SELECT 2",
        "KILL 1",
        "SET @x = 1",
    ],
)
def test_nothing_that_writes_is_sent(sql: str) -> None:
    with pytest.raises(SourceError) as caught:
        connector().execute(sql)
    assert caught.value.problem is SourceProblem.PERMISSION


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 3--2 AS v, 'into', `into`, x_into, intox FROM t # into",
        "-- 'into\r\n(SELECT TRUNCATE(v, 2), INSERT(w, 1, 1, '--') FROM t)",
        "SELECT 'it''s', \"say \\\"into\\\"\" FROM t;",
    ],
)
def test_a_query_goes_as_far_as_the_session(sql: str) -> None:
    with pytest.raises(SourceError) as caught:
        connector().execute(sql)
    assert caught.value.problem is SourceProblem.UNREACHABLE
