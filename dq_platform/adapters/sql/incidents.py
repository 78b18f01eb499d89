"""Incidents in SQL; a partial unique index lets each key have one that is not resolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    column,
    distinct,
    exists,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.ids import existing_id, group_key, has_id, parse_id, storable
from dq_platform.adapters.sql.incident_rows import (
    changes_to_row,
    event_from_row,
    event_to_row,
    incident_from_row,
    incident_to_row,
)
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import (
    INCIDENT_KEY,
    UNRESOLVED,
    checks,
    incident_checks,
    incident_events,
    incidents,
    notification_outbox,
)
from dq_platform.errors import NotFound
from dq_platform.models.incident import Incident, IncidentEvent, IncidentFilter, IncidentKey, IncidentStatus
from dq_platform.models.page import Page, PageRequest
from dq_platform.notifications.kinds import NOTICES

NEWEST_FIRST = Keyset((incidents.c.last_seen_time, incidents.c.id), descending=True)
OLDEST_FIRST = Keyset((incident_events.c.create_time, incident_events.c.id))
FAILING_CHECKS = (
    select(func.count(distinct(incident_checks.c.check_id)))
    .where(incident_checks.c.incident_id == incidents.c.id, incident_checks.c.failing)
    .scalar_subquery()
)


class SqlIncidents:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def raise_or_count(self, incident: Incident, failing: Sequence[tuple[str, str]]) -> tuple[Incident, bool]:
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
            # A row that was inserted, not updated, has no deleting transaction.
        ).returning(incidents.c.id, literal_column("xmax = 0").label("is_new"))
        with adding("incident", incident.id, parent_kind="workspace", parent_id=incident.workspace_id):
            row = (await self._session.execute(statement)).one()
        await self._note_failing(row.id, failing)
        return await self.get(incident.workspace_id, row.id), bool(row.is_new)

    async def unresolved(self, workspace_id: str, keys: Collection[IncidentKey]) -> Collection[IncidentKey]:
        found = [key for key in keys if parse_id(key.connection_id)]
        if not found:
            return []
        values = {name: [getattr(key, name) for key in found] for name in INCIDENT_KEY}
        rows = await self._session.execute(UNRESOLVED_KEYS, {"workspace_id": workspace_id, **values})
        return {IncidentKey(**key) for key in rows.mappings()}

    async def open_for(self, workspace_id: str, key: IncidentKey) -> Incident | None:
        statement = _incidents().where(*_has_key(workspace_id, key), UNRESOLVED).with_for_update(of=incidents)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else incident_from_row(row)

    async def unresolved_of_check(self, workspace_id: str, check_id: str) -> Sequence[Incident]:
        members = incident_checks.c.incident_id == incidents.c.id, has_id(incident_checks.c.check_id, check_id)
        return await self._unresolved(workspace_id, exists().where(*members, incident_checks.c.failing))

    async def unresolved_of_connection(self, workspace_id: str, connection_id: str) -> Sequence[Incident]:
        return await self._unresolved(workspace_id, has_id(incidents.c.connection_id, connection_id))

    async def mark_passing(self, incident_id: str, passing: Sequence[tuple[str, str]]) -> int:
        canonical = existing_id("incident", incident_id)
        if passing:
            pairs = [(check_id, group_key(storable(data_group))) for check_id, data_group in passing]
            statement = (
                update(incident_checks)
                .where(
                    incident_checks.c.incident_id == canonical,
                    tuple_(incident_checks.c.check_id, incident_checks.c.group_key).in_(pairs),
                )
                .values(failing=False)
            )
            await self._session.execute(statement)
        count = select(FAILING_CHECKS).select_from(incidents).where(incidents.c.id == canonical)
        found = (await self._session.execute(count)).scalar_one_or_none()
        if found is None:
            raise NotFound("incident", incident_id)
        return int(found)

    async def get(self, workspace_id: str, id: str) -> Incident:
        return await self._one(_incidents(), workspace_id, id)

    async def lock(self, workspace_id: str, id: str) -> Incident:
        return await self._one(_incidents().with_for_update(of=incidents), workspace_id, id)

    async def get_all(self, ids: Collection[str]) -> Mapping[str, Incident]:
        rows = await self._session.execute(_incidents().where(incidents.c.id.in_(ids)))
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
        statement = _incidents().where(incidents.c.workspace_id == workspace_id, *_matching(filter))
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

    async def previous(self, workspace_id: str, key: IncidentKey) -> str:
        statement = (
            select(incidents.c.id)
            .where(*_has_key(workspace_id, key), incidents.c.status == IncidentStatus.RESOLVED)
            .order_by(incidents.c.resolve_time.desc(), incidents.c.id.desc())
            .limit(1)
        )
        return (await self._session.execute(statement)).scalar_one_or_none() or ""

    async def _unresolved(self, workspace_id: str, condition: ColumnElement[bool]) -> Sequence[Incident]:
        """Locked in the order in which runs take them."""
        texts = (incidents.c[name].collate("C") for name in INCIDENT_KEY if name != "connection_id")
        key = (incidents.c.connection_id, *texts)
        mine = _incidents().where(incidents.c.workspace_id == workspace_id, UNRESOLVED, condition).order_by(*key)
        rows = await self._session.execute(mine.with_for_update(of=incidents))
        return [incident_from_row(row) for row in rows]

    async def _one(self, statement: Select[Any], workspace_id: str, id: str) -> Incident:
        one = statement.where(incidents.c.workspace_id == workspace_id, incidents.c.id == existing_id("incident", id))
        row: Row[Any] | None = (await self._session.execute(one)).one_or_none()
        if row is None:
            raise NotFound("incident", id)
        return incident_from_row(row)

    async def _note_failing(self, incident_id: str, failing: Sequence[tuple[str, str]]) -> None:
        """Checks that were deleted meanwhile are left out: nothing could ever mark them as passing."""
        living = select(checks.c.id).where(checks.c.id.in_({check_id for check_id, _ in failing}))
        locked = living.order_by(checks.c.id).with_for_update(read=True, key_share=True)
        existing = set((await self._session.execute(locked)).scalars())
        rows = [
            {
                "incident_id": incident_id,
                "check_id": check_id,
                "group_key": group_key(data_group),
                "data_group": data_group,
                "failing": True,
            }
            for check_id, data_group in sorted({(check_id, storable(data_group)) for check_id, data_group in failing})
            if check_id in existing
        ]
        if not rows:
            return
        statement = upsert(incident_checks).on_conflict_do_update(
            constraint=incident_checks.primary_key, set_={"failing": True}
        )
        await self._session.execute(statement, rows)


def _unresolved_keys() -> Select[Any]:
    arrays = [bindparam(name, type_=ARRAY(incidents.c[name].type)) for name in INCIDENT_KEY]
    names = [column(name, incidents.c[name].type) for name in INCIDENT_KEY]
    wanted = func.unnest(*arrays).table_valued(*names).render_derived("wanted")
    same = and_(*(incidents.c[name] == wanted.c[name] for name in INCIDENT_KEY))
    mine = incidents.c.workspace_id == bindparam("workspace_id")
    return select(*(incidents.c[name] for name in INCIDENT_KEY)).join(wanted, same).where(mine, UNRESOLVED)


UNRESOLVED_KEYS = _unresolved_keys()


def _incidents() -> Select[Any]:
    return select(incidents, FAILING_CHECKS.label("failing_check_count"))


def _has_key(workspace_id: str, key: IncidentKey) -> list[ColumnElement[bool]]:
    return [
        incidents.c.workspace_id == workspace_id,
        has_id(incidents.c.connection_id, key.connection_id),
        *(incidents.c[name] == getattr(key, name) for name in INCIDENT_KEY if name != "connection_id"),
    ]


def _matching(wanted: IncidentFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status:
        found.append(incidents.c.status.in_(wanted.status))
    if wanted.connection_id:
        found.append(has_id(incidents.c.connection_id, wanted.connection_id))
    if wanted.schema_name:
        found.append(incidents.c.schema_name == wanted.schema_name)
    if wanted.table_name:
        found.append(incidents.c.table_name == wanted.table_name)
    if wanted.min_severity is not None:
        found.append(incidents.c.highest_severity >= wanted.min_severity.value)
    return found
