from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.snowflake import DATABASE, SnowflakeAccount, SnowflakeStandIn, new_key, snowflake

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def server() -> Iterator[SnowflakeStandIn]:
    with SnowflakeStandIn() as running:
        yield running


def test_a_schema_keeps_its_name_and_a_login_is_seen(server: SnowflakeStandIn) -> None:
    server.create_schema("Mixed Case")
    server.write(['CREATE TABLE "Mixed Case"."t" AS SELECT 1 AS "a"'])
    assert "ADMIN" in [login["user"] for login in server.logins()]
    assert server.running("CREATE TABLE") == 0


def test_each_server_has_a_key_of_its_own(server: SnowflakeStandIn) -> None:
    assert server.private_key() == server.private_key() != new_key()


def test_the_environment_names_a_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "snowflake://me:p%40ss@org-one/db?warehouse=W&role=R"
    monkeypatch.setenv("DQ_TEST_SNOWFLAKE_URL", url)
    found = snowflake()
    assert isinstance(found, SnowflakeAccount)
    assert found.settings == {
        "account": "org-one",
        "user": "me",
        "password": "p@ss",
        "database": "db",
        "warehouse": "W",
        "role": "R",
    }
    monkeypatch.delenv("DQ_TEST_SNOWFLAKE_URL")
    found = snowflake()
    assert isinstance(found, SnowflakeStandIn)
    assert found.settings["database"] == DATABASE
