from __future__ import annotations

import pytest

from dq_platform.connectors.settings import validate_settings
from dq_platform.connectors.sqlserver import SQLServerConnector
from dq_platform.connectors.sqlserver_odbc import FREETDS, chosen_driver, connection_string, token_attribute
from dq_platform.errors import Invalid, SourceError, SourceProblem
from dq_platform.models.connection import SettingValue

MICROSOFTS = "ODBC Driver 18 for SQL Server"
BY_PASSWORD = {"user": "checker", "password": "secret"}
BY_TOKEN = {"authentication": "access_token", "access_token": "header.body"}


def settings(**changes: SettingValue) -> dict[str, SettingValue]:
    own = {} if "authentication" in changes else BY_PASSWORD
    return dict(validate_settings(SQLServerConnector, {"host": "db", "database": "shop"} | own | changes))


def test_the_session_is_encrypted_and_the_certificate_verified_by_default() -> None:
    assert connection_string(settings(), MICROSOFTS) == (
        "DRIVER={ODBC Driver 18 for SQL Server};SERVER={tcp:db,1433};Encrypt={yes};TrustServerCertificate={no};"
        "UID={checker};PWD={secret};DATABASE={shop};ApplicationIntent={ReadOnly};APP={dq-platform};"
    )


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("disable", "Encrypt={no};TrustServerCertificate={no};"),
        ("require", "Encrypt={yes};TrustServerCertificate={yes};"),
        ("strict", "Encrypt={strict};TrustServerCertificate={no};"),
    ],
)
def test_what_is_not_verified_is_said_so(mode: str, options: str) -> None:
    assert options in connection_string(settings(ssl_mode=mode), MICROSOFTS)


def test_a_certificate_may_be_for_another_name() -> None:
    told = connection_string(settings(certificate_host="*.example.org"), MICROSOFTS)
    assert "HostNameInCertificate={*.example.org};" in told


@pytest.mark.parametrize(
    ("name", "value", "quoted"),
    [
        ("password", "a;UID=sa", "PWD={a;UID=sa};"),
        ("password", "a};TrustServerCertificate={yes", "PWD={a}};TrustServerCertificate={yes};"),
        ("database", "x}", "DATABASE={x}}};"),
        ("host", "db;Encrypt=no", "SERVER={tcp:db;Encrypt=no,1433};"),
        ("application_name", "};Encrypt={no", "APP={}};Encrypt={no};"),
    ],
)
def test_no_value_adds_an_option(name: str, value: str, quoted: str) -> None:
    assert quoted in connection_string(settings(**{name: value}), MICROSOFTS)


def test_an_access_token_goes_in_an_attribute_alone() -> None:
    told = connection_string(settings(**BY_TOKEN), MICROSOFTS)
    assert "UID" not in told
    assert "header" not in told
    assert token_attribute("ab") == b"\x04\x00\x00\x00a\x00b\x00"


def test_a_service_principal_logs_in_through_entra() -> None:
    given = settings(authentication="service_principal", client_id="app", client_secret="s;x")
    told = connection_string(given, MICROSOFTS)
    assert "Authentication={ActiveDirectoryServicePrincipal};UID={app};PWD={s;x};" in told


def test_freetds_is_told_the_same_in_its_own_words() -> None:
    assert connection_string(settings(ssl_mode="require", port=1444), FREETDS) == (
        "DRIVER={FreeTDS};SERVER={db};PORT={1444};TDS_Version={7.4};ClientCharset={UTF-8};Encryption={require};"
        "UID={checker};PWD={secret};DATABASE={shop};ApplicationIntent={ReadOnly};APP={dq-platform};"
    )


@pytest.mark.parametrize("value", ["a};UID={sa", "{a}", " a}", "a} "])
def test_what_freetds_cannot_quote_is_refused(value: str) -> None:
    with pytest.raises(SourceError) as caught:
        connection_string(settings(ssl_mode="require", password=value), FREETDS)
    assert caught.value.problem is SourceProblem.DRIVER_MISSING
    assert value not in caught.value.message


def test_microsofts_newest_driver_comes_first() -> None:
    installed = [FREETDS, "ODBC Driver 17 for SQL Server", MICROSOFTS]
    assert chosen_driver(settings(), installed) == MICROSOFTS
    assert chosen_driver(settings(), installed[:2]) == "ODBC Driver 17 for SQL Server"
    assert chosen_driver(settings(ssl_mode="require"), [FREETDS]) == FREETDS
    assert chosen_driver(settings(ssl_mode="require", odbc_driver=FREETDS), installed) == FREETDS


@pytest.mark.parametrize(
    ("changes", "installed", "told"),
    [
        ({}, [], "none of ODBC Driver 18 for SQL Server, .* is installed: msodbcsql18 .* tdsodbc"),
        ({"odbc_driver": "/tmp/evil.so"}, [MICROSOFTS], "none of /tmp/evil.so is installed"),
        ({}, [FREETDS], "set ssl_mode to require"),
        (BY_TOKEN, [FREETDS], "FreeTDS knows passwords only"),
    ],
)
def test_a_driver_that_will_not_do_is_told_with_its_remedy(
    changes: dict[str, SettingValue], installed: list[str], told: str
) -> None:
    with pytest.raises(SourceError, match=told) as caught:
        chosen_driver(settings(**changes), installed)
    assert caught.value.problem is SourceProblem.DRIVER_MISSING


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        settings(authentication="access_token", user="u", ssl_mode="off", port=0)
    fields = {violation.field.rpartition(".")[2] for violation in caught.value.violations}
    assert fields == {"port", "user", "access_token", "ssl_mode"}


def test_the_way_to_log_in_must_be_written_out() -> None:
    with pytest.raises(Invalid, match="authentication must be written out"):
        validate_settings(SQLServerConnector, {"host": "h", "database": "d", "authentication": "${env:WAY}"})


def test_a_mode_that_is_none_is_verified() -> None:
    unknown = settings() | {"ssl_mode": "whatever"}
    assert "Encrypt={yes};TrustServerCertificate={no};" in connection_string(unknown, MICROSOFTS)
    with pytest.raises(SourceError, match="does not verify"):
        chosen_driver(unknown, [FREETDS])


def test_a_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(Invalid, match="ssl_mode must not be disable beside authentication access_token"):
        settings(**BY_TOKEN, ssl_mode="disable")
