"""Measuring the references of checks that compare, each in its own source."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from dq_platform.app.deps import Deps
from dq_platform.app.metadata import look_up, read_snapshot
from dq_platform.app.units import by_table
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import DomainError
from dq_platform.execution.compare import compared, compares, twin, without_reference
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import Measurement, Session, Spare, measure
from dq_platform.execution.plan import Plan, plan
from dq_platform.models.check import Check
from dq_platform.models.connection import Connection


@dataclass(frozen=True, slots=True)
class Side:
    """What was measured on a table, how, and in which source; `personal` are the table's columns that are marked so."""

    connection: Connection
    context: PlanContext
    plan: Plan
    measurement: Measurement
    personal: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """What was sent, unless something failed on the way."""
        return tuple(statement.sql for statement in self.plan.statements)


@dataclass(frozen=True, slots=True)
class Both:
    """What was measured, with expected values from references, and the statements of both sides.

    `personal` are the ids of checks whose reference is a column that is marked as personal.
    """

    measurement: Measurement
    statements: tuple[str, ...]
    personal: frozenset[str] = frozenset()


async def with_references(deps: Deps, checks: Sequence[Check], own: Side, *, tag: str) -> Both:
    """What the checks measured and, for those that compare, what their references say.

    A reference that cannot be measured fails the checks that name it, and no other.
    """
    both = Both(own.measurement, own.statements)
    for twins in references(check for check in checks if check.id not in own.measurement.failures):
        try:
            other = await _measured(deps, twins, own, tag)
        except DomainError as error:
            both = replace(both, measurement=without_reference(twins, both.measurement, error))
        else:
            both = Both(
                compared(twins, both.measurement, other.measurement, own.plan.periods),
                both.statements + other.statements,
                both.personal | {one.id for one in twins if one.target.column_name in other.personal},
            )
    return both


def references(checks: Iterable[Check]) -> Iterable[Sequence[Check]]:
    """The twins of those that compare, by the table that they measure."""
    return by_table(twin(check) for check in checks if compares(check)).values()


async def _measured(deps: Deps, twins: Sequence[Check], own: Side, tag: str) -> Side:
    """Raises NotFound if the connection is gone.

    Days begin where they begin for the checked table, whichever zone the reference's connection has.
    """
    target = twins[0].target
    async with deps.uow() as tx:
        connection = await tx.connections.get(own.connection.workspace_id, target.connection_id)
        known = await tx.tables.known(connection.id, target.schema_name, target.table_name)
    async with deps.sources.session(connection) as session:
        reading = read_snapshot(deps, session, connection, target.schema_name, target.table_name)
        looked = await look_up(session, reading)
        context = replace(
            own.context,
            dialect=session.dialect,
            snapshot=looked.snapshot,
            table_filter=known.settings.filter,
            problem=looked.problem,
            learned=known.learned,
            budget=connection.budget,
        )
        planned = plan(twins, context)
        found = await measure(session, planned, tag=tag, spare=spare(deps, connection))
        found = found.costing([twin.id for twin in twins], looked.cost)
        return Side(connection, context, planned, found, known.settings.pii_columns)


def spare(deps: Deps, connection: Connection, sessions: int | None = None) -> Spare | None:
    """Further sessions for the statements of one plan, where the engine has a use for them.

    `sessions`: how many it may use at once, its first included; None: as many as the process has.
    """
    if sessions == 1 or not ConnectorFactory.get(connection.type).dialect.layout.side_by_side:
        return None
    if sessions is None:
        return lambda: deps.sources.spare(connection)
    return _Spares(deps, connection, sessions - 1).one


@dataclass(slots=True)
class _Spares:
    """So many further sessions, if the process has them."""

    deps: Deps
    connection: Connection
    left: int

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Session | None]:
        if not self.left:
            yield None
            return
        self.left -= 1
        try:
            async with self.deps.sources.spare(self.connection) as session:
                yield session
        finally:
            self.left += 1
