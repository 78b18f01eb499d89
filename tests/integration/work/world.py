"""A workspace on a real store with a real source, and short ways to use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2

from dq_platform.adapters.bcrypt_hasher import BcryptHasher
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app import access, checks, connections, execute, jobs, results, runs
from dq_platform.app.checks import NewCheck
from dq_platform.app.connections import ConnectionDraft
from dq_platform.app.deps import Deps
from dq_platform.app.execute import Done, ExecuteOptions
from dq_platform.app.placing import Order
from dq_platform.checks.validation import CheckDraft
from dq_platform.connectors.base import Guards
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.ids import new_id
from dq_platform.models.check import Check, CheckSelector, Target
from dq_platform.models.connection import Connection
from dq_platform.models.incident import Incident, IncidentFilter
from dq_platform.models.job import Job, Priority, Unit
from dq_platform.models.page import PageRequest
from dq_platform.models.result import Result, ResultFilter
from dq_platform.models.workspace import Principal, Role
from dq_platform.ports import Queue
from tests.contract.engine import FILES
from tests.engines.postgres import PostgresServer
from tests.integration.claims import claim_units

ALL = PageRequest(1000)
EVERYTHING = CheckSelector()
NO_PAUSE = ExecuteOptions(backoff=lambda _: timedelta())
SHOP = """
CREATE TABLE customers (id int PRIMARY KEY, email text, country text NOT NULL);
INSERT INTO customers SELECT n, CASE WHEN n > 2 THEN 'c' || n || '@example.com' END, 'DE' FROM generate_series(1, 10) n;
CREATE TABLE orders (id int PRIMARY KEY, customer_id int, amount numeric(12, 2), placed_on date NOT NULL);
INSERT INTO orders SELECT n, n, n * 10, current_date - n FROM generate_series(1, 10) n;
CREATE TABLE payments (id int PRIMARY KEY, order_id int, paid boolean);
INSERT INTO payments SELECT n, n, true FROM generate_series(1, 5) n;
CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(60)::text AS slept;
"""


@dataclass(slots=True)
class RecordingQueue:
    """Remembers what workers were woken for, in order, and finds the units in the store."""

    store_url: str
    workspace_id: str = ""
    woken: list[tuple[int, Priority]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    repeated: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Of units that nobody took, in their order."""
        return [*self.repeated, *(unit_id for task in self.tasks for unit_id in task)]

    @property
    def tasks(self) -> list[list[str]]:
        """The same by tasks, without those that come again."""
        with closing(psycopg2.connect(self.store_url)) as link, link.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(id::text ORDER BY id) FROM job_units"
                " WHERE workspace_id = %s AND id::text <> ALL (%s) GROUP BY task_id ORDER BY min(id::text)",
                (self.workspace_id, [*self.taken]),
            )
            return [ids for (ids,) in cursor.fetchall()]

    @contextmanager
    def placing(self, job_id: str) -> Iterator[Mapping[str, str]]:
        assert job_id
        yield {}

    async def wake(self, tasks: int, priority: Priority) -> None:
        self.woken.append((tasks, priority))

    def again(self, *unit_ids: str) -> None:
        """Let them be taken once more."""
        self.repeated += unit_ids

    def take(self) -> list[str]:
        """The ids of units that nobody took so far."""
        ids, self.repeated = self.ids, []
        self.taken |= {*ids}
        return ids


@dataclass(slots=True)
class MovableClock:
    """The machine's time, and more."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        self.ahead += by


@dataclass(frozen=True, slots=True)
class Shop:
    """A source: a database of its own on a real server."""

    server: PostgresServer
    database: str

    @property
    def settings(self) -> dict[str, object]:
        params = self.server.params
        return {
            "host": params.host,
            "port": params.port,
            "user": params.user,
            "password": params.password,
            "database": self.database,
        }

    def run(self, sql: str) -> None:
        with closing(self.server.connect(self.database)) as link, link, link.cursor() as cursor:
            cursor.execute(sql)

    def running(self, text: str) -> int:
        """How many statements that hold the text run on the source now."""
        with closing(self.server.connect(self.database)) as link, link.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                " AND datname = %s AND query LIKE %s",
                (self.database, f"%{text}%"),
            )
            return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class World:
    """A workspace with a connection to a shop; `key` is its admin's."""

    deps: Deps
    who: Principal
    key: str
    shop: Shop
    connection: Connection
    clock: MovableClock
    queue: RecordingQueue

    def using(self, queue: Queue) -> World:
        """The same world with another queue."""
        return replace(self, deps=replace(self.deps, queue=queue))

    def draft(
        self,
        check_type: str = "nulls_percent",
        target: str = "customers.email",
        connection: Connection | None = None,
        **fields: Any,
    ) -> CheckDraft:
        table, _, column = target.partition(".")
        return CheckDraft(Target((connection or self.connection).id, "public", table, column), check_type, **fields)

    async def check(
        self,
        check_type: str = "nulls_percent",
        target: str = "customers.email",
        *,
        about: Mapping[str, Any] = {},
        **fields: Any,
    ) -> Check:
        return await checks.create_check(
            self.deps, self.who, NewCheck(self.draft(check_type, target, **fields), **about)
        )

    async def run(self, check: Check, request_id: str = "") -> Job:
        return await runs.run_check(self.deps, self.who, check.id, Order(request_id))

    async def batch(self, selector: CheckSelector = EVERYTHING) -> Job:
        return await runs.run_batch(self.deps, self.who, selector)

    async def claim(self, unit_id: str) -> Unit:
        [unit] = await self.claim_all([unit_id])
        return unit

    async def claim_all(self, unit_ids: Sequence[str], options: ExecuteOptions = NO_PAUSE) -> list[Unit]:
        """Those of the units that are to be had."""
        return await claim_units(self.deps.uow, unit_ids, self.clock.now(), options.lease)

    async def work(self, options: ExecuteOptions = NO_PAUSE) -> list[Done]:
        """Do every unit that the queue was told of, once, as a worker would."""
        done: list[Done] = []
        for unit_id in self.queue.take():
            units = await self.claim_all([unit_id], options)
            done += [await execute.run_unit(self.deps, unit, options) for unit in units]
        return done

    async def job(self, job: Job) -> Job:
        return await jobs.get_job(self.deps, self.who, job.id)

    async def results(self, **filter: Any) -> Sequence[Result]:
        return (await results.list_results(self.deps, self.who, ResultFilter(**filter), ALL)).items

    async def incidents(self) -> Sequence[Incident]:
        async with self.deps.uow() as tx:
            return (await tx.incidents.list(self.who.workspace_id, IncidentFilter(), ALL)).items

    async def unreachable(self) -> Connection:
        """A connection to a port where nobody listens."""
        return await self.connect(**(self.shop.settings | {"port": 1}))

    async def connect(self, **settings: object) -> Connection:
        draft = ConnectionDraft("shop", "postgresql", settings or self.shop.settings)
        return await connections.create_connection(self.deps, self.who, draft)


@asynccontextmanager
async def new_world(uow: SqlUow, shop: Shop) -> AsyncIterator[World]:
    store_url = uow._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    clock, queue = MovableClock(), RecordingQueue(store_url)
    async with Sources(SourceOptions(guards=Guards(files=FILES))) as sources:
        deps = Deps(uow, queue, clock, BcryptHasher(4), sources)
        made = await access.create_workspace(deps, f"w-{new_id()}"[:60])
        queue.workspace_id = made.workspace.id
        who = Principal(made.workspace.id, made.api_key.id, "admin", Role.ADMIN)
        draft = ConnectionDraft("shop", "postgresql", shop.settings)
        connection = await connections.create_connection(deps, who, draft)
        yield World(deps, who, made.secret, shop, connection, clock, queue)
