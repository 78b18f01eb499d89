"""The whole platform on one machine without Docker: two stores, three gRPC servers, gateway, workers and cron."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from rich.console import Console

from local.child import Command
from local.errors import CommandFailed
from local.lock import StateLock
from local.places import make_traversable
from local.ports import LOOPBACK, choose
from local.postgres import EmbeddedPostgres, PostgresConfig
from local.ready import file_exists, grpc_serves, http_serves
from local.redis import EmbeddedRedis, RedisConfig
from local.settings import Ports, StackSettings, load_or_generate
from local.supervisor import Service, Supervisor

DATABASE = "dq"
REPOSITORY = Path(__file__).resolve().parent.parent
SERVERS = ("connection", "check", "results")
MIGRATION_OUTPUT_LINES = 30


@dataclass(frozen=True, slots=True)
class StackOptions:
    """How to run a stack.

    `directory` keeps its state. `workers` is how many run. `ports` are those wanted on the first start; later starts
    want what the first one got. `durable=False` trades safety in a crash for speed, for tests. `environment` is added
    to that of all processes.
    """

    directory: Path = Path(".dq")
    workers: int = 1
    ports: Ports = field(default_factory=Ports)
    durable: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)


class Stack:
    """A running platform inside a `with` block; leaving the block stops all of it.

    Entering starts and migrates everything and returns when all of it is ready. It raises AlreadyRunning, ChildDied,
    NotReady, CommandFailed, MissingProgram, WrongMajor or another LocalError, with everything stopped again. In the
    main thread, SIGTERM inside the block acts like Ctrl-C: KeyboardInterrupt.
    """

    def __init__(self, options: StackOptions, console: Console) -> None:
        self.options = options
        self.console = console
        self.directory = options.directory.resolve()
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            cleanup.enter_context(terminate_is_interrupt())
            make_traversable(self.directory)
            self._lock = StateLock.acquire(self.directory)
            cleanup.callback(self._lock.release)
            self.settings = self._settle_ports()
            self._supervisor = cleanup.enter_context(Supervisor(self.console, held=(self._lock.descriptor,)))
            self._start_stores()
            self._migrate()
            self._start_platform()
            self._lock.publish(tuple(self.addresses().values()))
            self._exit = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    @property
    def gateway_url(self) -> str:
        return f"http://{LOOPBACK}:{self.settings.ports.gateway}"

    @property
    def sample(self) -> Path:
        """The folder for files that connections may read."""
        return self.directory / "sample"

    @property
    def database_url(self) -> str:
        """The platform's own database as SQLAlchemy wants it, driver asyncpg."""
        return self.postgres.url(DATABASE, driver="postgresql+asyncpg")

    @property
    def redis_url(self) -> str:
        return self.redis.url

    def grpc_address(self, server: str) -> str:
        """Return `host:port` of the server `connection`, `check` or `results`."""
        return f"{LOOPBACK}:{asdict(self.settings.ports)[server]}"

    def addresses(self) -> dict[str, str]:
        """Return where things are, by name, for people; without secrets."""
        ports = self.settings.ports
        return {
            "REST": f"{self.gateway_url}/api/v1",
            "docs": f"{self.gateway_url}/docs",
            **{f"gRPC {server}": f"grpc://{self.grpc_address(server)}" for server in SERVERS},
            "metrics": f"{self.gateway_url}/metrics",
            **{f"metrics {name}": f"http://{LOOPBACK}:{port}/metrics" for name, port in self._metrics.items()},
            "PostgreSQL": f"postgresql://{LOOPBACK}:{ports.postgres}/{DATABASE}",
            "Redis": self.redis_url,
        }

    def environment(self) -> dict[str, str]:
        """Return the settings that a process of this stack, or a tool beside it, gets as environment variables."""
        ports = asdict(self.settings.ports)
        listen = {f"DQ_{name.upper()}_PORT": str(ports[name]) for name in (*SERVERS, "gateway")}
        upstream = {f"DQ_{name.upper()}_ADDR": self.grpc_address(name) for name in SERVERS}
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "ENCRYPTION_KEY": self.settings.encryption_key,
            "DQ_HOST": LOOPBACK,
            "DQ_FILE_DIRECTORIES": ",".join(self._file_directories()),
            **listen,
            **upstream,
            **self.options.environment,
        }

    def check(self) -> None:
        """Raise ChildDied if a process of the stack has ended."""
        self._supervisor.check()

    def wait(self) -> None:
        """Block until Ctrl-C or SIGTERM, then return; raises ChildDied if a process ends by itself."""
        try:
            self._supervisor.watch()
        except KeyboardInterrupt:
            self.console.print("Stopping …")

    def pid_of(self, name: str) -> int:
        """Return the process id of a process of the stack (`check`, `worker-1`), for tests that kill it."""
        return next(child.pid for child in self._supervisor.children if child.command.name == name)

    def _file_directories(self) -> list[str]:
        """Where connections may read files: as the user says, and beside that the sample."""
        given = os.environ.get("DQ_FILE_DIRECTORIES")
        return [*([given] if given else []), str(self.sample)]

    def _settle_ports(self) -> StackSettings:
        settings = load_or_generate(self.directory, self.options.ports)
        wanted = asdict(settings.ports)
        first = wanted.pop("metrics")
        measured = (*SERVERS, "cron", *self._workers()) if first else ()
        chosen, moves = choose(wanted | {f"metrics {name}": first + place for place, name in enumerate(measured)})
        for move in moves:
            self.console.print(str(move), style="yellow", markup=False)
        self._metrics = {name: chosen.pop(f"metrics {name}") for name in measured}
        settings = settings.with_ports(Ports(**chosen, metrics=first))
        settings.save(self.directory)
        return settings

    def _start_stores(self) -> None:
        ports, durable = self.settings.ports, self.options.durable
        password = self.settings.database_password
        directory = self.directory / "postgres"
        self.postgres = EmbeddedPostgres(
            PostgresConfig(directory, ports.postgres, password, self._log("postgres"), durable)
        )
        self.redis = EmbeddedRedis(RedisConfig(self.directory / "redis", ports.redis, self._log("redis"), durable))
        if self.postgres.notice:
            self.console.print(self.postgres.notice, style="yellow", markup=False)
        self._supervisor.start([self.postgres.service(), self.redis.service()])

    def _migrate(self) -> None:
        self.postgres.create_database(DATABASE)
        with self.console.status("Migrating the database …"):
            made = subprocess.run(
                (sys.executable, "-P", "-m", "alembic", "upgrade", "head"),
                cwd=REPOSITORY,
                env=os.environ | self.environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        self._log("migrate").write_text(made.stdout, encoding="utf-8")
        if made.returncode != 0:
            output = made.stdout.splitlines()[-MIGRATION_OUTPUT_LINES:]
            raise CommandFailed("The migration of the database", made.returncode, output)

    def _start_platform(self) -> None:
        """Start the servers first: the gateway is ready when they are, workers and cron want a settled platform."""
        self._supervisor.start([self._server(name) for name in SERVERS])
        self._supervisor.start(
            [
                *(self._background(name, "workers") for name in self._workers()),
                self._background("cron", "workers.cron"),
                Service(
                    self._command("gateway", "gateway"),
                    partial(http_serves, f"{self.gateway_url}/readyz"),
                    where=self.gateway_url,
                ),
            ]
        )

    def _workers(self) -> list[str]:
        return [f"worker-{number}" for number in range(1, self.options.workers + 1)]

    def _server(self, name: str) -> Service:
        address = self.grpc_address(name)
        return Service(self._command(name, f"services.{name}"), partial(grpc_serves, address), where=address)

    def _background(self, name: str, module: str) -> Service:
        """A process that listens nowhere tells that it is ready by creating the file named by DQ_READY_FILE."""
        mark = self.directory / "run" / f"{name}.ready"
        mark.parent.mkdir(mode=0o700, exist_ok=True)
        mark.unlink(missing_ok=True)
        return Service(self._command(name, module, {"DQ_READY_FILE": str(mark)}), partial(file_exists, mark))

    def _command(self, name: str, module: str, extra: Mapping[str, str] | None = None) -> Command:
        """Run a module of ours; -P keeps a folder of the same name in the current directory from taking its place."""
        measured = {"DQ_METRICS_PORT": str(self._metrics[name])} if name in self._metrics else {}
        environment = os.environ | self.environment() | measured | dict(extra or {})
        return Command(name, (sys.executable, "-P", "-m", module), self._log(name), environment)

    def _log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"


@contextmanager
def terminate_is_interrupt() -> Iterator[None]:
    """Make SIGTERM raise KeyboardInterrupt inside the block, as Ctrl-C does; without effect outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
