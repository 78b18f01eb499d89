from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from dq_platform.connectors.oracle import OracleConnector
from dq_platform.connectors.oracle_settings import connect_parameters
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid, SourceError, SourceProblem
from tests.engines.certificates import Authority

GIVEN: dict[str, Any] = {"host": "db.example.org", "service_name": "shop", "user": "u", "password": "p"}
DESCRIPTOR = "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=h)(PORT=2484))(CONNECT_DATA=(SERVICE_NAME=s)))"


def asked(**changes: Any) -> dict[str, Any]:
    return connect_parameters(validate_settings(OracleConnector, GIVEN | changes))


def problems(**changes: Any) -> set[str]:
    with pytest.raises(Invalid) as caught:
        asked(**changes)
    assert not [one for one in caught.value.violations if "s3cret" in one.description]
    return {violation.field.rpartition(".")[2] for violation in caught.value.violations}


def test_tls_and_the_hosts_own_name_are_demanded_unless_that_is_switched_off() -> None:
    encrypted = {"port": 2484, "protocol": "tcps", "ssl_server_dn_match": True}
    assert asked() == GIVEN | encrypted
    plain = asked(protocol="tcp")
    assert (plain["protocol"], plain["port"]) == ("tcp", 1521)
    assert asked(server_dn_match=False)["ssl_server_dn_match"] is False


def test_a_database_is_named_by_a_sid_or_by_a_connect_string_instead() -> None:
    by_sid = asked(connect_by="sid", service_name=None, sid="ORCL")
    assert by_sid["sid"] == "ORCL"
    assert "service_name" not in by_sid
    assert problems(connect_by="sid") == {"service_name", "sid"}
    told = asked(connect_by="connect_string", host=None, service_name=None, connect_string=DESCRIPTOR)
    assert told == {"user": "u", "password": "p", "dsn": DESCRIPTOR, "ssl_server_dn_match": True}


def test_a_wallet_brings_certificates_and_names() -> None:
    wallet = {"wallet_location": "/etc/dq/wallet", "wallet_password": "w"}
    assert asked(**wallet).items() >= wallet.items()
    by_name = asked(connect_by="connect_string", host=None, service_name=None, connect_string="shop_high", **wallet)
    assert (by_name["dsn"], by_name["config_dir"]) == ("shop_high", "/etc/dq/wallet")


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "h)(PORT=1)"},
        {"host": "user@h"},
        {"service_name": "s)(SERVER=x"},
        {"server_cert_dn": 'CN=x")(SSL_SERVER_DN_MATCH=no'},
        {"wallet_location": "relative"},
        {"wallet_location": "/w)(x=y"},
        {"wallet_password": "s3cret"},
        {"server_cert_dn": "CN=db", "server_dn_match": False},
        {"wallet_location": "/w", "ssl_root_cert": "/ca.pem"},
    ],
)
def test_nothing_slips_into_the_descriptor_and_nothing_contradicts_itself(changes: dict[str, Any]) -> None:
    found = problems(**changes)
    assert found & {*changes, "wallet_location"}
    assert len(found) == 1


@pytest.mark.parametrize(
    "text", ["u/s3cret@h:1521/s", "config-file:///etc/passwd", "config-ociobject://x", "ldap://directory/x"]
)
def test_a_connect_string_holds_no_password_and_leads_to_no_other_place(text: str) -> None:
    found = problems(connect_by="connect_string", host=None, service_name=None, connect_string=text)
    assert found == {"connect_string"}


def test_what_counts_for_tls_alone_is_refused_without_it() -> None:
    tls = {"server_cert_dn": "CN=db", "wallet_location": "/w"}
    assert problems(protocol="tcp", **tls) == set(tls)


def test_an_authority_of_ones_own_is_trusted(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(Authority("Ours").root)
    context = asked(ssl_root_cert=str(root))["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert len(context.get_ca_certs()) == 1
    with pytest.raises(SourceError) as caught:
        asked(ssl_root_cert=str(tmp_path / "absent.pem"))
    assert caught.value.problem is SourceProblem.CREDENTIALS
    assert str(tmp_path) not in caught.value.message
