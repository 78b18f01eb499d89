from __future__ import annotations

import base64

import pytest

from dq_platform.connectors.settings import validate_settings
from dq_platform.connectors.snowflake import SnowflakeConnector
from dq_platform.connectors.snowflake_settings import driver_parameters
from dq_platform.errors import Invalid, SourceError, SourceProblem

BASE = {"account": "org-one", "user": "u", "password": "p", "database": "d"}
PEM = f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(b'a key').decode()}\n-----END PRIVATE KEY-----\n"
KEY = BASE | {"authentication": "key_pair", "password": "", "private_key": PEM}


def given(**changes: object) -> dict[str, object]:
    return driver_parameters(validate_settings(SnowflakeConnector, BASE | changes))


def wrong(**changes: object) -> set[str]:
    with pytest.raises(Invalid) as caught:
        validate_settings(SnowflakeConnector, BASE | changes)
    return {violation.field.removeprefix("connection.settings.") for violation in caught.value.violations}


def test_the_host_follows_from_the_account() -> None:
    assert given()["host"] == "org-one.snowflakecomputing.com"
    assert given()["protocol"] == "https"


def test_a_region_belongs_to_a_locator() -> None:
    parameters = given(account="xy12345", region="eu-central-1")
    assert (parameters["account"], parameters["host"]) == (
        "xy12345.eu-central-1",
        "xy12345.eu-central-1.snowflakecomputing.com",
    )
    assert wrong(account="xy12345.us-east-1", region="eu-central-1") == {"region"}


@pytest.mark.parametrize("account", ["evil.example/", "a b", "org#x", "user@host", "https://org-one", "a:1", "a..b"])
def test_no_account_leads_to_another_host(account: str) -> None:
    assert wrong(account=account) == {"account"}


def test_a_host_stands_for_the_accounts_own() -> None:
    assert given(host="org-one.privatelink.snowflakecomputing.com")["host"] == (
        "org-one.privatelink.snowflakecomputing.com"
    )
    assert wrong(host="https://x") == {"host"}


def test_no_secret_goes_without_tls_to_snowflake_itself() -> None:
    assert wrong(protocol="http") == {"protocol"}
    assert given(protocol="http", host="localhost")["protocol"] == "http"


def test_a_password_and_a_key_need_a_user_and_a_token_does_not() -> None:
    assert wrong(user="") == {"user"}
    assert wrong(**(KEY | {"user": ""})) == {"user"}
    token = {"authentication": "oauth", "user": "", "password": "", "token": "t"}
    assert given(**token)["authenticator"] == "oauth"
    assert given(**token | {"authentication": "access_token"})["authenticator"] == "PROGRAMMATIC_ACCESS_TOKEN"


def test_a_secret_of_another_way_to_authenticate_is_refused() -> None:
    assert wrong(private_key=PEM) == {"private_key"}
    assert wrong(authentication="key_pair") == {"password", "private_key"}


@pytest.mark.parametrize("armour", ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"])
def test_the_driver_gets_the_key_without_its_armour(armour: str) -> None:
    parameters = given(**KEY | {"private_key": PEM.replace("PRIVATE KEY", armour), "private_key_passphrase": "ß"})
    assert parameters["private_key"] == b"a key"
    assert parameters["private_key_passphrase"] == "ß".encode()
    assert parameters["authenticator"] == "SNOWFLAKE_JWT"


def test_a_key_may_have_lost_its_line_ends() -> None:
    assert given(**KEY | {"private_key": PEM.replace("\n", " ")})["private_key"] == b"a key"


@pytest.mark.parametrize(
    "text",
    [
        "not a key",
        PEM.replace("PRIVATE KEY-----\n", "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", 1),
        PEM.replace("BEGIN", "END"),
        PEM.replace("PRIVATE", "PUBLIC"),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(Invalid, match="BEGIN PRIVATE KEY") as caught:
        validate_settings(SnowflakeConnector, KEY | {"private_key": text})
    assert "not a key" not in str(caught.value)


def test_a_reference_is_looked_at_when_it_is_used() -> None:
    settings = validate_settings(SnowflakeConnector, KEY | {"private_key": "${file:/run/secrets/key.pem}"})
    with pytest.raises(SourceError) as caught:
        driver_parameters(dict(settings) | {"private_key": "no key"})
    assert caught.value.problem is SourceProblem.CREDENTIALS


def test_all_contradictions_are_told_at_once() -> None:
    assert wrong(account="a b", protocol="http", user="") == {"account", "protocol", "user"}
