"""Claiming units that a test names, where workers take what is first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, TextClause, bindparam, text

from dq_platform.adapters.sql.ids import parse_ids
from dq_platform.adapters.sql.tables import ID, TIME
from dq_platform.models.job import Unit
from dq_platform.ports import Uow

NO_LIMIT = 1_000_000
HIDE = """
    UPDATE job_units SET state = 'hidden ' || state
    WHERE id <> ALL (:ids) AND (state = 'queued' OR (state = 'running' AND lease_until < :now))
"""
SHOW = "UPDATE job_units SET state = substr(state, 8) WHERE state LIKE 'hidden %'"


async def claim_units(uow: Uow, ids: Sequence[str], now: datetime, lease: timedelta) -> list[Unit]:
    """Those of the units that are to be had, in their order, as if nothing else were in the store."""
    wanted = list(parse_ids(ids))
    async with uow() as tx:
        session = tx.jobs._session  # type: ignore[attr-defined]  # one transaction with the claim
        await session.execute(_hide(), {"ids": wanted, "now": now})
        tasks = await tx.jobs.claim(max(len(wanted), 1), now, lease, NO_LIMIT)
        await session.execute(text(SHOW))
        await tx.commit()
    return sorted((unit for task in tasks for unit in task.units), key=lambda unit: wanted.index(unit.id))


def _hide() -> TextClause:
    return text(HIDE).bindparams(bindparam("ids", type_=ARRAY(ID)), bindparam("now", type_=TIME))
