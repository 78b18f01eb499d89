from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pymysql
import pytest

from local.errors import MissingProgram
from local.ports import LOOPBACK
from tests.engines import mariadb
from tests.engines.mariadb import MariaDBServer


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDBServer]:
    with MariaDBServer() as running:
        yield running


def test_it_answers(server: MariaDBServer) -> None:
    with closing(server.connect()) as link, link.cursor() as cursor:
        cursor.execute("SELECT 6 * 7, @@bind_address")
        assert cursor.fetchone() == (42, LOOPBACK)
        cursor.execute("SELECT VERSION()")
        assert cursor.fetchone() == (server.version,)


def test_it_wants_the_password(server: MariaDBServer) -> None:
    params = server.params
    with pytest.raises(pymysql.OperationalError, match="Access denied"):
        pymysql.connect(host=params.host, port=params.port, user=params.user, password="wrong")


def test_a_database_may_have_any_name_and_holds_any_text(server: MariaDBServer) -> None:
    server.create_database("Gr`oß; DROP")
    with closing(server.connect("Gr`oß; DROP")) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE t (x TEXT)")
        cursor.execute("INSERT INTO t VALUES (%s)", ("snow ☃ and 🦆",))
        cursor.execute("SELECT x FROM t")
        assert cursor.fetchone() == ("snow ☃ and 🦆",)


def test_two_servers_share_nothing(server: MariaDBServer) -> None:
    server.create_database("only_here")
    with MariaDBServer() as other, closing(other.connect()) as link, link.cursor() as cursor:
        cursor.execute("SHOW DATABASES LIKE 'only_here'")
        assert cursor.fetchone() is None


def test_where_it_is_not_installed_the_test_is_skipped_naming_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mariadb, "SYSTEM_PATHS", "/nowhere")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install mariadb-server"):
        MariaDBServer().start()


def test_on_continuous_integration_a_missing_server_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mariadb, "SYSTEM_PATHS", "/nowhere")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(MissingProgram, match="apt install mariadb-server"):
        MariaDBServer().start()
