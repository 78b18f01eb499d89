from __future__ import annotations

import json

import pytest

from dq_platform.connectors.bigquery import BigQueryConnector
from dq_platform.connectors.bigquery_settings import DEFAULT_BILL, SMALLEST_BILL, key_of
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid, SourceError, SourceProblem

KEY = {"type": "service_account", "client_email": "c@p", "private_key": "a secret", "token_uri": "https://t"}
BASE = {"project": "p", "service_account_json": json.dumps(KEY)}
ANONYMOUS = {"authentication": "anonymous", "service_account_json": ""}
DEFAULT = {"authentication": "application_default", "service_account_json": ""}


def wrong(**changes: object) -> set[str]:
    with pytest.raises(Invalid) as caught:
        validate_settings(BigQueryConnector, BASE | changes)
    assert "a secret" not in str(caught.value)
    return {violation.field.removeprefix("connection.settings.") for violation in caught.value.violations}


def test_a_bill_has_a_limit_unless_another_is_given() -> None:
    assert validate_settings(BigQueryConnector, BASE)["maximum_bytes_billed"] == DEFAULT_BILL
    assert wrong(maximum_bytes_billed=SMALLEST_BILL - 1) == {"maximum_bytes_billed"}


def test_nobody_is_anonymous_to_google() -> None:
    assert wrong(**ANONYMOUS) == {"authentication"}
    validate_settings(BigQueryConnector, BASE | ANONYMOUS | {"api_endpoint": "http://localhost:9050"})


def test_a_key_belongs_to_its_way_to_authenticate() -> None:
    assert wrong(authentication="application_default") == {"service_account_json"}
    assert wrong(service_account_json="") == {"service_account_json"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://bigquery.googleapis.com",
        "https://evil.example",
        "https://googleapis.com.evil.example",
        "https://evilgoogleapis.com",
        "https://x.googleapis.com@evil.example",
        "https://evil.example/.googleapis.com",
        "https://evil.example?.googleapis.com",
        "${env:ENDPOINT}",
    ],
)
def test_the_workers_own_identity_goes_to_google_alone(endpoint: str) -> None:
    assert wrong(**DEFAULT, api_endpoint=endpoint) == {"api_endpoint"}


@pytest.mark.parametrize(
    "endpoint", ["https://bigquery-mine.p.googleapis.com", "https://eu-bigquery.googleapis.com:443/"]
)
def test_google_has_other_endpoints(endpoint: str) -> None:
    for way in ({}, DEFAULT):
        assert validate_settings(BigQueryConnector, BASE | way | {"api_endpoint": endpoint})["api_endpoint"] == endpoint


@pytest.mark.parametrize("endpoint", ["localhost:9050", "https://", "http://h:99999", "http://[x", "ftp://h", "//h"])
def test_what_is_no_endpoint_is_refused(endpoint: str) -> None:
    assert wrong(**ANONYMOUS, api_endpoint=endpoint) == {"api_endpoint"}


def test_a_key_goes_nowhere_without_tls() -> None:
    assert wrong(api_endpoint="http://localhost:9050") == {"api_endpoint"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a secret", "service_account"),
        ("[]", "service_account"),
        (json.dumps(KEY | {"type": "authorized_user"}), "service_account"),
        (json.dumps({"type": "service_account", "private_key": "a secret"}), "lacks client_email, token_uri"),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str, told: str) -> None:
    with pytest.raises(Invalid, match=told) as caught:
        validate_settings(BigQueryConnector, BASE | {"service_account_json": text})
    assert "a secret" not in str(caught.value)


def test_a_reference_is_looked_at_when_it_is_used() -> None:
    settings = validate_settings(BigQueryConnector, BASE | {"service_account_json": "${file:/run/secrets/key.json}"})
    with pytest.raises(SourceError) as caught:
        key_of(dict(settings) | {"service_account_json": "no key"})
    assert caught.value.problem is SourceProblem.CREDENTIALS
