"""Somebody who requests work while things go wrong, and remembers what was acknowledged."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import psycopg2

from dq_platform.app import access, checks, connections, jobs, runs, schedules
from dq_platform.app.checks import NewCheck
from dq_platform.app.connections import ConnectionDraft
from dq_platform.app.deps import Deps
from dq_platform.app.placing import Order
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.checks.validation import CheckDraft
from dq_platform.errors import StoreUnavailable
from dq_platform.ids import new_id
from dq_platform.models.check import CheckSelector, Target
from dq_platform.models.schedule import Overlap
from dq_platform.models.workspace import Principal, Role
from tests.faults.books import MOMENTS
from tests.faults.rig import SHOP, STORE, Rig

T = TypeVar("T")
AGAIN_AFTER = 0.2
SCHEDULES = 3
RARELY = "0 0 29 2 *"
SLOW = 6
TABLES = (
    "CREATE TABLE customers (id int, email text)",
    "INSERT INTO customers SELECT n, CASE WHEN n > 2 THEN 'c' || n || '@example.com' END FROM generate_series(1, 10) n",
    "CREATE TABLE orders (id int, amount numeric(12, 2), placed_on date)",
    "INSERT INTO orders SELECT n, n * 10, current_date - n FROM generate_series(1, 10) n",
    "CREATE TABLE turns (id int, value text)",
    "INSERT INTO turns VALUES (1, NULL)",
    *(f"CREATE VIEW slow_{n} AS SELECT 1 AS id, pg_sleep({0.2 * (n + 1)})::text AS slept" for n in range(SLOW)),
)
CHECKS = (
    *(("nulls_percent", table, column) for table, column in (("customers", "email"), ("turns", "value"))),
    *(("nulls_percent", "orders", column) for column in ("id", "amount", "placed_on")),
    *(("row_count", table, "") for table in ("customers", "orders", "turns")),
    *(("nulls_percent", f"slow_{n}", "slept") for n in range(SLOW)),
)


@dataclass(slots=True)
class Customer:
    """A workspace with checks that pass, checks that fail, one that takes turns, and checks that take their time."""

    deps: Deps
    rig: Rig
    draw: random.Random
    who: Principal
    check_ids: list[str] = field(default_factory=list)
    schedule_ids: list[str] = field(default_factory=list)
    requested: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def moved_in(cls, deps: Deps, rig: Rig, seed: int) -> Customer:
        """With everything set up, and nothing requested yet."""
        made = await access.create_workspace(deps, "faults")
        who = Principal(made.workspace.id, made.api_key.id, "admin", Role.ADMIN)
        customer = cls(deps, rig, random.Random(seed), who)
        await customer._set_up()
        return customer

    async def go_on(self, until: asyncio.Event) -> None:
        """Request one thing after the other until the event is set, first what the books cannot do without."""
        await self.due()
        while not until.is_set():
            act = self.draw.choices((self.batch, self.one, self.due, self.take_turn), (5, 3, 2, 2))[0]
            await act()
            await asyncio.sleep(self.draw.uniform(0.05, 0.6))

    async def batch(self) -> None:
        """Several checks; now and then they are cancelled while they are done."""
        some = tuple(self.draw.sample(self.check_ids, self.draw.randint(3, len(self.check_ids))))
        request_id = new_id()
        job = await _surely(
            lambda: runs.run_batch(self.deps, self.who, CheckSelector(check_ids=some), Order(request_id))
        )
        self.requested[request_id] = job.id
        if self.draw.random() < 0.15:
            await asyncio.sleep(self.draw.uniform(0.0, 0.5))
            await _surely(lambda: jobs.cancel_job(self.deps, self.who, job.id))

    async def one(self) -> None:
        check_id, request_id = self.draw.choice(self.check_ids), new_id()
        job = await _surely(lambda: runs.run_check(self.deps, self.who, check_id, Order(request_id)))
        self.requested[request_id] = job.id

    async def due(self) -> None:
        """A schedule is due, unless it is already."""
        moment = {"id": self.draw.choice(self.schedule_ids), "moment": datetime.now(UTC) - timedelta(seconds=1)}
        await _surely(lambda: asyncio.to_thread(self._store, MAKE_DUE, moment))

    async def take_turn(self) -> None:
        """What failed passes and what passed fails, as soon as the source is there."""
        with suppress(psycopg2.Error):
            await asyncio.to_thread(self._source, "UPDATE turns SET value = CASE WHEN value IS NULL THEN 'there' END")

    async def _set_up(self) -> None:
        await asyncio.to_thread(self._source, *TABLES)
        await asyncio.to_thread(self._store, MOMENTS)
        params = self.rig.source.config
        settings = {"host": "127.0.0.1", "port": params.port, "user": "dq", "password": params.password}
        draft = ConnectionDraft("shop", "postgresql", settings | {"database": SHOP})
        connection = await connections.create_connection(self.deps, self.who, draft)
        for check_type, table, column in CHECKS:
            check = CheckDraft(Target(connection.id, "public", table, column), check_type)
            self.check_ids.append((await checks.create_check(self.deps, self.who, NewCheck(check))).id)
        for number in range(SCHEDULES):
            selector = CheckSelector(table_pattern="*s")
            plan = ScheduleDraft(f"rarely {number}", RARELY, selector=selector, overlap=Overlap.QUEUE)
            self.schedule_ids.append((await schedules.create_schedule(self.deps, self.who, plan)).id)

    def _store(self, statement: str, values: Mapping[str, object] | None = None) -> None:
        with closing(self.rig.store.connect(STORE)) as link, link, link.cursor() as cursor:
            cursor.execute(statement, values)

    def _source(self, *statements: str) -> None:
        with closing(self.rig.source.connect(SHOP)) as link, link, link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


# Noted and done at once. Saying it again is harmless, for the moment is the same.
MAKE_DUE = """
WITH free AS (SELECT id FROM schedules WHERE id = %(id)s AND next_run_time > now() + interval '1 hour' FOR UPDATE),
    noted AS (INSERT INTO moments SELECT id, %(moment)s FROM free ON CONFLICT DO NOTHING RETURNING *)
UPDATE schedules SET next_run_time = noted.due_time FROM noted WHERE schedules.id = noted.schedule_id"""


async def _surely(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer. While the store is away the same is asked again: nobody knows what became of it."""
    while True:
        try:
            return await ask()
        except (StoreUnavailable, psycopg2.OperationalError, psycopg2.InterfaceError):
            await asyncio.sleep(AGAIN_AFTER)
