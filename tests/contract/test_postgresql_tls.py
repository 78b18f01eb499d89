from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue
from tests.contract.engine import Engine
from tests.contract.tls import ELSEWHERE, Secure, TlsContract
from tests.engines.certificates import Authority, Certificate
from tests.engines.debian_postgres import DebianPostgres


class SecurePostgreSQL(Secure):
    encrypted = "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    certified_user: Mapping[str, SettingValue] = {"user": "certified"}

    def __init__(self, server: DebianPostgres, directory: Path) -> None:
        self.server, self.directory, self.ours = server, directory, Authority("ours")
        params = server.params
        self.engine = Engine(
            type="postgresql",
            settings={
                "host": params.host,
                "port": params.port,
                "user": params.user,
                "password": params.password,
                "database": "postgres",
            },
            write=lambda statements: server.write(*statements),
            slow="",
            types={},
            schema="public",
        )

    def certify(self, certificate: Certificate) -> None:
        self.server.certify(certificate, self.ours.root)

    def uncertify(self) -> Mapping[str, SettingValue]:
        self.server.uncertify()
        return {}


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with DebianPostgres() as server:
        server.write("CREATE ROLE certified LOGIN", "CREATE ROLE secured LOGIN PASSWORD 's'")
        yield SecurePostgreSQL(server, tmp_path_factory.mktemp("tls"))


class TestPostgreSQL(TlsContract):
    def test_a_server_that_wants_tls_says_so(self, secure: SecurePostgreSQL) -> None:
        secure.right()
        assert "admits nobody without TLS" in secure.refusal(user="secured", password="s", ssl_mode="disable")
        assert secure.is_encrypted(user="secured", password="s", ssl_mode="require")

    def test_a_unix_socket_needs_no_tls(self, secure: SecurePostgreSQL) -> None:
        secure.right()
        assert not secure.is_encrypted(host=str(secure.server.sockets))

    def test_a_unix_socket_that_is_not_there_is_unreachable(self, secure: SecurePostgreSQL, tmp_path: Path) -> None:
        with pytest.raises(SourceError) as caught, secure.engine.session(host=str(tmp_path)):
            pass
        assert caught.value.problem is SourceProblem.UNREACHABLE
        assert str(tmp_path) not in caught.value.message

    def test_of_several_hosts_all_must_be_on_this_machine(self, secure: SecurePostgreSQL) -> None:
        secure.right()
        assert secure.is_encrypted(host="127.0.0.1,localhost")
        assert "ssl_root_cert" in secure.refusal(host=f"localhost,{ELSEWHERE}")

    def test_cancelling_reaches_the_server_through_tls(self, secure: SecurePostgreSQL) -> None:
        secure.right()
        with secure.engine.session(host=ELSEWHERE, ssl_root_cert=secure.root) as session:
            session._busy = True
            session.cancel()  # would raise if the server could not be asked
            assert session.execute("SELECT 1 AS v").rows[0] == (1,)


def test_the_server_is_the_systems_own(secure: SecurePostgreSQL) -> None:
    with closing(secure.server.connect()) as link:
        assert link.server_version // 10_000 >= 13
