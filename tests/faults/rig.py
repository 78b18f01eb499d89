"""The real processes and servers that faults are played against."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.fernet import Fernet
from redis import Redis

from dq_platform.adapters.sql.migrate import upgrade
from local.child import Child, Command
from local.ports import any_free
from local.postgres import EmbeddedPostgres, PostgresConfig
from local.redis import EmbeddedRedis, RedisConfig
from tests.engines.places import reachable_directory
from tests.faults.timeline import CRONS, LEASE_SECONDS, SKEWS, WORKERS, Fault

ROOT = Path(__file__).resolve().parents[2]
STORE, SHOP = "dq", "shop"
PASSWORD = "only for tests"


class Rig:
    """Two PostgreSQLs (our store, which keeps what it committed, and the source), a Redis, workers and crons.

    Inside a `with` block all of it runs. `play` does one fault and returns when its damage is over.
    """

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._exit = ExitStack()
        self._children: dict[str, Child] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._encryption_key = Fernet.generate_key().decode()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self.directory = cleanup.enter_context(reachable_directory())
            self.redis = EmbeddedRedis(
                RedisConfig(self.directory / "redis", any_free(), self.directory / "redis.log", durable=False)
            )
            self.store, self.source = self._postgres("store", durable=True), self._postgres("source", durable=False)
            for server in (self.redis, self.store, self.source):
                cleanup.callback(server.stop)
            with ThreadPoolExecutor() as pool:
                for started in [pool.submit(server.start) for server in (self.redis, self.store, self.source)]:
                    started.result()
            self.store.create_database(STORE)
            self.source.create_database(SHOP)
            upgrade(self.store.url(STORE))
            cleanup.callback(self._kill_all)
            for name in (*WORKERS, *CRONS):
                self._start(name, self._draw.choice(SKEWS))
            self._exit = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    async def play(self, fault: Fault) -> None:
        """Two faults of one target follow each other."""
        async with self._locks.setdefault(fault.target, asyncio.Lock()):
            await getattr(self, fault.kind.removesuffix("_cron"))(fault)

    async def kill(self, fault: Fault) -> None:
        child = self._children[fault.target]
        os.kill(child.pid, signal.SIGKILL)
        await asyncio.to_thread(child.join)
        await asyncio.sleep(fault.lasts)
        self._start(fault.target, fault.skew)

    async def pause(self, fault: Fault) -> None:
        pid = self._children[fault.target].pid
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(fault.lasts)
        os.kill(pid, signal.SIGCONT)

    async def flush_redis(self, _fault: Fault) -> None:
        await asyncio.to_thread(_flush, self.redis.url)

    async def restart_redis(self, fault: Fault) -> None:
        await self._restart(self.redis, fault.lasts)

    async def restart_store(self, fault: Fault) -> None:
        await self._restart(self.store, fault.lasts)

    async def crash_store(self, fault: Fault) -> None:
        pid = int((self.store.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        await self._restart(self.store, fault.lasts)

    async def cut_source(self, fault: Fault) -> None:
        await self._restart(self.source, fault.lasts)

    def environment(self) -> dict[str, str]:
        """The settings of a process that uses the rig's stores."""
        return {
            "DATABASE_URL": self.store.url(STORE),
            "REDIS_URL": self.redis.url,
            "ENCRYPTION_KEY": self._encryption_key,
            "DQ_LEASE": str(LEASE_SECONDS),
            "DQ_LOG_FORMAT": "json",
        }

    def dead(self) -> list[str]:
        """The processes that ended though nobody killed them, with the end of their logs."""
        ended = [child for child in self._children.values() if child.exit_code() is not None]
        return ["\n".join([child.command.name, *child.tail()]) for child in ended]

    def crashes(self) -> list[str]:
        """What the logs tell of exceptions that nobody expected: an outage is none."""
        logs = sorted(self.directory.glob("*-*.log"))
        return [
            f"{log.name}: {told}" for log in logs for line in log.read_text().splitlines() if (told := _crash(line))
        ]

    async def _restart(self, server: EmbeddedPostgres | EmbeddedRedis, away: float) -> None:
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(away)
        await asyncio.to_thread(server.start)

    def _postgres(self, name: str, *, durable: bool) -> EmbeddedPostgres:
        directory = self.directory / name
        return EmbeddedPostgres(PostgresConfig(directory, any_free(), PASSWORD, directory.with_suffix(".log"), durable))

    def _start(self, name: str, skew: float) -> None:
        number = sum(1 for _ in self.directory.glob(f"{name}.*.log"))
        argv = (sys.executable, "-m", "tests.faults.skewed", name.partition("-")[0], str(skew))
        log = self.directory / f"{name}.{number}.log"
        self._children[name] = Child.spawn(Command(name, argv, log, os.environ | self.environment(), ROOT))

    def _kill_all(self) -> None:
        for child in self._children.values():
            if child.exit_code() is None:
                os.kill(child.pid, signal.SIGKILL)
            child.join()


def _flush(url: str) -> None:
    with closing(Redis.from_url(url)) as redis:
        redis.flushall()


def _crash(line: str) -> str:
    """The event of a log line and the last line of its exception; empty if it has none."""
    if not line.startswith("{"):
        return line if "Traceback" in line else ""
    entry = json.loads(line)
    exception = str(entry.get("exception", "")).strip()
    return f"{entry['event']}: {exception.splitlines()[-1]}" if exception else ""
