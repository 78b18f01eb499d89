"""The outbox of events and the notifications that come of them, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.ids import has_id
from dq_platform.adapters.sql.incident_rows import event_from_row
from dq_platform.adapters.sql.locks import Lock
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import (
    PENDING,
    TIME,
    incident_events,
    notification_channels,
    notification_outbox,
    notifications,
)
from dq_platform.adapters.sql.versions import OwnedRows
from dq_platform.models.incident import IncidentEvent, IncidentEventKind
from dq_platform.models.notification import (
    FailedAttempt,
    Notification,
    NotificationEnd,
    NotificationFilter,
    NotificationState,
)
from dq_platform.models.page import Page, PageRequest

NEWEST_FIRST = Keyset((notifications.c.create_time, notifications.c.id), descending=True)


class SqlNotifications:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = OwnedRows(session, notifications, "notification")

    async def take_events(self, limit: int) -> Sequence[IncidentEvent]:
        """One process at a time looks at events, so that what it decides knows of all that came before."""
        # Asked first without a lock: mostly there is nothing.
        if not (await self._session.execute(ANY_EVENT)).scalar_one():
            return []
        await self._session.begin()
        if not (await self._session.execute(select(func.pg_try_advisory_xact_lock(Lock.OUTBOX)))).scalar_one():
            return []
        first = select(notification_outbox.c.position).order_by(notification_outbox.c.position).limit(limit)
        taken = delete(notification_outbox).where(notification_outbox.c.position.in_(first))
        rows = (await self._session.execute(taken.returning(*notification_outbox.c))).all()
        ids = [row.event_id for row in sorted(rows, key=lambda row: row.position)]
        found = await self._session.execute(select(incident_events).where(incident_events.c.id.in_(ids)))
        events = {row.id: event_from_row(row) for row in found}
        return [events[event_id] for event_id in ids]

    async def told(self, incident_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        columns = notifications.c
        rows = await self._session.execute(
            select(columns.incident_id, columns.channel_id, columns.rule_id)
            .where(columns.incident_id.in_(incident_ids), columns.state != NotificationState.DEAD)
            .order_by(columns.position.desc())
        )
        found: dict[str, dict[str, str]] = {}
        for row in rows:
            found.setdefault(row.incident_id, {})[row.channel_id] = row.rule_id
        return found

    async def add(self, several: Sequence[Notification]) -> None:
        """Channels that are gone are left out, and what is there already stays."""
        wanted = {one.channel_id for one in several}
        living = select(notification_channels.c.id).where(notification_channels.c.id.in_(wanted))
        locked = living.order_by(notification_channels.c.id).with_for_update(read=True, key_share=True)
        there = set((await self._session.execute(locked)).scalars())
        rows = [_values(one) for one in several if one.channel_id in there]
        if rows:
            await self._session.execute(upsert(notifications).on_conflict_do_nothing(), rows)

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> Sequence[Notification]:
        values = {"now": now, "until": now + lease, "most": limit}
        rows = (await self._session.execute(CLAIM, values)).all()
        return [_notification(row) for row in sorted(rows, key=lambda row: row.position)]

    async def finish(self, end: NotificationEnd) -> bool:
        one, failure = end.notification, end.failure
        ended = None if end.state is NotificationState.PENDING else end.due_time
        values: dict[str, object] = {"state": end.state, "due_time": end.due_time, "end_time": ended}
        if failure is not None:
            noted = literal([_failure_to_json(failure)], JSONB)
            values["failed_attempts"] = notifications.c.failed_attempts.op("||")(noted)
        mine = notifications.c.id == one.id, notifications.c.attempt == one.attempt, PENDING
        return bool((await self._session.execute(update(notifications).where(*mine).values(values))).rowcount)

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Notification:
        return _notification(await self._rows.get(workspace_id, id, lock=lock))

    async def list(self, workspace_id: str, filter: NotificationFilter, page: PageRequest) -> Page[Notification]:
        statement = select(notifications).where(notifications.c.workspace_id == workspace_id, *_matching(filter))
        return await fetch_page(self._session, statement, NEWEST_FIRST, page, _notification)

    async def oldest_unsent(self) -> datetime | None:
        oldest: datetime | None = (await self._session.execute(OLDEST_UNSENT)).scalar_one()
        return oldest

    async def revive(self, one: Notification, at: datetime) -> None:
        values = {
            "state": NotificationState.PENDING,
            "due_time": at,
            "end_time": None,
            "first_attempt": notifications.c.attempt,
        }
        await self._session.execute(update(notifications).where(notifications.c.id == one.id).values(values))


def _claim() -> Update:
    """What is due, except what waits for an earlier message of its incident to the same channel."""
    later, earlier = notifications.alias("later"), notifications.alias("earlier")
    waits = exists().where(
        earlier.c.incident_id == later.c.incident_id,
        earlier.c.channel_id == later.c.channel_id,
        earlier.c.position < later.c.position,
        earlier.c.state == NotificationState.PENDING.value,
    )
    is_due = and_(later.c.state == NotificationState.PENDING.value, later.c.due_time <= bindparam("now", type_=TIME))
    due: Select[Any] = (
        select(later.c.id)
        .where(is_due, ~waits)
        .order_by(later.c.due_time)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, of=later)
    )
    return (
        update(notifications)
        .where(notifications.c.id.in_(due))
        .values(attempt=notifications.c.attempt + 1, due_time=bindparam("until", type_=TIME))
        .returning(notifications)
    )


CLAIM = _claim()
OLDEST_UNSENT = select(
    func.least(
        select(func.min(incident_events.c.create_time))
        .join(notification_outbox, notification_outbox.c.event_id == incident_events.c.id)
        .scalar_subquery(),
        select(func.min(notifications.c.create_time)).where(PENDING).scalar_subquery(),
    )
)
ANY_EVENT = select(exists().select_from(notification_outbox))


def _matching(wanted: NotificationFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(notifications.c.state.in_(wanted.states))
    if wanted.channel_id:
        found.append(has_id(notifications.c.channel_id, wanted.channel_id))
    if wanted.incident_id:
        found.append(has_id(notifications.c.incident_id, wanted.incident_id))
    return found


def _values(one: Notification) -> Mapping[str, object]:
    return {
        "id": one.id,
        "workspace_id": one.workspace_id,
        "event_id": one.event_id,
        "event_kind": one.event_kind,
        "incident_id": one.incident_id,
        "channel_id": one.channel_id,
        "rule_id": one.rule_id,
        "facts": one.facts,
        "state": one.state,
        "create_time": one.create_time,
        "due_time": one.due_time,
        "end_time": one.end_time,
        "attempt": one.attempt,
        "first_attempt": one.first_attempt,
        "failed_attempts": [_failure_to_json(failure) for failure in one.failed_attempts],
    }


def _notification(row: Row[Any]) -> Notification:
    return Notification(
        id=row.id,
        workspace_id=row.workspace_id,
        event_id=row.event_id,
        event_kind=IncidentEventKind(row.event_kind),
        incident_id=row.incident_id,
        channel_id=row.channel_id,
        rule_id=row.rule_id,
        facts=row.facts,
        create_time=row.create_time,
        due_time=row.due_time,
        state=NotificationState(row.state),
        attempt=row.attempt,
        first_attempt=row.first_attempt,
        failed_attempts=tuple(_failure(one) for one in row.failed_attempts),
        end_time=row.end_time,
    )


def _failure_to_json(failure: FailedAttempt) -> Mapping[str, object]:
    return {
        "number": failure.number,
        "end_time": failure.end_time.isoformat(),
        "reason": failure.reason,
        "message": failure.message,
    }


def _failure(stored: Mapping[str, Any]) -> FailedAttempt:
    end_time = datetime.fromisoformat(stored["end_time"])
    return FailedAttempt(stored["number"], end_time, stored["reason"], stored["message"])
