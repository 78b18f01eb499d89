from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue
from tests.contract.engine import Engine
from tests.contract.tls import HOSTS, Secure, TlsContract
from tests.engines.certificates import Authority, Certificate
from tests.engines.mariadb import MariaDBServer
from tests.engines.places import reachable_directory


class SecureMySQL(Secure):
    encrypted = "SELECT variable_value <> '' FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER'"

    def __init__(self, server: MariaDBServer, plain: MariaDBServer, ours: Authority, directory: Path) -> None:
        self.server, self.plain, self.ours, self.directory = server, plain, ours, directory
        self.engine = Engine("mysql", _login(server), lambda _: None, "", {}, "mysql")

    @property
    def certified_user(self) -> Mapping[str, SettingValue]:
        return {"user": "certified", "password": ""}

    def certify(self, certificate: Certificate) -> None:
        certificate.write(self.directory, "server")
        run(self.server, "FLUSH SSL")

    def uncertify(self) -> Mapping[str, SettingValue]:
        return _login(self.plain)


def _login(server: MariaDBServer) -> dict[str, SettingValue]:
    params = server.params
    return {"host": params.host, "port": params.port, "user": params.user, "password": params.password}


def run(server: MariaDBServer, *statements: str) -> None:
    with closing(server.connect()) as link, link.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(scope="module")
def secure() -> Iterator[Secure]:
    ours = Authority("ours")
    with reachable_directory() as directory:
        certificate, key = ours.issue("server", HOSTS).write(directory, "server")
        root = directory / "root.pem"
        root.write_bytes(ours.root)
        options = (f"--ssl-cert={certificate}", f"--ssl-key={key}", f"--ssl-ca={root}")
        with MariaDBServer(options) as server, MariaDBServer() as plain:
            everybody = "CREATE USER root@'%' IDENTIFIED BY '{}'"
            for one in (server, plain):
                run(one, everybody.format(one.params.password))
            run(
                server,
                "CREATE USER certified@'%' REQUIRE X509",
                "CREATE USER secured@'%' IDENTIFIED BY 's' REQUIRE SSL",
                "CREATE USER socket@'localhost' IDENTIFIED BY 's'",
            )
            yield SecureMySQL(server, plain, ours, directory)


class TestMySQL(TlsContract):
    def test_a_user_who_must_use_tls_does(self, secure: SecureMySQL) -> None:
        secure.right()
        assert secure.is_encrypted(user="secured", password="s", ssl_mode="require")
        secure.refusal(user="secured", password="s", ssl_mode="disable")

    def test_a_unix_socket_needs_no_tls(self, secure: SecureMySQL) -> None:
        socket = str(secure.server.socket)
        with secure.engine.session(unix_socket=socket, user="socket", password="s") as session:
            assert session.execute("SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)").rows[0] == ("socket",)

    # The driver forgets to close a socket that does not connect.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_a_unix_socket_that_is_not_there_is_unreachable(self, secure: SecureMySQL, tmp_path: Path) -> None:
        path = str(tmp_path / "m.sock")
        with pytest.raises(SourceError) as caught, secure.engine.session(unix_socket=path):
            pass
        assert caught.value.problem is SourceProblem.UNREACHABLE
        assert path not in caught.value.message
        del caught
        gc.collect()
