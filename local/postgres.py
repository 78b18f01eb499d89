"""An embedded PostgreSQL: the server of a wheel, started as a child on the loopback interface, with a password."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection
from rich.console import Console

from local.account import unprivileged_account
from local.child import Command
from local.errors import CommandFailed, LocalError, WrongMajor
from local.places import make_traversable, reachable_twin
from local.ports import LOOPBACK
from local.postgres_binaries import find_binaries
from local.supervisor import Service, Supervisor

SUPERUSER = "dq"
MAINTENANCE_DATABASE = "postgres"
STOP_GRACE = timedelta(seconds=20)
# initdb and postgres read PG* variables; the server must not depend on the caller's.
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}
CRASH_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class PostgresConfig:
    """Where and how to run it. `durable=False` trades safety in a crash for speed, for tests."""

    directory: Path
    port: int
    password: str
    log: Path
    durable: bool = True
    max_connections: int = 200


class EmbeddedPostgres:
    """A PostgreSQL server whose data lives in `config.directory`; user `dq`, database `postgres`.

    Making one finds the programs and the data directory (`directory`, which differs from the configured one when the
    server's account cannot reach that: then `notice` says so). `start` and `stop`, or a `with` block, run it alone;
    `service` is for a Supervisor. Raises MissingProgram, UnsafePlace, LocalError.
    """

    def __init__(self, config: PostgresConfig) -> None:
        self.config = config
        self._account = unprivileged_account()
        self._binaries = find_binaries(self._account)
        wanted = config.directory.resolve()
        self.directory = wanted if self._account is None else reachable_twin(wanted, self._account)
        self.notice = ""
        if self._account and self.directory != wanted:
            self.notice = (
                f"PostgreSQL runs as user {self._account.name!r}, who cannot reach {wanted}: "
                f"its data is kept in {self.directory}."
            )
        self._supervisor = Supervisor(Console(quiet=True))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def start(self) -> None:
        """Create the data directory if there is none, start the server and return when it answers."""
        try:
            self._supervisor.start([self.service()])
        except BaseException:
            self._supervisor.stop()
            raise

    def stop(self) -> None:
        """Stop it: open transactions are rolled back; after 20 seconds it is killed."""
        self._supervisor.stop()

    def service(self) -> Service:
        """Return the server as a service to supervise; prepares the data directory first. Raises WrongMajor."""
        self._prepare()
        settings = [
            f"listen_addresses={LOOPBACK}",
            "unix_socket_directories=",
            "timezone=UTC",
            "log_timezone=UTC",
            f"max_connections={self.config.max_connections}",
            *(() if self.config.durable else CRASH_UNSAFE),
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        command = Command(
            name="postgres",
            argv=(self._binaries.postgres, "-D", str(self.data), "-p", str(self.config.port), *options),
            log=self.config.log,
            env=ENVIRONMENT,
            cwd=self.directory,
            account=self._account,
            stop_signal=signal.SIGINT,
            grace=STOP_GRACE,
        )
        return Service(command, self._answers, where=f"{LOOPBACK}:{self.config.port}")

    def connect(self, database: str = MAINTENANCE_DATABASE) -> connection:
        """Return a new psycopg2 connection as the superuser."""
        return psycopg2.connect(self.url(database), connect_timeout=5)

    def url(self, database: str = MAINTENANCE_DATABASE, driver: str = "postgresql") -> str:
        """Return `driver://dq:password@127.0.0.1:port/database`."""
        secret = quote(self.config.password, safe="")
        return f"{driver}://{SUPERUSER}:{secret}@{LOOPBACK}:{self.config.port}/{quote(database, safe='')}"

    def create_database(self, name: str) -> bool:
        """Create the database unless it is there; returns whether it was created."""
        with closing(self.connect()) as link:
            link.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with link.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
                if cursor.fetchone():
                    return False
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                message = f"The data in {self.directory} was created with another password than the one in use now."
                raise LocalError(message) from error
            return False
        return True

    def _prepare(self) -> None:
        if not self.data.exists():
            self._initialise()
            return
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != self._binaries.major:
            raise WrongMajor(str(self.data), found, self._binaries.major)

    def _initialise(self) -> None:
        """Run initdb beside the final place and rename, so that an interrupted one leaves nothing half made."""
        make_traversable(self.directory)
        unfinished = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.directory))
        password_file = unfinished / "password"
        password_file.write_text(self.config.password)
        target = unfinished / "data"
        target.mkdir(mode=0o700)
        if self._account:
            for path in (unfinished, password_file, target):
                os.chown(path, self._account.uid, self._account.gid)
        try:
            self._run_initdb(target, password_file)
            target.rename(self.data)
        finally:
            shutil.rmtree(unfinished)

    def _run_initdb(self, target: Path, password_file: Path) -> None:
        durability = () if self.config.durable else ("--no-sync",)
        made = subprocess.run(
            (
                *(self._binaries.initdb, "-D", str(target), "-U", SUPERUSER, f"--pwfile={password_file}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", *durability),
            ),
            env=ENVIRONMENT,
            cwd=self.directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **(self._account.popen_arguments() if self._account else {}),
        )
        if made.returncode != 0:
            raise CommandFailed("initdb", made.returncode, made.stdout.splitlines())
