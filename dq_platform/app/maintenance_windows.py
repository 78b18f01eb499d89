"""Times in which failures are expected, and open no incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.etag import require_etag
from dq_platform.app.review import MAX_IDENTIFIER, MAX_NOTE, Review
from dq_platform.ids import new_id
from dq_platform.models.maintenance import MaintenanceWindow
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal

CHANGEABLE = frozenset({"table_pattern", "start_time", "end_time", "reason"})


@dataclass(frozen=True, slots=True)
class WindowDraft:
    """A maintenance window as a client sent it."""

    start_time: datetime
    end_time: datetime
    reason: str
    connection_id: str = ""
    table_pattern: str = ""


async def create_window(deps: Deps, who: Principal, draft: WindowDraft) -> MaintenanceWindow:
    """The new window. Raises Invalid, also for one that is over, and NotFound for the connection."""
    now = deps.clock.now()
    _review(draft, ends_after=now)
    async with deps.uow() as tx:
        named = draft.connection_id
        window = MaintenanceWindow(
            id=new_id(),
            workspace_id=who.workspace_id,
            start_time=draft.start_time,
            end_time=draft.end_time,
            reason=draft.reason,
            create_time=now,
            update_time=now,
            connection_id=(await tx.connections.get(who.workspace_id, named)).id if named else "",
            table_pattern=draft.table_pattern,
            created_by=who.key_name,
        )
        await tx.maintenance_windows.add(window)
        await tx.commit()
    return window


async def get_window(deps: Deps, who: Principal, id: str) -> MaintenanceWindow:
    async with deps.uow() as tx:
        return await tx.maintenance_windows.get(who.workspace_id, id)


async def list_windows(deps: Deps, who: Principal, page: PageRequest) -> Page[MaintenanceWindow]:
    """The workspace's windows by creation, those that are over too."""
    async with deps.uow() as tx:
        return await tx.maintenance_windows.list(who.workspace_id, page)


async def update_window(
    deps: Deps, who: Principal, id: str, changes: Mapping[str, object], etag: str = ""
) -> MaintenanceWindow:
    """The changed window, for results from now on. Raises Invalid, NotFound, EtagMismatch."""
    async with deps.uow() as tx:
        before = await tx.maintenance_windows.get(who.workspace_id, id)
        require_etag("maintenance window", id, before.version, etag)
        after = replace(changed(before, changes, CHANGEABLE, "maintenance_window"), update_time=deps.clock.now())
        _review(after)
        await tx.maintenance_windows.update(after, before.version)
        await tx.commit()
    return replace(after, version=before.version + 1)


async def delete_window(deps: Deps, who: Principal, id: str, etag: str = "") -> None:
    """Delete it: from now on, failures count again. Raises NotFound, EtagMismatch."""
    async with deps.uow() as tx:
        window = await tx.maintenance_windows.get(who.workspace_id, id)
        require_etag("maintenance window", id, window.version, etag)
        await tx.maintenance_windows.delete(who.workspace_id, id)
        await tx.commit()


def _review(window: WindowDraft | MaintenanceWindow, *, ends_after: datetime | None = None) -> None:
    review = Review("maintenance_window")
    review.text("table_pattern", window.table_pattern, most=MAX_IDENTIFIER)
    review.text("reason", window.reason, most=MAX_NOTE, required=True)
    review.period(window.start_time, window.end_time, "end_time")
    if ends_after is not None and window.end_time <= ends_after:
        review.wrong("end_time", f"{window.end_time.isoformat()} is not in the future.", "TIME_IN_THE_PAST")
    review.done()
