"""Debian's PostgreSQL for tests of what the embedded one cannot do: TLS and unix sockets."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2
import pytest
from psycopg2.extensions import connection
from rich.console import Console

from local.account import Account, unprivileged_account
from local.child import Command
from local.errors import MissingProgram
from local.ports import any_free
from local.supervisor import Service, Supervisor
from tests.engines.certificates import Certificate
from tests.engines.places import reachable_directory
from tests.engines.postgres import ServerParams

PROGRAMS = Path("/usr/lib/postgresql")
REMEDY = "Install it: apt install postgresql-15."
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")
# The user `certified` shows a certificate with that name instead of a password.
HBA = """
local all all scram-sha-256
hostssl all certified all cert
hostssl all secured all scram-sha-256
host all secured all reject
host all all all scram-sha-256
"""


class DebianPostgres:
    """Usable inside a `with` block; `params` log in as its superuser, `sockets` is the directory of its unix socket.

    It listens on every address and speaks TLS once `certify` has given it a certificate. Where it is not installed,
    the test that asked for it is skipped with the package's name; on continuous integration (CI=true) MissingProgram
    is raised.
    """

    def __init__(self) -> None:
        self.params = ServerParams("127.0.0.1", any_free(), "dq", "only for tests: p@ss/w%rd")
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        programs = _programs()
        with ExitStack() as cleanup:
            self.sockets = cleanup.enter_context(reachable_directory())
            self._account = unprivileged_account()
            self._initialise(programs)
            supervisor = cleanup.enter_context(Supervisor(Console(quiet=True)))
            supervisor.start([self._service(programs)])
            self._exit = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def certify(self, certificate: Certificate, root: bytes) -> None:
        """Speak TLS with this certificate from now on; clients' certificates must descend from `root`."""
        for path in (*certificate.write(self._data, "server"), self._data / "root.crt"):
            if path.name == "root.crt":
                path.write_bytes(root)
            self._give(path)
        for setting in ("ssl = on", "ssl_ca_file = 'root.crt'"):
            self.write(f"ALTER SYSTEM SET {setting}")
        self.reload()

    def uncertify(self) -> None:
        """Speak no TLS from now on."""
        self.write("ALTER SYSTEM SET ssl = off")
        self.reload()

    def reload(self) -> None:
        """Read the configuration again, and return when that has happened."""
        before = self._loaded_at()
        self.write("SELECT pg_reload_conf()")
        while self._loaded_at() == before:
            time.sleep(0.01)

    def write(self, *statements: str) -> None:
        with closing(self.connect()) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def connect(self) -> connection:
        params = self.params
        return psycopg2.connect(
            host=str(self.sockets), port=params.port, user=params.user, password=params.password, dbname="postgres"
        )

    @property
    def _data(self) -> Path:
        return self.sockets / "data"

    def _loaded_at(self) -> datetime:
        """When a new session found the configuration to be read last."""
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute("SELECT pg_conf_load_time()")
            return cursor.fetchall()[0][0]

    def _give(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.uid, self._account.gid)

    def _initialise(self, programs: Path) -> None:
        password = self.sockets / "password"
        password.write_text(self.params.password)
        self._data.mkdir(mode=0o700)
        for path in (self.sockets, password, self._data):
            self._give(path)
        argv = (programs / "initdb", "-D", self._data, "-U", self.params.user, f"--pwfile={password}")
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run((*argv, *options), cwd="/", check=True, capture_output=True, **_as_whom(self._account))
        (self._data / "pg_hba.conf").write_text(HBA)

    def _service(self, programs: Path) -> Service:
        settings = (*FAST, f"unix_socket_directories={self.sockets}", "listen_addresses=*", f"port={self.params.port}")
        options = [word for setting in settings for word in ("-c", setting)]
        argv = (str(programs / "postgres"), "-D", str(self._data), *options)
        log = self.sockets / "postgres.log"
        command = Command("debian-postgres", argv, log, cwd=Path("/"), account=self._account)
        return Service(command, self._answers)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True


def _as_whom(account: Account | None) -> dict[str, object]:
    return dict(account.popen_arguments()) if account else {}


def _programs() -> Path:
    """The directory of the newest server that is installed."""
    found = sorted(PROGRAMS.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    missing = MissingProgram("PostgreSQL of the system", REMEDY)
    if os.environ.get("CI") == "true":
        raise missing
    pytest.skip(str(missing))
