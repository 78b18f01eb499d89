"""Connections to customers' sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import perf_counter

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.etag import require_etag
from dq_platform.app.record import settle_deleted
from dq_platform.app.review import Review, reviewed_note
from dq_platform.app.secrets import require_secrets_again, secrets_of, without_secrets
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid, WrongState
from dq_platform.ids import new_id
from dq_platform.incidents.step import Act
from dq_platform.models.connection import Connection, Pause, SettingValue
from dq_platform.models.cost import Budget
from dq_platform.models.job import Priority
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

MAX_SCAN = 2**63 - 1
CHANGEABLE = frozenset({"display_name", "description", "settings", "time_zone", "labels", "budget"})


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """A connection as a client sent it; `settings` is plain JSON."""

    display_name: str
    type: str
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)
    description: str = ""
    time_zone: str = "UTC"
    labels: Mapping[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """What answered, and how long connecting and asking took."""

    product: str
    version: str
    latency: timedelta


async def create_connection(deps: Deps, who: Principal, draft: ConnectionDraft) -> Connection:
    """The new connection; nothing is sent to the source."""
    settings = _reviewed(deps, draft, draft.settings)
    now = deps.clock.now()
    connection = Connection(
        id=new_id(),
        workspace_id=who.workspace_id,
        display_name=draft.display_name,
        type=draft.type,
        settings=settings,
        create_time=now,
        update_time=now,
        description=draft.description,
        time_zone=draft.time_zone,
        labels=dict(draft.labels),
        budget=draft.budget,
    )
    async with deps.uow() as tx:
        await tx.connections.add(connection)
        await tx.commit()
    return connection


async def get_connection(deps: Deps, who: Principal, id: str) -> Connection:
    async with deps.uow() as tx:
        return await tx.connections.get(who.workspace_id, id)


async def list_connections(deps: Deps, who: Principal, page: PageRequest, type: str = "") -> Page[Connection]:
    """The workspace's connections by creation; of one type if it is named."""
    async with deps.uow() as tx:
        return await tx.connections.list(who.workspace_id, page, type)


async def update_connection(
    deps: Deps, who: Principal, id: str, changes: Mapping[str, object], etag: str = ""
) -> Connection:
    """The changed connection. New settings replace all others, except secrets that they do not mention.

    A secret must be mentioned if settings change that decide where it is sent: who may edit a connection shall not be
    able to read its secrets by sending them elsewhere. Raises EtagMismatch.
    """
    async with deps.uow() as tx:
        before = await tx.connections.get(who.workspace_id, id)
        require_etag("connection", id, before.version, etag)
        after = changed(before, changes, CHANGEABLE, "connection")
        kept = secrets_of(kind := ConnectorFactory.get(before.type), before.settings)
        given = {**kept, **after.settings} if "settings" in changes else before.settings
        settings = _reviewed(deps, after, given)
        require_secrets_again(kind, before.settings, settings, after.settings, "connection")
        after = replace(after, settings=settings, update_time=deps.clock.now())
        await tx.connections.update(after, before.version)
        await tx.commit()
    return replace(after, version=before.version + 1)


async def delete_connection(deps: Deps, who: Principal, id: str, *, force: bool = False, etag: str = "") -> None:
    """Delete it with what is known of its tables and, if forced, its checks; its open incidents end.

    Raises WrongState (CONNECTION_IN_USE) if it has checks and is not forced, EtagMismatch.
    """
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, id)
        require_etag("connection", id, connection.version, etag)
        # As runs do: checks are locked before their incidents.
        count = await tx.connections.lock_checks(who.workspace_id, id)
        if count and not force:
            message = f"The connection has {count} checks; delete them first, or all at once with force."
            raise WrongState("CONNECTION_IN_USE", message, id=id, check_count=str(count))
        affected = await tx.incidents.unresolved_of_connection(who.workspace_id, id)
        await tx.connections.delete(who.workspace_id, id)
        await settle_deleted(tx, affected, Act(deps.clock.now(), who.key_name, "The connection was deleted."))
        await tx.commit()


async def pause_connection(deps: Deps, who: Principal, id: str, note: str = "") -> Connection:
    """The connection, which no unit of a job begins to ask until it is resumed; units that run end as usual.

    Pausing twice is no error, and changes nothing. Raises Invalid for a note that is too long or cannot be stored.
    """
    note = reviewed_note(note)
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, id, lock=True)
        if connection.pause is None:
            now = deps.clock.now()
            connection = await _store(tx, replace(connection, pause=Pause(now, who.key_name, note)), now)
            await tx.commit()
    return connection


async def resume_connection(deps: Deps, who: Principal, id: str) -> Connection:
    """The connection, which units of jobs ask again, from now on. No error if not paused."""
    now = deps.clock.now()
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, id, lock=True)
        if connection.pause is None:
            return connection
        connection = await _store(tx, replace(connection, pause=None), now)
        await tx.commit()
    await deps.queue.wake(1, Priority.NORMAL)
    return connection


async def test_connection(deps: Deps, who: Principal, id: str) -> ConnectionTest:
    """What answers when a new session is opened. Raises SourceError."""
    connection = await get_connection(deps, who, id)
    started = perf_counter()
    found = await deps.sources.test(connection)
    return ConnectionTest(found.product, found.version, timedelta(seconds=perf_counter() - started))


def public_settings(connection: Connection) -> tuple[Mapping[str, SettingValue], list[str]]:
    """The settings without secrets, and the names of the secrets that have a value."""
    return without_secrets(ConnectorFactory.get(connection.type), connection.settings)


async def _store(tx: Tx, connection: Connection, now: datetime) -> Connection:
    await tx.connections.update(replace(connection, update_time=now), connection.version)
    return replace(connection, update_time=now, version=connection.version + 1)


def _review_budget(review: Review, budget: Budget) -> None:
    most = {"max_scanned_row_count": MAX_SCAN, "max_scanned_bytes": MAX_SCAN, "max_concurrent_statement_count": 1000}
    for name, limit in most.items():
        given = getattr(budget, name)
        if given is not None and not 1 <= given <= limit:
            text = f"is {given}; it takes 1 to {limit:,}, and is left out where nothing is to be limited."
            review.wrong(f"budget.{name}", text)


def _reviewed(
    deps: Deps, draft: ConnectionDraft | Connection, settings: Mapping[str, object]
) -> Mapping[str, SettingValue]:
    """The settings, complete. Raises Invalid with everything that is wrong with the connection."""
    review = Review("connection")
    review.names(draft.display_name, draft.description)
    review.zone(draft.time_zone)
    review.labels(draft.labels)
    _review_budget(review, draft.budget)
    valid: Mapping[str, SettingValue] = {}
    try:
        valid = validate_settings(ConnectorFactory.get(draft.type), settings)
        review.add(deps.sources.forbidden(draft.type, valid))
    except Invalid as error:
        review.add(error.violations)
    review.done()
    return valid
