from __future__ import annotations

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.redshift import RedshiftConnector
from dq_platform.connectors.redshift_login import login, require_safe_host
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid, SourceError, SourceProblem
from dq_platform.models.connection import SettingValue

PLACE = {"host": "h", "database": "d"}
KEY = {"authentication": "access_key", "access_key_id": "A", "secret_access_key": "s", "region": "eu-central-1"}


def settings(**given: SettingValue) -> dict[str, SettingValue]:
    return dict(validate_settings(RedshiftConnector, PLACE | given))


def wrong(**given: SettingValue) -> set[str]:
    with pytest.raises(Invalid) as caught:
        settings(**given)
    assert "s3cret" not in str(caught.value)
    return {violation.field.rpartition(".")[2] for violation in caught.value.violations}


def test_certificates_are_verified_by_default() -> None:
    assert settings(user="u", password="p")["ssl_mode"] == "verify-full"


def test_a_password_needs_a_user() -> None:
    assert wrong(password="s3cret") == {"user"}
    assert wrong(user="u") == {"password"}


def test_settings_of_another_authentication_are_refused() -> None:
    assert wrong(user="u", password="p", region="r", profile="x") == {"region", "profile"}
    assert wrong(**KEY, workgroup="w", password="s3cret") == {"password"}


def test_aws_needs_one_cluster_or_one_workgroup() -> None:
    assert wrong(**KEY) == {"cluster_identifier"}
    assert wrong(**KEY, cluster_identifier="c", workgroup="w") == {"cluster_identifier"}


def test_what_contradicts_itself_is_told_at_once() -> None:
    found = wrong(**KEY, workgroup="w", user="u", ssl_mode="disable", external_id="e")
    assert found == {"user", "ssl_mode", "external_id"}


def test_the_way_to_log_in_must_be_written_out() -> None:
    assert wrong(authentication="${env:WAY}", user="u") == {"authentication"}


def test_a_password_is_all_that_the_driver_is_told() -> None:
    told = login(settings(user="u", password="p"), {})
    assert told == {"host": "h", "port": 5439, "user": "u", "password": "p"}


def test_a_roles_keys_take_the_place_of_ones_own() -> None:
    role = {"access_key_id": "R", "secret_access_key": "r", "session_token": "t"}
    told = login(settings(**KEY, cluster_identifier="c", role_arn="arn"), role)
    assert role.items() <= told.items()
    assert told["group_federation"] is True
    assert told["iam_disable_cache"] is True


WORKERS = (
    {"authentication": "profile", "profile": "audit", "region": "eu-central-1", "workgroup": "w"},
    {"authentication": "environment", "region": "eu-central-1", "workgroup": "w"},
)


@pytest.mark.parametrize("own", WORKERS, ids=("profile", "environment"))
@pytest.mark.parametrize(
    "host",
    [
        "collector.example.org",
        "127.0.0.1",
        "redshift.amazonaws.com",
        "shop.redshift.amazonaws.com.example.org",
        "example.org/.redshift.amazonaws.com",
        "example.org\n.redshift.amazonaws.com",
        "shopredshift.amazonaws.com",
        "shop.redshift.amazonaws.com\n",
    ],
)
def test_the_workers_credentials_go_to_no_host_but_awss(own: dict[str, SettingValue], host: str) -> None:
    assert wrong(**own, host=host) == {"host"}
    referred = settings(**own, host="${env:DQ_SOURCE_HOST}") | {"host": host}
    with pytest.raises(SourceError, match="redshift-serverless") as caught:
        require_safe_host(referred)
    assert caught.value.problem is SourceProblem.CREDENTIALS
    with pytest.raises(SourceError, match="redshift-serverless"):
        RedshiftConnector(referred, Guards()).connect()


@pytest.mark.parametrize("own", WORKERS, ids=("profile", "environment"))
@pytest.mark.parametrize("end", ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com.cn"])
def test_the_workers_credentials_go_to_aws(own: dict[str, SettingValue], end: str) -> None:
    require_safe_host(settings(**own, host=f"Shop.abc123.eu-central-1.{end}"))


def test_credentials_of_the_connection_go_where_it_says() -> None:
    require_safe_host(settings(user="u", password="p", host="redshift.example.org"))
    require_safe_host(settings(**KEY, workgroup="w", host="redshift.example.org"))
