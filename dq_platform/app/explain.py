"""What running checks would send to their sources, without sending it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dq_platform.app.comparing import references
from dq_platform.app.deps import Deps
from dq_platform.app.metadata import snapshot_of
from dq_platform.app.other_tables import sizes_besides
from dq_platform.app.review import Review
from dq_platform.app.runs import review_window
from dq_platform.app.selectors import review_selector, selected
from dq_platform.app.units import by_table
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Invalid
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.plan import Plan, plan
from dq_platform.models.check import Check, CheckSelector, PeriodWindow
from dq_platform.models.workspace import Principal

MAX_TABLES = 100


@dataclass(frozen=True, slots=True)
class TablePlan:
    """The plan for checks of one table."""

    checks: Sequence[Check]
    plan: Plan

    @property
    def check(self) -> Check:
        """Any of them, for the table that they have in common."""
        return self.checks[0]


async def explain(
    deps: Deps, who: Principal, selector: CheckSelector, window: PeriodWindow | None = None
) -> list[TablePlan]:
    """A plan for each table of the enabled checks that match, and of their references, by what we know of the tables.

    Only a table of which nothing is known is looked up in its source. Raises Invalid if no check matches, or those of
    more than MAX_TABLES tables; SourceError.
    """
    review = Review()
    review_selector(review, selector)
    review_window(review, window)
    review.done()
    async with deps.uow() as tx:
        tables = by_table(await selected(tx, who, selector))
    if len(tables) > MAX_TABLES:
        description = f"matches checks of {len(tables)} tables; a plan is made of at most {MAX_TABLES} at once."
        raise Invalid.one("selector", description, "TOO_MANY")
    found: list[TablePlan] = []
    for checks in tables.values():
        own = await _explained(deps, who, checks, window)
        found += [
            own,
            *[await _explained(deps, who, twins, window, own.plan.time_zone) for twins in references(checks)],
        ]
    return found


async def _explained(
    deps: Deps, who: Principal, checks: Sequence[Check], window: PeriodWindow | None, time_zone: str = ""
) -> TablePlan:
    target = checks[0].target
    place = (target.schema_name, target.table_name)
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, target.connection_id)
        known = await tx.tables.known(connection.id, *place)
        others = await sizes_besides(tx, checks)
    context = PlanContext(
        dialect=ConnectorFactory.get(connection.type).dialect,
        snapshot=known.snapshot or await snapshot_of(deps, connection, *place),
        time_zone=time_zone or connection.time_zone,
        now=deps.clock.now(),
        table_filter=known.settings.filter,
        window=window,
        learned=known.learned,
        budget=connection.budget,
        others=others,
    )
    return TablePlan(checks, plan(checks, context))
