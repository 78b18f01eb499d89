"""How failures become incidents: what a workspace says, and what its connections say instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.review import Review
from dq_platform.incidents.policy import in_effect
from dq_platform.models.incident import Handling, IncidentSettings
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

MAX_PASSING_RUNS = 100
MAX_LENGTH = timedelta(days=31)
CHANGEABLE = frozenset(field.name for field in fields(Handling))


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a connection's incidents, or of a workspace's, and what holds for them."""

    settings: IncidentSettings
    handling: Handling


async def get_settings(deps: Deps, who: Principal, connection_id: str) -> Said:
    """The connection's settings, or the workspace's for an empty id. Raises NotFound."""
    async with deps.uow() as tx:
        return await _read(tx, who, connection_id)


async def update_settings(deps: Deps, who: Principal, connection_id: str, changes: Mapping[str, object]) -> Said:
    """The changed settings, for incidents that open from now on. None as a value takes a setting back.

    Raises Invalid for values out of range, NotFound for the connection.
    """
    async with deps.uow() as tx:
        before = (await _read(tx, who, connection_id)).settings
        wanted = changed(before, changes, CHANGEABLE, "incident_settings")
        _review(wanted)
        await tx.incident_settings.save(wanted)
        after = await _read(tx, who, connection_id)
        await tx.commit()
    return after


def _review(settings: IncidentSettings) -> None:
    review = Review("incident_settings")
    count = settings.passing_run_count
    if count is not None and not 1 <= count <= MAX_PASSING_RUNS:
        review.wrong("passing_run_count", f"is {count}; it takes 1 to {MAX_PASSING_RUNS}.")
    for name in ("flap_window", "escalate_after"):
        length = getattr(settings, name)
        if length is not None and not timedelta() <= length <= MAX_LENGTH:
            review.wrong(name, f"is {length.total_seconds():g} s; it takes 0 to {MAX_LENGTH.days} days.")
    review.done()


async def _read(tx: Tx, who: Principal, connection_id: str) -> Said:
    owner = (await tx.connections.get(who.workspace_id, connection_id)).id if connection_id else ""
    found = await tx.incident_settings.find(who.workspace_id, [owner] if owner else [])
    own = [one for one in found if one.connection_id == owner]
    return Said(own[0] if own else IncidentSettings(who.workspace_id, owner), in_effect(found, owner))
