"""What workers and cron are made of, around a world."""

from __future__ import annotations

from arq.connections import ArqRedis
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.notify.destinations import Destinations
from dq_platform.adapters.notify.outlet import Outlet
from dq_platform.adapters.sql.maintenance import SqlMaintenance
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.app.deps import Deps
from dq_platform.compose import Parts
from telemetry.parts import Telemetry


def parts_of(deps: Deps, redis: ArqRedis, engine: AsyncEngine, uow: SqlUow) -> Parts:
    """Parts that may send to public addresses alone."""
    return Parts(deps, redis, SqlMaintenance(engine.sync_engine), uow, Telemetry(), Outlet(Destinations()), "")
