from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from dq_platform.connectors.databricks import DatabricksConnector
from dq_platform.connectors.databricks_settings import is_warehouse, tls_context
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid, SourceError, SourceProblem

GIVEN: dict[str, Any] = {"host": "dbc-1.cloud.databricks.com", "http_path": "/sql/1.0/warehouses/a1", "token": "t"}


def validated(**changes: Any) -> dict[str, Any]:
    return dict(validate_settings(DatabricksConnector, GIVEN | changes))


def problems(**changes: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        validated(**changes)
    return {violation.field.rpartition(".")[2]: violation.description for violation in caught.value.violations}


def test_a_token_is_how_to_log_in_unless_something_else_is_said() -> None:
    assert validated() == GIVEN | {
        "port": 443,
        "authentication": "token",
        "ssl_mode": "verify-full",
        "start_wait_seconds": 0,
    }


def test_a_service_principal_needs_both_its_halves_and_no_token() -> None:
    assert set(problems(authentication="oauth-m2m")) == {"token", "client_id", "client_secret"}
    principal = validated(authentication="oauth-m2m", token=None, client_id="c", client_secret="s")
    assert (principal["client_id"], principal["client_secret"]) == ("c", "s")


@pytest.mark.parametrize(
    "host", ["https://dbc-1.cloud.databricks.com", "dbc-1.cloud.databricks.com/", "user@host", "host:443", "a b", "-a"]
)
def test_a_host_is_a_name_alone(host: str) -> None:
    assert problems(host=host) == {"host": "host must be a host name alone, without https:// and path."}


@pytest.mark.parametrize("path", ["@other.example.org/sql/1.0", "http://other.example.org", "/api/2.0", "/sql/1.0?x=1"])
def test_a_path_leads_to_sql(path: str) -> None:
    assert problems(http_path=path) == {"http_path": "http_path must be a path that begins with /sql/."}


def test_all_contradictions_are_told_at_once() -> None:
    found = problems(host="https://x", http_path="/", ssl_mode="require", ssl_root_cert="/ca.pem")
    assert set(found) == {"host", "http_path", "ssl_mode"}


@pytest.mark.parametrize(
    ("path", "warehouse"),
    [
        ("/sql/1.0/warehouses/a1", True),
        ("sql/1.0/endpoints/a1", True),
        ("/sql/1.0/warehouses/a1?o=123", True),
        ("/sql/protocolv1/o/1/0101-000000-abcdef", False),
    ],
)
def test_the_path_tells_a_warehouse_from_a_cluster(path: str, warehouse: bool) -> None:
    assert is_warehouse(validated(http_path=path)) is warehouse


def test_certificates_are_verified_unless_that_is_switched_off() -> None:
    verifying, trusting = tls_context(validated()), tls_context(validated(ssl_mode="require"))
    assert (verifying.verify_mode, verifying.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert (trusting.verify_mode, trusting.check_hostname) == (ssl.CERT_NONE, False)


def test_a_file_that_is_no_certificate_is_told_without_its_path(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing")
    for path in (nothing, tmp_path / "absent.pem"):
        with pytest.raises(SourceError) as caught:
            tls_context(validated(ssl_root_cert=str(path)))
        assert caught.value.problem is SourceProblem.CREDENTIALS
        assert str(path) not in caught.value.message
