from __future__ import annotations

import os
import shutil
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from local.errors import ChildDied, LocalError, WrongMajor
from local.places import SHARED
from local.ports import LOOPBACK, any_free
from local.postgres import EmbeddedPostgres, PostgresConfig
from tests.local.processes import next_line, python, wait_until_gone

PASSWORD = "p@ss/w%rd"
OWNER = """
import sys, time
from pathlib import Path
from local.postgres import EmbeddedPostgres, PostgresConfig

directory = Path(sys.argv[1])
postgres = EmbeddedPostgres(PostgresConfig(directory, int(sys.argv[2]), "secret", directory / "log"))
postgres.start()
print((postgres.data / "postmaster.pid").read_text().split()[0], flush=True)
time.sleep(600)
"""


def config(directory: Path, **changes: object) -> PostgresConfig:
    values = {"port": any_free(), "password": PASSWORD, "log": directory / "postgres.log", "durable": False}
    return PostgresConfig(directory / "postgres", **(values | changes))  # type: ignore[arg-type]


def ask(postgres: EmbeddedPostgres, statement: str, database: str = "postgres") -> object:
    with closing(postgres.connect(database)) as link, link, link.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


@pytest.fixture
def postgres(place: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(config(place)) as server:
        yield server


def test_it_answers_with_the_password_only(postgres: EmbeddedPostgres) -> None:
    assert ask(postgres, "SELECT current_user") == "dq"
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(host=LOOPBACK, port=postgres.config.port, user="dq", password="wrong", dbname="postgres")


def test_it_listens_on_the_loopback_interface_only(postgres: EmbeddedPostgres) -> None:
    assert ask(postgres, "SHOW listen_addresses") == LOOPBACK
    assert ask(postgres, "SHOW unix_socket_directories") == ""


def test_it_is_utf8_in_utc(postgres: EmbeddedPostgres) -> None:
    assert ask(postgres, "SHOW server_encoding") == "UTF8"
    assert ask(postgres, "SHOW timezone") == "UTC"


def test_the_data_directory_is_private(postgres: EmbeddedPostgres) -> None:
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700
    assert sorted(path.name for path in postgres.directory.iterdir()) == ["data"]


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
def test_fsync_is_off_only_where_durability_is_not_wanted(place: Path, durable: bool, fsync: str) -> None:
    with EmbeddedPostgres(config(place, durable=durable)) as postgres:
        assert ask(postgres, "SHOW fsync") == fsync


def test_a_restart_keeps_the_data(postgres: EmbeddedPostgres) -> None:
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop()
    with pytest.raises(psycopg2.OperationalError):
        postgres.connect()
    postgres.start()
    assert ask(postgres, "SELECT answer FROM kept") == 42


def test_it_stops_fast_under_an_open_transaction(postgres: EmbeddedPostgres) -> None:
    with closing(postgres.connect()) as link, link.cursor() as cursor:
        cursor.execute("SELECT 1")
        postgres.stop()
    assert "database system is shut down" in postgres.config.log.read_text()


@pytest.mark.parametrize("name", ["shop", 'Gr"oß; DROP', "select"])
def test_a_database_is_created_once_whatever_its_name(postgres: EmbeddedPostgres, name: str) -> None:
    assert postgres.create_database(name)
    assert not postgres.create_database(name)
    assert ask(postgres, "SELECT current_database()", name) == name


def test_data_of_another_major_is_refused_and_left_alone(place: Path) -> None:
    postgres = EmbeddedPostgres(config(place))
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("13\n")
    with pytest.raises(WrongMajor, match=r"written by PostgreSQL 13; the installed server is PostgreSQL 18"):
        postgres.start()
    assert [path.name for path in postgres.data.iterdir()] == ["PG_VERSION"]


def test_data_created_with_another_password_is_an_error_that_says_so(place: Path) -> None:
    with EmbeddedPostgres(config(place)):
        pass
    with pytest.raises(LocalError, match="another password"):
        EmbeddedPostgres(config(place, password="changed")).start()


def test_a_taken_port_is_an_error_with_the_words_of_the_server(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        postgres = EmbeddedPostgres(config(place, port=taken.getsockname()[1]))
        with pytest.raises(ChildDied, match="Address already in use"):
            postgres.start()


def test_an_interrupted_initdb_is_begun_anew(place: Path) -> None:
    with EmbeddedPostgres(config(place)) as postgres:
        pass
    shutil.rmtree(postgres.data)
    (postgres.directory / "initdb-unfinished").mkdir()
    with EmbeddedPostgres(config(place)) as again:
        assert ask(again, "SELECT 1") == 1


def test_where_its_account_cannot_pass_the_data_is_kept_in_var_tmp_and_it_says_so(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wanted = closed / "postgres"
    with EmbeddedPostgres(config(closed)) as postgres:
        assert ask(postgres, "SELECT 1") == 1
    if os.geteuid() != 0:
        assert (postgres.directory, postgres.notice) == (wanted, "")
        return
    assert postgres.directory.parent == SHARED
    assert str(wanted) in postgres.notice
    assert str(postgres.directory) in postgres.notice
    assert EmbeddedPostgres(config(closed)).directory == postgres.directory
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    shutil.rmtree(postgres.directory)


def test_it_stops_in_order_when_its_owner_is_killed(place: Path) -> None:
    with python(OWNER, str(place), str(any_free())) as owner:
        pid = int(next_line(owner))
        owner.kill()
        owner.wait()
        assert wait_until_gone([pid]) == []
    deadline = time.monotonic() + 5
    while "database system is shut down" not in (place / "log").read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "database system is shut down" in (place / "log").read_text()
