from __future__ import annotations

import pytest

from dq_platform.connectors.base import Beside, Setting
from dq_platform.connectors.duckdb import DuckDBConnector
from dq_platform.connectors.mysql import MySQLConnector
from dq_platform.connectors.postgresql import PostgreSQLConnector
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid

GIVEN = {"host": "db.example.org", "database": "shop", "user": "dq", "password": "s3cret"}


def violations(connector: type, given: dict[str, object]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        validate_settings(connector, given)
    return {v.field.removeprefix("connection.settings."): v.description for v in caught.value.violations}


def test_defaults_are_filled_in_and_absent_settings_stay_absent() -> None:
    valid = validate_settings(PostgreSQLConnector, GIVEN)
    assert valid == {**GIVEN, "port": 5432, "application_name": "dq-platform"}


def test_a_whole_number_may_come_as_a_float() -> None:
    assert validate_settings(PostgreSQLConnector, {**GIVEN, "port": 6543.0})["port"] == 6543


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = violations(
        PostgreSQLConnector, {"hots": "x", "port": 70000, "user": 5, "ssl_mode": "maybe", "password": True}
    )
    assert found == {
        "hots": "PostgreSQL connections have no setting 'hots'; did you mean 'host'?",
        "host": "host is required.",
        "port": "port must be at most 65535.",
        "database": "database is required.",
        "user": "user must be a text.",
        "password": "password must be a text.",
        "ssl_mode": "ssl_mode must be one of disable, allow, prefer, require, verify-ca, verify-full.",
    }


@pytest.mark.parametrize("port", ["5432", 1.5, True, float("inf"), [5432]])
def test_a_port_that_is_no_whole_number_is_refused(port: object) -> None:
    assert violations(PostgreSQLConnector, {**GIVEN, "port": port}) == {"port": "port must be a whole number."}


def test_a_value_is_never_repeated() -> None:
    assert "s3cret" not in str(violations(PostgreSQLConnector, {**GIVEN, "password": "s3cret\x00"}))


def test_references_stay_as_they_are() -> None:
    given = {**GIVEN, "password": "${env:DB_PASSWORD}", "ssl_mode": "${env:DB_SSL}"}
    valid = validate_settings(PostgreSQLConnector, given)
    assert (valid["password"], valid["ssl_mode"]) == ("${env:DB_PASSWORD}", "${env:DB_SSL}")


def test_a_client_certificate_needs_its_key_and_a_mode_that_uses_it() -> None:
    found = violations(MySQLConnector, {"user": "dq", "ssl_cert": "/c.pem"})
    assert set(found) == {"ssl_key", "ssl_mode"}


@pytest.mark.parametrize(
    ("given", "setting"),
    [
        ({}, "database"),
        ({"database": "relative.duckdb"}, "database"),
        ({"files": "orders"}, "files"),
        ({"database": "/x.duckdb", "memory_limit_mb": 1}, "memory_limit_mb"),
    ],
)
def test_duckdb_needs_absolute_paths(given: dict[str, object], setting: str) -> None:
    assert list(violations(DuckDBConnector, given)) == [setting]


class _TwoWays(PostgreSQLConnector):
    settings_schema = (
        Setting("authentication", "How.", default="password", choices=("password", "key_pair", "none")),
        Setting("password", "Password.", secret=True, required=True, beside=Beside("authentication", ("password",))),
        Setting("private_key", "Key.", secret=True, required=True, beside=Beside("authentication", ("key_pair",))),
        Setting("pause", "Pause.", default="long", beside=Beside("authentication", ("password", "key_pair"))),
    )

    @classmethod
    def check_settings(cls, settings: object) -> list[object]:
        return []


def test_a_setting_that_does_not_count_is_neither_required_nor_defaulted() -> None:
    assert validate_settings(_TwoWays, {"authentication": "none"}) == {"authentication": "none"}
    assert validate_settings(_TwoWays, {"password": "p"}) == {
        "authentication": "password",
        "password": "p",
        "pause": "long",
    }


def test_a_setting_that_counts_is_required() -> None:
    assert violations(_TwoWays, {"authentication": "key_pair"}) == {"private_key": "private_key is required."}


def test_a_setting_that_does_not_count_is_refused() -> None:
    assert violations(_TwoWays, {"authentication": "none", "password": "p", "pause": "short"}) == {
        "password": "password counts only if authentication is 'password'.",
        "pause": "pause counts only if authentication is 'password' or 'key_pair'.",
    }
