"""Plans and measures checks on the table of one engine."""

from __future__ import annotations

from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import plan
from dq_platform.models.check import Check, Mode, Target, TimeScale
from tests.integration.execution.shop import NOW, snapshot_of


class Bench:
    def __init__(self, shop, session):
        self.shop, self.session = shop, session
        self.statements = 0

    def check(self, id, check_type="nulls_count", column="customer", **changes):
        table = changes.pop("table", self.shop.table)
        fields = {
            "id": id,
            "workspace_id": "w",
            "target": Target(self.shop.connection.id, self.shop.schema, table, column),
            "check_type": check_type,
            "mode": Mode.MONITORING,
            "time_scale": TimeScale.DAILY,
            "create_time": NOW,
            "update_time": NOW,
        }
        return Check(**(fields | changes))

    def partitioned(self, id, *, by="created_at", scale=TimeScale.DAILY, **changes):
        return self.check(id, mode=Mode.PARTITIONED, partition_column=by, time_scale=scale, **changes)

    async def plan(self, checks, **changes):
        table = checks[0].target.table_name
        known = await snapshot_of(self.session, self.shop, table)
        fields = {"dialect": self.session.dialect, "snapshot": known, "time_zone": "Europe/Berlin", "now": NOW}
        return plan(checks, PlanContext(**(fields | changes)))

    async def measure(self, *checks, **changes):
        """What the checks measure; `statements` is how many the source then got for it."""
        planned = await self.plan(checks, **changes)
        before = self.session.statements
        done = await measure(self.session, planned, tag="test")
        self.statements = self.session.statements - before
        return done

    async def values(self, *checks, **changes):
        """By check, group and local day of the period."""
        done = await self.measure(*checks, **changes)
        assert done.failures == {}
        return {
            (reading.check_id, reading.data_group, reading.time_period.isoformat()[:16]): reading.value
            for readings in done.readings.values()
            for reading in readings
        }
