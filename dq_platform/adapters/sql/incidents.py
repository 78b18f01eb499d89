"""Incidents in SQL; a partial unique index lets each key have one that is not resolved."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.ids import existing_id, group_key, has_id, parse_id, storable
from dq_platform.adapters.sql.incident_due import QUIET, UNACKNOWLEDGED
from dq_platform.adapters.sql.incident_reports import COUNTS_OF, counts_from_row, histogram, member_from_row, members_of
from dq_platform.adapters.sql.incident_rows import (
    changes_to_row,
    event_from_row,
    event_to_row,
    incident_from_row,
    incident_to_row,
    key_to_row,
)
from dq_platform.adapters.sql.incident_select import FAILING_CHECKS, counted_incidents, matching
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import (
    ID,
    INCIDENT_KEY,
    TIME,
    UNRESOLVED,
    checks,
    incident_checks,
    incident_events,
    incidents,
    notification_outbox,
)
from dq_platform.errors import NotFound
from dq_platform.models.incident import (
    FailureDay,
    Handling,
    Incident,
    IncidentCounts,
    IncidentEvent,
    IncidentFilter,
    IncidentKey,
    IncidentMember,
    IncidentStatus,
)
from dq_platform.models.metadata import TableKey
from dq_platform.models.page import Page, PageRequest
from dq_platform.notifications.kinds import NOTICES

NEWEST_FIRST = Keyset((incidents.c.last_seen_time, incidents.c.id), descending=True)
OLDEST_FIRST = Keyset((incident_events.c.create_time, incident_events.c.id))
BY_MEMBER = Keyset((incident_checks.c.check_id, incident_checks.c.group_key))
TABLE = ("connection_id", "schema_name", "table_name")


class SqlIncidents:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold(self, tables: Collection[TableKey]) -> None:
        await self._session.begin()
        await self._session.execute(HOLD, {"locks": sorted(map(_lock_of, tables))})

    async def raise_or_count(self, incident: Incident, failing: Sequence[tuple[str, str]]) -> Incident:
        insertion = upsert(incidents).values(incident_to_row(incident))
        old, new = incidents.c, insertion.excluded
        statement = insertion.on_conflict_do_update(
            index_elements=["workspace_id", *INCIDENT_KEY],
            index_where=UNRESOLVED,
            set_={
                "failure_count": old.failure_count + new.failure_count,
                "highest_severity": func.greatest(old.highest_severity, new.highest_severity),
                "first_seen_time": func.least(old.first_seen_time, new.first_seen_time),
                "last_seen_time": func.greatest(old.last_seen_time, new.last_seen_time),
            },
        ).returning(incidents.c.id)
        with adding("incident", incident.id, parent_kind="workspace", parent_id=incident.workspace_id):
            stored = (await self._session.execute(statement)).scalar_one()
        await self._note_failing(stored, failing, incident.first_seen_time)
        return await self.get(incident.workspace_id, stored)

    async def has_unresolved(self, workspace_id: str, tables: Collection[TableKey]) -> bool:
        return bool((await self._session.execute(HAS_UNRESOLVED, _about(workspace_id, tables))).scalar_one())

    async def unresolved_of_tables(self, workspace_id: str, tables: Collection[TableKey]) -> Sequence[Incident]:
        rows = await self._session.execute(UNRESOLVED_OF_TABLES, _about(workspace_id, tables))
        return [incident_from_row(row) for row in rows]

    async def unresolved_of_check(self, workspace_id: str, check_id: str) -> Sequence[Incident]:
        members = incident_checks.c.incident_id == incidents.c.id, has_id(incident_checks.c.check_id, check_id)
        return await self._unresolved(workspace_id, exists().where(*members, incident_checks.c.failing))

    async def unresolved_of_connection(self, workspace_id: str, connection_id: str) -> Sequence[Incident]:
        return await self._unresolved(workspace_id, has_id(incidents.c.connection_id, connection_id))

    async def mark_passing(self, incident_id: str, passing: Sequence[tuple[str, str]], times: int) -> None:
        member = incident_checks.c
        pairs = [(check_id, group_key(storable(data_group))) for check_id, data_group in passing]
        statement = (
            update(incident_checks)
            .where(
                member.incident_id == existing_id("incident", incident_id),
                tuple_(member.check_id, member.group_key).in_(pairs),
                member.failing,
            )
            .values(passing_runs=member.passing_runs + 1, failing=member.passing_runs + 1 < times)
        )
        await self._session.execute(statement)

    async def failing_check_count(self, incident_id: str) -> int:
        count = select(FAILING_CHECKS).select_from(incidents)
        mine = count.where(incidents.c.id == existing_id("incident", incident_id))
        found = (await self._session.execute(mine)).scalar_one_or_none()
        if found is None:
            raise NotFound("incident", incident_id)
        return int(found)

    async def get(self, workspace_id: str, id: str) -> Incident:
        return await self._one(counted_incidents(), workspace_id, id)

    async def lock(self, workspace_id: str, id: str) -> Incident:
        return await self._one(counted_incidents().with_for_update(of=incidents), workspace_id, id)

    async def get_all(self, ids: Collection[str]) -> Mapping[str, Incident]:
        rows = await self._session.execute(counted_incidents().where(incidents.c.id.in_(ids)))
        return {row.id: incident_from_row(row) for row in rows}

    async def update(self, incident: Incident) -> None:
        """The number of failing checks is counted, not stored. Raises NotFound."""
        statement = (
            update(incidents)
            .where(
                incidents.c.workspace_id == incident.workspace_id,
                incidents.c.id == existing_id("incident", incident.id),
            )
            .values(changes_to_row(incident))
        )
        with adding("unresolved incident", incident.id):
            result = await self._session.execute(statement)
        if not result.rowcount:
            raise NotFound("incident", incident.id)

    async def list(self, workspace_id: str, filter: IncidentFilter, page: PageRequest) -> Page[Incident]:
        statement = counted_incidents().where(incidents.c.workspace_id == workspace_id, *matching(filter))
        return await fetch_page(self._session, statement, NEWEST_FIRST, page, incident_from_row)

    async def add_events(self, events: Sequence[IncidentEvent]) -> None:
        """What is told to people goes into the outbox too: both are kept, or neither."""
        if events:
            await self._session.execute(insert(incident_events), [event_to_row(event) for event in events])
        told = [{"event_id": event.id} for event in events if event.kind in NOTICES]
        if told:
            await self._session.execute(insert(notification_outbox), told)

    async def events(self, workspace_id: str, incident_id: str, page: PageRequest) -> Page[IncidentEvent]:
        canonical = existing_id("incident", incident_id)
        owned = exists().where(incidents.c.workspace_id == workspace_id, incidents.c.id == canonical)
        if not (await self._session.execute(select(owned))).scalar_one():
            raise NotFound("incident", incident_id)
        statement = select(incident_events).where(incident_events.c.incident_id == canonical)
        return await fetch_page(self._session, statement, OLDEST_FIRST, page, event_from_row)

    async def members(
        self, workspace_id: str, incident_id: str, page: PageRequest, *, failing: bool
    ) -> Page[IncidentMember]:
        statement = members_of(existing_id("incident", incident_id), failing=failing)
        mine = statement.where(incidents.c.workspace_id == workspace_id)
        return await fetch_page(self._session, mine, BY_MEMBER, page, member_from_row)

    async def failures_by_day(self, incident: Incident, time_zone: str) -> Sequence[FailureDay]:
        return await histogram(self._session, incident, time_zone)

    async def counts(self, workspace_id: str, filter: IncidentFilter, now: datetime) -> IncidentCounts:
        statement = COUNTS_OF.where(incidents.c.workspace_id == workspace_id, *matching(filter))
        return counts_from_row((await self._session.execute(statement, {"now": now})).one())

    async def former(self, workspace_id: str, key: IncidentKey) -> Incident | None:
        statement = (
            counted_incidents()
            .where(*_has_key(workspace_id, key), incidents.c.status == IncidentStatus.RESOLVED)
            .order_by(incidents.c.resolve_time.desc(), incidents.c.id.desc())
            .limit(1)
            .with_for_update(of=incidents)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else incident_from_row(row)

    async def quiet(self, now: datetime, default: Handling, limit: int) -> Sequence[Incident]:
        sent = {"now": now, "most": limit, "default": default.flap_window}
        return [incident_from_row(row) for row in await self._session.execute(QUIET, sent)]

    async def unacknowledged(self, now: datetime, default: Handling, limit: int) -> Sequence[Incident]:
        sent = {"now": now, "most": limit, "default": default.escalate_after}
        return [incident_from_row(row) for row in await self._session.execute(UNACKNOWLEDGED, sent)]

    async def _unresolved(self, workspace_id: str, condition: ColumnElement[bool]) -> Sequence[Incident]:
        statement = _unresolved(condition).where(incidents.c.workspace_id == workspace_id)
        return [incident_from_row(row) for row in await self._session.execute(statement)]

    async def _one(self, statement: Select[Any], workspace_id: str, id: str) -> Incident:
        one = statement.where(incidents.c.workspace_id == workspace_id, incidents.c.id == existing_id("incident", id))
        row: Row[Any] | None = (await self._session.execute(one)).one_or_none()
        if row is None:
            raise NotFound("incident", id)
        return incident_from_row(row)

    async def _note_failing(self, incident_id: str, failing: Sequence[tuple[str, str]], since: datetime) -> None:
        members = sorted({(check_id, storable(data_group)) for check_id, data_group in failing})
        values = {
            "incident_id": incident_id,
            "since": since,
            "check_ids": [check_id for check_id, _ in members],
            "group_keys": [group_key(data_group) for _, data_group in members],
            "data_groups": [data_group for _, data_group in members],
        }
        await self._session.execute(NOTE_FAILING, values)


def _note_failing() -> Insert:
    """Checks that were deleted meanwhile are left out: nothing could ever mark them as passing."""
    columns = {"check_id": ID, "group_key": ID, "data_group": Text()}
    arrays = [bindparam(f"{name}s", type_=ARRAY(kind)) for name, kind in columns.items()]
    named = (column(name, kind) for name, kind in columns.items())
    members = func.unnest(*arrays).table_valued(*named).render_derived("members").c
    incident_id = bindparam("incident_id", type_=ID)
    new = (incident_id, *members, true(), literal(0), bindparam("since", type_=TIME))
    living = select(*new).join(checks, checks.c.id == members.check_id)
    names = ["incident_id", *columns, "failing", "passing_runs", "failing_since"]
    insertion, old = upsert(incident_checks).from_select(names, living), incident_checks.c
    since = case((old.failing, old.failing_since), else_=insertion.excluded.failing_since)
    return insertion.on_conflict_do_update(
        constraint=incident_checks.primary_key, set_={"failing": True, "passing_runs": 0, "failing_since": since}
    )


NOTE_FAILING = _note_failing()


def _unresolved(condition: ColumnElement[bool]) -> Select[Any]:
    """Locked in one order by everybody, so that nobody waits in a circle."""
    return counted_incidents().where(UNRESOLVED, condition).order_by(incidents.c.id).with_for_update(of=incidents)


def _of_tables() -> ColumnElement[bool]:
    arrays = [bindparam(name, type_=ARRAY(incidents.c[name].type)) for name in TABLE]
    wanted = func.unnest(*arrays).table_valued(*(column(name, incidents.c[name].type) for name in TABLE))
    return and_(
        incidents.c.workspace_id == bindparam("workspace_id"),
        tuple_(*(incidents.c[name] for name in TABLE)).in_(select(*wanted.render_derived("wanted").c)),
    )


HAS_UNRESOLVED = select(exists().where(UNRESOLVED, _of_tables()))
UNRESOLVED_OF_TABLES = _unresolved(_of_tables())
LOCKS = func.unnest(bindparam("locks", type_=ARRAY(BigInteger))).table_valued(column("number", BigInteger))
HOLD = select(func.pg_advisory_xact_lock(LOCKS.render_derived("locks").c.number))


def _about(workspace_id: str, tables: Collection[TableKey]) -> Mapping[str, object]:
    known = [table for table in tables if parse_id(table[0])]
    columns = zip(*known, strict=True) if known else ((), (), ())
    return {"workspace_id": workspace_id, **dict(zip(TABLE, map(list, columns), strict=True))}


def _lock_of(table: TableKey) -> int:
    """The number of the table's advisory lock. Two tables that share one wait for each other, and nothing worse."""
    digest = hashlib.blake2b("\x1f".join(table).encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _has_key(workspace_id: str, key: IncidentKey) -> list[ColumnElement[bool]]:
    stored = key_to_row(key)
    return [
        incidents.c.workspace_id == workspace_id,
        has_id(incidents.c.connection_id, key.connection_id),
        *(incidents.c[name] == stored[name] for name in INCIDENT_KEY if name != "connection_id"),
    ]
