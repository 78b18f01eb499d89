"""A real MariaDB for tests: empty, private, on a free port, gone with everything in it at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import pymysql
import pytest
from pymysql.connections import Connection
from rich.console import Console

from local.child import Command
from local.errors import CommandFailed, MissingProgram
from local.ports import LOOPBACK, any_free
from local.supervisor import Service, Supervisor
from tests.engines.places import reachable_directory
from tests.engines.postgres import ServerParams

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "engines"
SYSTEM_PATHS = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
STORAGE = ("--innodb-log-file-size=8M",)
FAST = ("--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--skip-name-resolve", "--performance-schema=OFF")
REMEDY = "Install it: apt install mariadb-server."


class MariaDBServer:
    """Usable from `start` to `stop`, or inside a `with` block; `params` log in as root with a password.

    A data directory is made once per version, kept in `.cache/engines`, and copied for each server. `options` are
    further arguments of the server's.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._options = tuple(options)
        self.params = ServerParams(LOOPBACK, any_free(), "root", "only for tests: p@ss/w%rd")
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @cached_property
    def version(self) -> str:
        """The version of the installed server, as `10.11.6-MariaDB`."""
        answer = subprocess.run((_program("mariadbd"), "--version"), capture_output=True, text=True, check=True)
        return answer.stdout.split(" Ver ")[1].split()[0]

    def start(self) -> None:
        """Start it and return when it answers.

        Where it is not installed, the test that asked for it is skipped with the package's name; on continuous
        integration (CI=true) nothing may be skipped: MissingProgram is raised.
        """
        try:
            template = self._template()
        except MissingProgram as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(str(error))
        with ExitStack() as cleanup:
            directory = cleanup.enter_context(reachable_directory())
            self.socket = directory / "m.sock"
            data = shutil.copytree(template, directory / "data")
            supervisor = cleanup.enter_context(Supervisor(Console(quiet=True)))
            supervisor.start([self._service(directory, data)])
            self._set_password()
            self._exit = cleanup.pop_all()

    def stop(self) -> None:
        self._exit.close()

    def connect(self, database: str | None = None) -> Connection:
        """Return a new pymysql connection that commits by itself."""
        return self._connect(self.params.password, database)

    def create_database(self, name: str) -> None:
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {quoted(name)} CHARACTER SET utf8mb4")

    def _connect(self, password: str, database: str | None = None) -> Connection:
        params = self.params
        return pymysql.connect(
            host=params.host,
            port=params.port,
            user=params.user,
            password=password,
            database=database,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=5,
        )

    def _service(self, directory: Path, data: Path) -> Service:
        argv = (
            *(_program("mariadbd"), "--no-defaults", f"--datadir={data}", *_as_whom()),
            # A server removes at its start what it takes for its leftovers, another one's temporary tables too.
            f"--tmpdir={data}",
            *(f"--port={self.params.port}", f"--bind-address={LOOPBACK}", f"--socket={self.socket}"),
            *(*STORAGE, *FAST, *self._options),
        )
        return Service(Command("mariadb", argv, directory / "mariadb.log"), self._answers)

    def _answers(self) -> bool:
        try:
            self._connect("").close()
        except pymysql.OperationalError:
            return False
        return True

    def _set_password(self) -> None:
        with closing(self._connect("")) as link, link.cursor() as cursor:
            cursor.execute("ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY %s", (self.params.password,))

    def _template(self) -> Path:
        template = CACHE / f"mariadb-{self.version}"
        if not template.exists():
            CACHE.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix="mariadb-", dir=CACHE))
            _install(unfinished)
            try:
                unfinished.rename(template)
            except OSError:
                shutil.rmtree(unfinished)
                if not template.exists():
                    raise
        return template


def quoted(name: str) -> str:
    """Return the identifier in backticks."""
    return "`" + name.replace("`", "``") + "`"


def _install(data: Path) -> None:
    argv = (
        *(_program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", *_as_whom()),
        *("--auth-root-authentication-method=normal", "--skip-test-db", *STORAGE),
    )
    made = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if made.returncode != 0:
        shutil.rmtree(data)
        raise CommandFailed("mariadb-install-db", made.returncode, made.stdout.splitlines())


def _as_whom() -> tuple[str, ...]:
    """MariaDB runs as root only when it is told to."""
    return ("--user=root",) if os.geteuid() == 0 else ()


def _program(name: str) -> str:
    path = shutil.which(name, path=SYSTEM_PATHS)
    if path is None:
        raise MissingProgram(name, REMEDY)
    return path
