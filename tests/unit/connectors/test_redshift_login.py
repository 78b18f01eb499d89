from __future__ import annotations

import pytest

from dq_platform.connectors.redshift import RedshiftConnector
from dq_platform.connectors.redshift_login import login
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid
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
